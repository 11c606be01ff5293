#pragma once

#include <optional>
#include <string>

#include "services/notifications/notification.hpp"
#include "tally/flow/projection.hpp"

namespace tally::notifications {

/// The read model that lists answer from: one document a notification, without its recipient.
struct NotificationListEntry {
    using Events = NotificationEvents;

    NotificationId notification;
    OrderId order;
    NotificationKind kind = NotificationKind::order_created;
    Channel channel = Channel::email;
    NotificationStatus status = NotificationStatus::none;
    std::optional<NotificationFailure> reason;
    Timestamp requested_at{};
    Timestamp updated_at{};

    static std::string key(const auto& event) { return event.notification.text(); }

    void apply(const NotificationRequested& event, const Envelope& envelope);
    void apply(const NotificationSent& event, const Envelope& envelope);
    void apply(const NotificationFailed& event, const Envelope& envelope);
};
BOOST_DESCRIBE_STRUCT(NotificationListEntry, (),
                      (notification, order, kind, channel, status, reason, requested_at, updated_at))
TALLY_DOCUMENT(NotificationListEntry, "notification-list")
/// `time`, and `order` and `status`, each of those by time.
[[nodiscard]] std::vector<IndexEntry> tally_indexes(const NotificationListEntry& entry);

}  // namespace tally::notifications
