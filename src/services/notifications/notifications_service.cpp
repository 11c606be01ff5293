#include "services/notifications/notifications_service.hpp"

#include "services/notifications/maildir.hpp"
#include "services/notifications/memory_mailer.hpp"
#include "services/notifications/notification_list.hpp"

namespace tally::notifications {
namespace {

std::unique_ptr<Mailer> mailer_of(const Platform& platform) {
    if (platform.files == nullptr) return create_memory_mailer(std::make_shared<Mailbox>());
    std::string folder = platform.settings.text("notifications.mail_folder");
    if (folder.empty()) folder = platform.files->folder + "/mail";
    return create_maildir(std::move(folder), platform.files->blocking);
}

}  // namespace

std::vector<Setting> notifications_settings() {
    return {{"notifications.mail_folder", Setting::Kind::text, "",
             "where mail to customers is left, as a Maildir; empty: mail in the data folder"}};
}

Manifest notifications_service(Platform& platform) { return notifications_service(platform, mailer_of(platform)); }

Manifest notifications_service(Platform& platform, std::shared_ptr<Mailer> mailer) {
    TimerHandlers timers;
    add_earlier_news(timers, platform.transport);
    add_sending(timers, platform.keys, std::move(mailer));
    return {.name = "notifications",
            .summary = "Tells customers what becomes of their orders",
            .events = NotificationEvents::describe(),
            .routes = notifications_routes(),
            .consumers = listening(),
            .projections = {make_projection<NotificationListEntry>()},
            .timers = std::move(timers),
            .collections = {{"notification-list", {"time", "order", "status"}}, {"order-contacts", {}}},
            .front_page = {{"Notifications that were not sent",
                            "/api/v1/notifications?status=failed&page_size=10",
                            {"order", "kind", "channel", "reason", "requested_at"},
                            "/api/v1/notifications/{notification}"}}};
}

}  // namespace tally::notifications
