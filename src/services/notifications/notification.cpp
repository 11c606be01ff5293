#include "services/notifications/notification.hpp"

namespace tally::notifications {

void Notification::apply(const NotificationRequested& event) {
    status = NotificationStatus::requested;
    requested = event;
}
void Notification::apply(const NotificationSent&) { status = NotificationStatus::sent; }
void Notification::apply(const NotificationFailed& event) {
    status = NotificationStatus::failed;
    failure = event.reason;
}

namespace {

std::unexpected<Rejection> not_open() {
    return std::unexpected(Rejection{"notification-not-open", "there is nothing to send"});
}

}  // namespace

NotificationId notification_id(const EventId& event, Channel channel) {
    return derive(event, boost::describe::enum_to_string(channel, ""), 0);
}

std::expected<NotificationRequested, Rejection> request(const Notification& notification,
                                                        NotificationRequested wanted) {
    if (notification.status != NotificationStatus::none)
        return std::unexpected(Rejection{"notification-exists", "the customer is told of this already"});
    return wanted;
}

std::expected<NotificationSent, Rejection> sent(const Notification& notification) {
    if (notification.status != NotificationStatus::requested) return not_open();
    const NotificationRequested& asked = notification.requested;
    return NotificationSent{asked.notification, asked.order, asked.kind, asked.channel};
}

std::expected<NotificationFailed, Rejection> failed(const Notification& notification, NotificationFailure reason) {
    if (notification.status != NotificationStatus::requested) return not_open();
    const NotificationRequested& asked = notification.requested;
    return NotificationFailed{asked.notification, asked.order, asked.kind, asked.channel, reason};
}

}  // namespace tally::notifications
