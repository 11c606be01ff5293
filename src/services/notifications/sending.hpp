#pragma once

#include <boost/describe.hpp>

#include "services/notifications/notification.hpp"
#include "tally/flow/timer.hpp"

namespace tally::notifications {

/// A notification is to be sent: there is one exactly while it is neither sent nor given up.
struct SendNotification {
    NotificationId notification;
};
BOOST_DESCRIBE_STRUCT(SendNotification, (), (notification))
TALLY_TIMER(SendNotification, "send-notification")

}  // namespace tally::notifications
