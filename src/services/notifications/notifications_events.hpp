#pragma once

#include <optional>

#include <boost/describe.hpp>

#include "services/orders/order_events.hpp"
#include "services/shipping/shipping_events.hpp"
#include "services/values/contact.hpp"
#include "services/values/ids.hpp"
#include "tally/base/money.hpp"
#include "tally/event/envelope.hpp"
#include "tally/event/event_registry.hpp"

/// The contract of the notifications service: what it publishes on `notifications.events`, keyed by order.
namespace tally::notifications {

/// A function of the event that is told of and of the channel: asking again asks for the same.
using NotificationId = Uuid;

/// How a customer is reached.
BOOST_DEFINE_ENUM_CLASS(Channel, email)

/// What is told.
BOOST_DEFINE_ENUM_CLASS(NotificationKind, order_created, order_confirmed, order_cancelled, payment_failed,
                        shipment_shipped)

/// Whom a notification is for: what of a contact its channel needs.
struct Addressee {
    Personal<LabelLine> name;
    Personal<EmailAddress> email;
};
BOOST_DESCRIBE_STRUCT(Addressee, (), (name, email))

/// The customer is going to be told of an event.
struct NotificationRequested {
    NotificationId notification{};
    OrderId order;
    EventId event;  ///< that it tells of
    NotificationKind kind = NotificationKind::order_created;
    Channel channel = Channel::email;
    Addressee recipient{};
    // What the text needs to know.
    std::optional<Money> total{};                        ///< of the order
    std::optional<orders::CancelReason> reason{};        ///< why it is cancelled
    std::optional<shipping::TrackingNumber> tracking{};  ///< of its parcel
};
BOOST_DESCRIBE_STRUCT(NotificationRequested, (),
                      (notification, order, event, kind, channel, recipient, total, reason, tracking))
TALLY_EVENT(NotificationRequested, "NotificationRequested", 1, published)

/// It has left the house. That somebody reads it, nobody can know.
struct NotificationSent {
    NotificationId notification;
    OrderId order;
    NotificationKind kind = NotificationKind::order_created;
    Channel channel = Channel::email;
};
BOOST_DESCRIBE_STRUCT(NotificationSent, (), (notification, order, kind, channel))
TALLY_EVENT(NotificationSent, "NotificationSent", 1, published)

/// Why a notification is never sent: its recipient is erased, or the channel can do nothing with the address.
BOOST_DEFINE_ENUM_CLASS(NotificationFailure, erased, refused)

/// It was not sent, and never will be.
struct NotificationFailed {
    NotificationId notification;
    OrderId order;
    NotificationKind kind = NotificationKind::order_created;
    Channel channel = Channel::email;
    NotificationFailure reason = NotificationFailure::refused;
};
BOOST_DESCRIBE_STRUCT(NotificationFailed, (), (notification, order, kind, channel, reason))
TALLY_EVENT(NotificationFailed, "NotificationFailed", 1, published)

using NotificationEvents = EventList<NotificationRequested, NotificationSent, NotificationFailed>;

}  // namespace tally::notifications
