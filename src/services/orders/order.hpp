#pragma once

#include <expected>
#include <string>
#include <vector>

#include "services/orders/order_events.hpp"
#include "tally/base/rejection.hpp"
#include "tally/flow/saga_run.hpp"

namespace tally::orders {

BOOST_DEFINE_ENUM_CLASS(OrderStatus, none,
                        created,          // placed; its saga is about to begin
                        reserving_stock,  // inventory was asked
                        paying,           // payments were asked
                        shipping,         // confirmed: from here on it is carried out
                        completed,        // delivered and paid
                        compensating,     // what was begun for it is being undone
                        cancelled,
                        failed)  // an operator must look

/// What has been decided about an order: the fold of its stream. How far it has come is its saga's to say.
///
///     created → confirmed → completed
///            ↘ cancelled
struct Order {
    using Key = OrderId;
    using Events = OrderEvents;
    static constexpr std::string_view category = "order";

    bool is_placed = false;
    bool is_cancel_requested = false;
    bool is_confirmed = false;
    bool is_completed = false;
    OrderCreated created;
    std::optional<CancelReason> cancelled;  ///< why, once it is
    std::vector<OrderReturned> returns;     ///< what came back of it

    void apply(const OrderCreated& event);
    void apply(const OrderCancelRequested& event);
    void apply(const OrderConfirmed& event);
    void apply(const OrderCompleted& event);
    void apply(const OrderCancelled& event);
    void apply(const OrderReturned& event);
};

/// Of an order and of its saga, as they were at one time.
[[nodiscard]] OrderStatus status_of(const Order& order, const SagaRun& saga);

/// Of each line, the pieces that came back.
[[nodiscard]] std::vector<std::int64_t> pieces_back(const Order& order);
/// What the customer gets back for them.
[[nodiscard]] Money refund_for_returns(const Order& order);

/// What a customer asks for; the total is ours to compute.
struct NewOrder {
    OrderId order;
    std::optional<CustomerId> customer;
    std::optional<Timestamp> placed_at;
    std::optional<std::string> country;
    std::vector<OrderLine> lines;
    std::optional<std::string> payment_method{};
    std::optional<std::string> shipping_method{};
    std::optional<Contact> contact{};
};

/// The person whom the contact of an order is about: `customer:17850`; of a guest, who cannot be known again, each
/// order is a person of its own: `order:536365`.
[[nodiscard]] std::string subject_of(const OrderCreated& order);

/// `order-empty`, `order-price` (a price that is not positive), `order-currency` (several currencies or scales),
/// `order-total` (more than money can count), `order-contact` (the name of its person would be too long),
/// `order-exists` (another order of that id).
[[nodiscard]] std::expected<OrderCreated, Rejection> place(const Order& order, NewOrder wanted);
/// True where `order` was placed with exactly this content, so that placing it again changes nothing. Its contact has
/// been opened; what of that is erased may have been anything.
[[nodiscard]] bool is_same(const Order& order, const NewOrder& wanted);

/// `order-unknown`, `order-not-open` (confirmed or cancelled already).
[[nodiscard]] std::expected<OrderCancelRequested, Rejection> request_cancel(const Order& order);

// What the saga asks for and decides.
/// The stock that an order needs: stocked lines, summed by code, in the order of codes.
[[nodiscard]] InventoryReservationRequested reservation_of(const Order& order);
[[nodiscard]] InventoryReservationReleased release_of(const Order& order);
[[nodiscard]] PaymentRequested payment_of(const Order& order);
[[nodiscard]] PaymentRefundRequested refund_of(const Order& order);
/// The point of no return. `order-cancelled`: the customer was faster.
[[nodiscard]] std::expected<OrderConfirmed, Rejection> confirm(const Order& order);
/// `order-not-confirmed`, `order-completed`.
[[nodiscard]] std::expected<OrderCompleted, Rejection> complete(const Order& order);
/// When everything is undone. `order-not-open`: there is nothing to cancel.
[[nodiscard]] std::expected<OrderCancelled, Rejection> cancel(const Order& order, const SagaCompensating& failure);

}  // namespace tally::orders
