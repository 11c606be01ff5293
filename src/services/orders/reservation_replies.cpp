// What orders do about inventory's answers.
#include "services/inventory/inventory_events.hpp"
#include "services/orders/order.hpp"
#include "services/orders/orders_service.hpp"

namespace tally::orders {
namespace {

using inventory::InventoryReservationConfirmed;
using inventory::InventoryReservationFailed;
using inventory::ReservationFailure;

/// An answer to an order that is no longer open comes too late: a cancelled one has had its stock released already.
Task<Handled> confirmed(Delivery<InventoryReservationConfirmed> reply, Session& session) {
    auto order = co_await session.load<Order>(reply.event.order);
    if (!order) co_return std::unexpected(order.error());
    if (auto event = confirm(order->state)) session.record<Order>(reply.event.order, *event);
    co_return Handled{};
}

Task<Handled> failed(Delivery<InventoryReservationFailed> reply, Session& session) {
    auto order = co_await session.load<Order>(reply.event.order);
    if (!order) co_return std::unexpected(order.error());
    const CancelReason reason = reply.event.reason == ReservationFailure::out_of_stock
                                    ? CancelReason::out_of_stock
                                    : CancelReason::reservation_refused;
    if (auto event = cancel(order->state, reason)) session.record<Order>(reply.event.order, *event);
    co_return Handled{};
}

}  // namespace

Consumer reservation_replies() {
    Consumer consumer("orders", "inventory.events");
    consumer.on<InventoryReservationConfirmed>(&confirmed);
    consumer.on<InventoryReservationFailed>(&failed);
    return consumer;
}

}  // namespace tally::orders
