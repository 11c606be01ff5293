#pragma once

#include <string>
#include <string_view>

#include "services/notifications/notifications_events.hpp"

namespace tally::notifications {

/// What a customer reads: plain text, in lines that end with a line feed.
struct Letter {
    std::string subject;
    std::string body;
};

/// The letter about an event, to somebody of this name; empty: to whomever it may concern. Pure; there is one text for
/// each kind.
[[nodiscard]] Letter render(const NotificationRequested& wanted, std::string_view name);

}  // namespace tally::notifications
