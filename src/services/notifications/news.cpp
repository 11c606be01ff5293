#include "services/notifications/news.hpp"

#include "services/notifications/notification.hpp"

namespace tally::notifications {
namespace {

NotificationRequested by_email(const OrderId& order, const EventId& id, NotificationKind kind) {
    return {.notification = notification_id(id, Channel::email),
            .order = order,
            .event = id,
            .kind = kind,
            .channel = Channel::email};
}

}  // namespace

NotificationRequested news_of(const orders::OrderCreated& event, const EventId& id) {
    NotificationRequested news = by_email(event.order, id, NotificationKind::order_created);
    news.total = event.total;
    return news;
}

NotificationRequested news_of(const orders::OrderConfirmed& event, const EventId& id) {
    return by_email(event.order, id, NotificationKind::order_confirmed);
}

NotificationRequested news_of(const orders::OrderCancelled& event, const EventId& id) {
    NotificationRequested news = by_email(event.order, id, NotificationKind::order_cancelled);
    news.reason = event.reason;
    return news;
}

std::optional<NotificationRequested> news_of(const payments::PaymentFailed& event, const EventId& id) {
    if (event.reason == payments::PaymentFailure::undone_before) return std::nullopt;
    return by_email(event.order, id, NotificationKind::payment_failed);
}

NotificationRequested news_of(const shipping::ShipmentShipped& event, const EventId& id) {
    NotificationRequested news = by_email(event.order, id, NotificationKind::shipment_shipped);
    news.tracking = event.tracking;
    return news;
}

}  // namespace tally::notifications
