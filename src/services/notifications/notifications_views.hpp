#pragma once

#include <optional>
#include <string>

#include "services/notifications/notification_list.hpp"

/// Requests and answers of the notifications API.
namespace tally::notifications {

struct NotificationView {
    NotificationId notification;
    OrderId order;
    EventId event;  ///< that it tells of
    NotificationKind kind = NotificationKind::order_created;
    Channel channel = Channel::email;
    NotificationStatus status = NotificationStatus::none;
    std::optional<NotificationFailure> reason;  ///< why it was not sent
    Addressee recipient;                        ///< nulls for whoever may not see it, and once it is erased
    std::int64_t version = 0;                   ///< of the stream; also the ETag
};
BOOST_DESCRIBE_STRUCT(NotificationView, (),
                      (notification, order, event, kind, channel, status, reason, recipient, version))

struct GetNotification {
    NotificationId notification;
};
BOOST_DESCRIBE_STRUCT(GetNotification, (), (notification))

struct ListNotifications {
    std::optional<OrderId> order;
    std::optional<NotificationStatus> status;
    std::optional<std::int64_t> page_size;
    std::optional<std::string> page_token;
};
BOOST_DESCRIBE_STRUCT(ListNotifications, (), (order, status, page_size, page_token))

}  // namespace tally::notifications
