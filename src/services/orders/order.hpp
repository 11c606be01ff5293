#pragma once

#include <expected>
#include <string>
#include <vector>

#include "services/orders/order_events.hpp"
#include "tally/base/rejection.hpp"

namespace tally::orders {

BOOST_DEFINE_ENUM_CLASS(OrderStatus, none, reserving_stock, confirmed, cancelled)

/// An order: the fold of its stream. Where a decision is refused, the rejection says why.
///
///     none → reserving_stock → confirmed
///                           ↘ cancelled
struct Order {
    using Key = OrderId;
    using Events = OrderEvents;
    static constexpr std::string_view category = "order";

    OrderStatus status = OrderStatus::none;
    OrderCreated created;
    std::optional<CancelReason> reason;

    void apply(const OrderCreated& event);
    void apply(const InventoryReservationRequested& event);
    void apply(const InventoryReservationReleased& event);
    void apply(const OrderConfirmed& event);
    void apply(const OrderCancelRequested& event);
    void apply(const OrderCompleted& event);
    void apply(const OrderCancelled& event);
    void apply(const OrderReturned& event);
};

/// What a customer asks for; the total is ours to compute.
struct NewOrder {
    OrderId order;
    std::optional<CustomerId> customer;
    std::optional<Timestamp> placed_at;
    std::optional<std::string> country;
    std::vector<OrderLine> lines;
};

/// `order-empty`, `order-price` (a price that is not positive), `order-currency` (several currencies or scales),
/// `order-total` (more than money can count), `order-exists` (another order of that id).
[[nodiscard]] std::expected<OrderCreated, Rejection> place(const Order& order, NewOrder wanted);
/// True where `order` was placed with exactly this content, so that placing it again changes nothing.
[[nodiscard]] bool is_same(const Order& order, const NewOrder& wanted);

/// The stock that an order needs: stocked lines, summed by code, in the order of codes.
[[nodiscard]] InventoryReservationRequested reservation_for(const OrderCreated& order);

/// `order-unknown`, `order-not-open` (confirmed or cancelled already).
[[nodiscard]] std::expected<OrderConfirmed, Rejection> confirm(const Order& order);
[[nodiscard]] std::expected<OrderCancelled, Rejection> cancel(const Order& order, CancelReason reason);

}  // namespace tally::orders
