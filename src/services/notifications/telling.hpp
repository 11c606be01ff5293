#pragma once

#include <optional>

#include "services/notifications/notifications_events.hpp"
#include "tally/flow/handled.hpp"
#include "tally/flow/session.hpp"

namespace tally::notifications {

/// Asks for a notification, and for its sending, where there is somebody who wants to hear of the order and has not
/// been told of the event. Lifetime: the session's.
[[nodiscard]] Task<Handled> tell(std::optional<NotificationRequested> news, Session& session);

}  // namespace tally::notifications
