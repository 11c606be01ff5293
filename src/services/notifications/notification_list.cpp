#include "services/notifications/notification_list.hpp"

namespace tally::notifications {

void NotificationListEntry::apply(const NotificationRequested& event, const Envelope& envelope) {
    notification = event.notification;
    order = event.order;
    kind = event.kind;
    channel = event.channel;
    status = NotificationStatus::requested;
    requested_at = updated_at = envelope.occurred_at;
}

void NotificationListEntry::apply(const NotificationSent&, const Envelope& envelope) {
    status = NotificationStatus::sent;
    updated_at = envelope.occurred_at;
}

void NotificationListEntry::apply(const NotificationFailed& event, const Envelope& envelope) {
    status = NotificationStatus::failed;
    reason = event.reason;
    updated_at = envelope.occurred_at;
}

std::vector<IndexEntry> tally_indexes(const NotificationListEntry& entry) {
    const auto by_time = [&](IndexKey key) {
        return key.time(entry.requested_at).text(entry.notification.text()).bytes();
    };
    return {{"time", by_time(IndexKey())},
            {"order", by_time(IndexKey().text(entry.order.text()))},
            {"status", by_time(IndexKey().number(static_cast<int>(entry.status)))}};
}

}  // namespace tally::notifications
