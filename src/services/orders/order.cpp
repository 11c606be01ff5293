#include "services/orders/order.hpp"

#include <map>

namespace tally::orders {

void Order::apply(const OrderCreated& event) {
    created = event;
    status = OrderStatus::reserving_stock;
}
void Order::apply(const InventoryReservationRequested&) {}
void Order::apply(const InventoryReservationReleased&) {}
void Order::apply(const OrderConfirmed&) { status = OrderStatus::confirmed; }
void Order::apply(const OrderCancelRequested&) {}
void Order::apply(const OrderCompleted&) {}
void Order::apply(const OrderReturned&) {}
void Order::apply(const OrderCancelled& event) {
    status = OrderStatus::cancelled;
    reason = event.reason;
}

namespace {

std::expected<Money, Rejection> total_of(const std::vector<OrderLine>& lines) {
    const Money& first = lines.front().unit_price;
    Money total(0, first.scale(), first.currency());
    for (const OrderLine& line : lines) {
        const Money& price = line.unit_price;
        if (price.units() <= 0)
            return std::unexpected(Rejection{"order-price", "the price of " + line.sku.text() + " is not positive"});
        if (price.currency() != first.currency() || price.scale() != first.scale())
            return std::unexpected(
                Rejection{"order-currency", "all prices of an order have one currency and as many decimals"});
        const auto amount = price.times(line.quantity.value());
        const auto sum = amount ? total.plus(*amount) : amount;
        if (!sum) return std::unexpected(Rejection{"order-total", "the total is more than can be counted"});
        total = *sum;
    }
    return total;
}

std::unexpected<Rejection> not_open(const Order& order) {
    if (order.status == OrderStatus::none) return std::unexpected(Rejection{"order-unknown", "there is no such order"});
    return std::unexpected(Rejection{"order-not-open", order.status == OrderStatus::confirmed
                                                           ? "the order is confirmed"
                                                           : "the order is cancelled"});
}

}  // namespace

std::expected<OrderCreated, Rejection> place(const Order& order, NewOrder wanted) {
    if (order.status != OrderStatus::none)
        return std::unexpected(
            Rejection{"order-exists", "there is another order " + wanted.order.text() + " with other content"});
    if (wanted.lines.empty()) return std::unexpected(Rejection{"order-empty", "an order has at least one line"});
    auto total = total_of(wanted.lines);
    if (!total) return std::unexpected(std::move(total.error()));
    return OrderCreated{.order = std::move(wanted.order),
                        .customer = std::move(wanted.customer),
                        .placed_at = wanted.placed_at,
                        .country = std::move(wanted.country),
                        .lines = std::move(wanted.lines),
                        .total = *total};
}

bool is_same(const Order& order, const NewOrder& wanted) {
    const OrderCreated& was = order.created;
    return order.status != OrderStatus::none && was.order == wanted.order && was.customer == wanted.customer &&
           was.placed_at == wanted.placed_at && was.country == wanted.country && was.lines == wanted.lines;
}

InventoryReservationRequested reservation_for(const OrderCreated& order) {
    std::map<Sku, std::int64_t> needed;
    for (const OrderLine& line : order.lines)
        if (line.stocked) needed[line.sku] += line.quantity.value();
    InventoryReservationRequested request{.order = order.order, .items = {}};
    for (const auto& [sku, quantity] : needed) request.items.push_back({sku, quantity});
    return request;
}

std::expected<OrderConfirmed, Rejection> confirm(const Order& order) {
    if (order.status != OrderStatus::reserving_stock) return not_open(order);
    return OrderConfirmed{order.created.order};
}

std::expected<OrderCancelled, Rejection> cancel(const Order& order, CancelReason reason) {
    if (order.status != OrderStatus::reserving_stock) return not_open(order);
    return OrderCancelled{order.created.order, reason};
}

}  // namespace tally::orders
