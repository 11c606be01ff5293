#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "services/values/contact.hpp"
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
    std::optional<std::string> payment_method{};   ///< none: `card`
    std::optional<std::string> shipping_method{};  ///< none: `standard`
    std::optional<Contact> contact{};
};
BOOST_DESCRIBE_STRUCT(OrderCreated, (),
                      (order, customer, placed_at, country, lines, total, payment_method, shipping_method, contact))
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

/// Asks payments to authorise and capture the order's total: answered by PaymentConfirmed or PaymentFailed.
struct PaymentRequested {
    OrderId order;
    Money amount;
    std::string method;
};
BOOST_DESCRIBE_STRUCT(PaymentRequested, (), (order, amount, method))
TALLY_EVENT(PaymentRequested, "PaymentRequested", 1, published)

/// Asks payments to give money back: answered by PaymentRefunded, or by PaymentVoided where nothing was captured.
struct PaymentRefundRequested {
    OrderId order;
    std::optional<Money> amount;        ///< none: all of it, and nothing will be charged for the order any more
    std::optional<ReturnId> return_id;  ///< the return that it is for
};
BOOST_DESCRIBE_STRUCT(PaymentRefundRequested, (), (order, amount, return_id))
TALLY_EVENT(PaymentRefundRequested, "PaymentRefundRequested", 1, published)

/// Everything that the order needs is held and paid: it will be carried out.
struct OrderConfirmed {
    OrderId order;
    std::optional<std::string> shipping_method{};  ///< none: `standard`
    std::optional<Recipient> recipient{};
};
BOOST_DESCRIBE_STRUCT(OrderConfirmed, (), (order, shipping_method, recipient))
TALLY_EVENT(OrderConfirmed, "OrderConfirmed", 1, published)

/// The order is delivered and paid.
struct OrderCompleted {
    OrderId order;
};
BOOST_DESCRIBE_STRUCT(OrderCompleted, (), (order))
TALLY_EVENT(OrderCompleted, "OrderCompleted", 1, published)

/// The customer wants the order undone; what was begun for it is undone first.
struct OrderCancelRequested {
    OrderId order;
};
BOOST_DESCRIBE_STRUCT(OrderCancelRequested, (), (order))
TALLY_EVENT(OrderCancelRequested, "OrderCancelRequested", 1, published)

BOOST_DEFINE_ENUM_CLASS(CancelReason, out_of_stock, customer_request, reservation_refused, reservation_overdue,
                        payment_refused, payment_overdue)

/// The order will not be carried out.
struct OrderCancelled {
    OrderId order;
    CancelReason reason = CancelReason::customer_request;
};
BOOST_DESCRIBE_STRUCT(OrderCancelled, (), (order, reason))
TALLY_EVENT(OrderCancelled, "OrderCancelled", 1, published)

/// Pieces of a purchase that came back.
struct ReturnedLine {
    Sku sku;
    std::int64_t quantity = 0;
    Money unit_price;     ///< of the purchase
    bool stocked = true;  ///< false: nothing to put back on the shelf
    friend bool operator==(const ReturnedLine&, const ReturnedLine&) = default;
};
BOOST_DESCRIBE_STRUCT(ReturnedLine, (), (sku, quantity, unit_price, stocked))

/// Goods of this order came back: stocked ones are for sale again, the customer gets `refund`.
struct OrderReturned {
    OrderId order;
    ReturnId return_id;
    std::vector<ReturnedLine> lines;
    Money refund;
};
BOOST_DESCRIBE_STRUCT(OrderReturned, (), (order, return_id, lines, refund))
TALLY_EVENT(OrderReturned, "OrderReturned", 1, published)

/// Goods that a customer has sent back.
struct ReturnLine {
    Sku sku;
    Quantity quantity;
    std::int64_t matched = 0;  ///< pieces that were found in orders; the others refund nothing
    friend bool operator==(const ReturnLine&, const ReturnLine&) = default;
};
BOOST_DESCRIBE_STRUCT(ReturnLine, (), (sku, quantity, matched))

struct ReturnRefund {
    OrderId order;
    Money amount;
    friend bool operator==(const ReturnRefund&, const ReturnRefund&) = default;
};
BOOST_DESCRIBE_STRUCT(ReturnRefund, (), (order, amount))

/// How much of a return was found in orders: all of it, some, nothing.
BOOST_DEFINE_ENUM_CLASS(ReturnOutcome, matched, partly_matched, unmatched)

/// Goods came back and were looked for in the customer's orders; what was found there, each order says as
/// OrderReturned.
struct ReturnReceived {
    ReturnId return_id;
    std::optional<CustomerId> customer;    ///< none: not known
    std::optional<OrderId> order;          ///< the only one that they are from, where the customer has named it
    std::optional<Timestamp> returned_at;  ///< when the customer says so; otherwise the event's own time
    ReturnOutcome outcome = ReturnOutcome::unmatched;
    std::vector<ReturnLine> lines;
    std::vector<ReturnRefund> refunds;  ///< of each order concerned
};
BOOST_DESCRIBE_STRUCT(ReturnReceived, (), (return_id, customer, order, returned_at, outcome, lines, refunds))
TALLY_EVENT(ReturnReceived, "ReturnReceived", 1, published)

using OrderEvents =
    EventList<OrderCreated, OrderCancelRequested, OrderConfirmed, OrderCompleted, OrderCancelled, OrderReturned>;
using ReturnEvents = EventList<ReturnReceived>;
/// What others are asked for: by the order's saga, and for a return.
using OrderRequests =
    EventList<InventoryReservationRequested, InventoryReservationReleased, PaymentRequested, PaymentRefundRequested>;

}  // namespace tally::orders
