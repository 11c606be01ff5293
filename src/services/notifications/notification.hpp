#pragma once

#include <expected>
#include <optional>

#include "services/notifications/notifications_events.hpp"
#include "tally/base/rejection.hpp"

namespace tally::notifications {

BOOST_DEFINE_ENUM_CLASS(NotificationStatus, none, requested, sent, failed)

/// One event told to one customer by one channel: the fold of its stream.
///
///     none → requested → sent
///                      ↘ failed
struct Notification {
    using Key = NotificationId;
    using Events = NotificationEvents;
    static constexpr std::string_view category = "notification";

    NotificationStatus status = NotificationStatus::none;
    NotificationRequested requested;
    std::optional<NotificationFailure> failure;

    void apply(const NotificationRequested& event);
    void apply(const NotificationSent& event);
    void apply(const NotificationFailed& event);
};

/// An order has one contact, so event and channel are all that tells notifications apart.
[[nodiscard]] NotificationId notification_id(const EventId& event, Channel channel);

/// `notification-exists`: it was asked for before.
[[nodiscard]] std::expected<NotificationRequested, Rejection> request(const Notification& notification,
                                                                      NotificationRequested wanted);
/// `notification-not-open`: never asked for, or sent or given up already.
[[nodiscard]] std::expected<NotificationSent, Rejection> sent(const Notification& notification);
[[nodiscard]] std::expected<NotificationFailed, Rejection> failed(const Notification& notification,
                                                                  NotificationFailure reason);

}  // namespace tally::notifications
