#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "services/values/ids.hpp"
#include "services/values/quantity.hpp"
#include "tally/base/clock.hpp"
#include "tally/base/money.hpp"
#include "tally/event/event_registry.hpp"

/// The contract of the orders service: what it publishes on `orders.events`, keyed by order.
namespace tally::orders {

struct OrderLine {
    Sku sku;
    std::string description;
    Quantity quantity;
    Money unit_price;
    bool stocked = true;  ///< false: a service, such as postage, of which there is no stock
    friend bool operator==(const OrderLine&, const OrderLine&) = default;
};
BOOST_DESCRIBE_STRUCT(OrderLine, (), (sku, description, quantity, unit_price, stocked))

/// A customer has placed an order; nothing is promised yet.
struct OrderCreated {
    OrderId order;
    std::optional<CustomerId> customer;  ///< none: a guest
    std::optional<Timestamp> placed_at;  ///< when the customer says so; otherwise the event's own time
    std::optional<std::string> country;
    std::vector<OrderLine> lines;
    Money total;
};
BOOST_DESCRIBE_STRUCT(OrderCreated, (), (order, customer, placed_at, country, lines, total))
TALLY_EVENT(OrderCreated, "OrderCreated", 1, published)

/// Asks inventory to hold all of these, or none: answered by InventoryReservationConfirmed or …Failed.
struct InventoryReservationRequested {
    OrderId order;
    std::vector<Item> items;
};
BOOST_DESCRIBE_STRUCT(InventoryReservationRequested, (), (order, items))
TALLY_EVENT(InventoryReservationRequested, "InventoryReservationRequested", 1, published)

/// Asks inventory to give back what it holds for an order, and to hold nothing for it any more.
struct InventoryReservationReleased {
    OrderId order;
};
BOOST_DESCRIBE_STRUCT(InventoryReservationReleased, (), (order))
TALLY_EVENT(InventoryReservationReleased, "InventoryReservationReleased", 1, published)

/// Everything that the order needs is held: it will be carried out.
struct OrderConfirmed {
    OrderId order;
};
BOOST_DESCRIBE_STRUCT(OrderConfirmed, (), (order))
TALLY_EVENT(OrderConfirmed, "OrderConfirmed", 1, published)

BOOST_DEFINE_ENUM_CLASS(CancelReason, out_of_stock, customer_request, reservation_refused)

/// The order will not be carried out.
struct OrderCancelled {
    OrderId order;
    CancelReason reason = CancelReason::customer_request;
};
BOOST_DESCRIBE_STRUCT(OrderCancelled, (), (order, reason))
TALLY_EVENT(OrderCancelled, "OrderCancelled", 1, published)

using OrderEvents = EventList<OrderCreated, InventoryReservationRequested, InventoryReservationReleased, OrderConfirmed,
                              OrderCancelled>;

}  // namespace tally::orders
