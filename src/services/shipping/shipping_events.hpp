#pragma once

#include <optional>
#include <string>

#include <boost/describe.hpp>

#include "services/values/contact.hpp"
#include "services/values/ids.hpp"
#include "tally/event/event_registry.hpp"

/// The contract of the shipping service: what it publishes on `shipping.events`, keyed by order. An order has one
/// shipment.
namespace tally::shipping {

using TrackingNumber = Id<struct TrackingTag>;

/// A parcel is to be sent to the customer of a confirmed order.
struct ShipmentCreated {
    OrderId order;
    TrackingNumber tracking;
    std::string method;  ///< as the order has it: `standard`, `express`
    std::optional<Recipient> recipient{};
};
BOOST_DESCRIBE_STRUCT(ShipmentCreated, (), (order, tracking, method, recipient))
TALLY_EVENT(ShipmentCreated, "ShipmentCreated", 1, published)

/// The label that the carrier reads is on the parcel.
struct ShippingLabelCreated {
    OrderId order;
    TrackingNumber tracking;
};
BOOST_DESCRIBE_STRUCT(ShippingLabelCreated, (), (order, tracking))
TALLY_EVENT(ShippingLabelCreated, "ShippingLabelCreated", 1, published)

/// The carrier has the parcel.
struct ShipmentShipped {
    OrderId order;
    TrackingNumber tracking;
};
BOOST_DESCRIBE_STRUCT(ShipmentShipped, (), (order, tracking))
TALLY_EVENT(ShipmentShipped, "ShipmentShipped", 1, published)

/// The carrier has seen the parcel on its way.
struct ShipmentTrackingUpdated {
    OrderId order;
    TrackingNumber tracking;
    std::string note;  ///< in the carrier's words
};
BOOST_DESCRIBE_STRUCT(ShipmentTrackingUpdated, (), (order, tracking, note))
TALLY_EVENT(ShipmentTrackingUpdated, "ShipmentTrackingUpdated", 1, published)

BOOST_DEFINE_ENUM_CLASS(ShipmentProblem, delayed, lost)

/// The parcel is not where it should be; it may be delivered after all.
struct ShipmentException {
    OrderId order;
    ShipmentProblem reason = ShipmentProblem::delayed;
};
BOOST_DESCRIBE_STRUCT(ShipmentException, (), (order, reason))
TALLY_EVENT(ShipmentException, "ShipmentException", 1, published)

/// The customer has the goods: the answer to OrderConfirmed, which is its causation.
struct ShipmentDelivered {
    OrderId order;
};
BOOST_DESCRIBE_STRUCT(ShipmentDelivered, (), (order))
TALLY_EVENT(ShipmentDelivered, "ShipmentDelivered", 1, published)

/// Goods that were delivered came back, all of them or some.
struct ShipmentReturned {
    OrderId order;
    ReturnId return_id;
};
BOOST_DESCRIBE_STRUCT(ShipmentReturned, (), (order, return_id))
TALLY_EVENT(ShipmentReturned, "ShipmentReturned", 1, published)

using ShipmentEvents = EventList<ShipmentCreated, ShippingLabelCreated, ShipmentShipped, ShipmentTrackingUpdated,
                                 ShipmentException, ShipmentDelivered, ShipmentReturned>;

}  // namespace tally::shipping
