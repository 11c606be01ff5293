// Routes of the notifications service.
#include "services/notifications/notifications_service.hpp"
#include "services/notifications/notifications_views.hpp"
#include "tally/store/newest_first.hpp"

namespace tally::notifications {
namespace {

NotificationView view(const Notification& notification, Version version) {
    const NotificationRequested& requested = notification.requested;
    return {.notification = requested.notification,
            .order = requested.order,
            .event = requested.event,
            .kind = requested.kind,
            .channel = requested.channel,
            .status = notification.status,
            .reason = notification.failure,
            .recipient = requested.recipient,
            .version = static_cast<std::int64_t>(version)};
}

Task<Reply<NotificationView>> get_notification(GetNotification request, Query& query) {
    auto loaded = co_await query.load<Notification>(request.notification);
    if (!loaded) co_return loaded.error();
    if (loaded->version == 0) co_return problem("not-found", "there is no notification " + request.notification.text());
    co_return Reply(view(loaded->state, loaded->version)).etag(loaded->version);
}

/// The index that answers a list best, and the stretch of it that is asked for.
DocumentQuery query_for(const ListNotifications& request) {
    IndexKey prefix;
    std::string index = "time";
    if (request.order) {
        index = "order";
        prefix.text(request.order->text());
    } else if (request.status) {
        index = "status";
        prefix.number(static_cast<int>(*request.status));
    }
    return newest_first(std::move(index), prefix, {}, {});
}

Task<Reply<Page<NotificationListEntry>>> list_notifications(ListNotifications request, Query& query) {
    auto page = co_await query.find<NotificationListEntry>(query_for(request), {request.page_size, request.page_token});
    if (!page) co_return page.error();
    if (request.order && request.status)
        std::erase_if(page->items, [&](const NotificationListEntry& entry) { return entry.status != *request.status; });
    co_return std::move(*page);
}

}  // namespace

Routes notifications_routes() {
    Routes routes;
    routes.add(get, "/api/v1/notifications",
               {.summary = "List notifications, latest first",
                .scope = "notifications:read",
                .waits_for = "notification-list"},
               &list_notifications);
    routes.add(get, "/api/v1/notifications/{notification}",
               {.summary = "Show a notification", .scope = "notifications:read"}, &get_notification);
    return routes;
}

}  // namespace tally::notifications
