#pragma once

#include <memory>
#include <vector>

#include "services/notifications/mailer.hpp"
#include "tally/host/service.hpp"

namespace tally::notifications {

/// The notifications service: tells customers what becomes of their orders, by mail that is left in a folder; in memory
/// where a host has none.
[[nodiscard]] Manifest notifications_service(Platform& platform);
[[nodiscard]] std::vector<Setting> notifications_settings();
/// By another mailer; shared, since the copies of a manifest's handlers all have it.
[[nodiscard]] Manifest notifications_service(Platform& platform, std::shared_ptr<Mailer> mailer);

// Its parts, each in a file of its own.
[[nodiscard]] Routes notifications_routes();
/// One for each topic.
[[nodiscard]] std::vector<Consumer> listening();
void add_earlier_news(TimerHandlers& timers, Transport& transport);
void add_sending(TimerHandlers& timers, KeyRing& keys, std::shared_ptr<Mailer> mailer);

}  // namespace tally::notifications
