#include "services/orders/order.hpp"

#include <algorithm>
#include <map>

namespace tally::orders {

void Order::apply(const OrderCreated& event) {
    created = event;
    is_placed = true;
}
void Order::apply(const OrderCancelRequested&) { is_cancel_requested = true; }
void Order::apply(const OrderConfirmed&) { is_confirmed = true; }
void Order::apply(const OrderCompleted&) { is_completed = true; }
void Order::apply(const OrderCancelled& event) { cancelled = event.reason; }
void Order::apply(const OrderReturned& event) { returns.push_back(event); }

OrderStatus status_of(const Order& order, const SagaRun& saga) {
    if (!order.is_placed) return OrderStatus::none;
    if (order.cancelled) return OrderStatus::cancelled;
    if (order.is_completed) return OrderStatus::completed;
    if (saga.operator_called) return OrderStatus::failed;
    if (saga.status == SagaStatus::compensating || order.is_cancel_requested) return OrderStatus::compensating;
    if (order.is_confirmed) return OrderStatus::shipping;
    if (saga.current == "reserve") return OrderStatus::reserving_stock;
    if (saga.current == "pay") return OrderStatus::paying;
    return OrderStatus::created;
}

// Pieces of the same kind are from the first line that has some left, so there is no need to say which.
std::vector<std::int64_t> pieces_back(const Order& order) {
    const std::vector<OrderLine>& lines = order.created.lines;
    std::vector<std::int64_t> back(lines.size(), 0);
    for (const OrderReturned& event : order.returns)
        for (const ReturnedLine& returned : event.lines) {
            std::int64_t pieces = returned.quantity;
            for (std::size_t i = 0; i < lines.size() && pieces > 0; ++i) {
                const OrderLine& line = lines[i];
                if (line.sku != returned.sku || line.unit_price != returned.unit_price ||
                    line.stocked != returned.stocked)
                    continue;
                const std::int64_t here = std::min(pieces, line.quantity.value() - back[i]);
                back[i] += here;
                pieces -= here;
            }
        }
    return back;
}

Money refund_for_returns(const Order& order) {
    const Money& total = order.created.total;
    Money refund(0, total.scale(), total.currency());
    for (const OrderReturned& event : order.returns) refund = refund.plus(event.refund).value_or(total);
    return refund;
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

std::unexpected<Rejection> refusal(std::string code, std::string detail) {
    return std::unexpected(Rejection{std::move(code), std::move(detail)});
}

/// In the words of the customer.
CancelReason reason_of(const SagaCompensating& failure) {
    using Why = SagaFailureReason;
    if (failure.reason == Why::cancelled || failure.reason == Why::rejected) return CancelReason::customer_request;
    const bool is_overdue = failure.reason == Why::overdue;
    if (failure.step == "pay") return is_overdue ? CancelReason::payment_overdue : CancelReason::payment_refused;
    if (is_overdue) return CancelReason::reservation_overdue;
    return failure.detail == "out_of_stock" ? CancelReason::out_of_stock : CancelReason::reservation_refused;
}

template <class T>
bool is_same_or_erased(const Personal<T>& was, const Personal<T>& wanted) {
    return was.erased() || was == wanted;
}

bool is_same_contact(const std::optional<Contact>& was, const std::optional<Contact>& wanted) {
    if (!was || !wanted) return was.has_value() == wanted.has_value();
    return is_same_or_erased(was->name, wanted->name) && is_same_or_erased(was->email, wanted->email) &&
           is_same_or_erased(was->address, wanted->address);
}

}  // namespace

std::string subject_of(const OrderCreated& order) {
    return order.customer ? "customer:" + order.customer->text() : "order:" + order.order.text();
}

std::expected<OrderCreated, Rejection> place(const Order& order, NewOrder wanted) {
    if (order.is_placed)
        return std::unexpected(
            Rejection{"order-exists", "there is another order " + wanted.order.text() + " with other content"});
    if (wanted.lines.empty()) return std::unexpected(Rejection{"order-empty", "an order has at least one line"});
    auto total = total_of(wanted.lines);
    if (!total) return std::unexpected(std::move(total.error()));
    OrderCreated created{.order = std::move(wanted.order),
                         .customer = std::move(wanted.customer),
                         .placed_at = wanted.placed_at,
                         .country = std::move(wanted.country),
                         .lines = std::move(wanted.lines),
                         .total = *total,
                         .payment_method = std::move(wanted.payment_method),
                         .shipping_method = std::move(wanted.shipping_method),
                         .contact = std::move(wanted.contact)};
    if (created.contact && !is_id_text(subject_of(created)))
        return std::unexpected(Rejection{"order-contact", "an order with a contact has ids of at most 119 characters"});
    return created;
}

bool is_same(const Order& order, const NewOrder& wanted) {
    const OrderCreated& was = order.created;
    return order.is_placed && was.order == wanted.order && was.customer == wanted.customer &&
           was.placed_at == wanted.placed_at && was.country == wanted.country && was.lines == wanted.lines &&
           was.payment_method == wanted.payment_method && was.shipping_method == wanted.shipping_method &&
           is_same_contact(was.contact, wanted.contact);
}

std::expected<OrderCancelRequested, Rejection> request_cancel(const Order& order) {
    if (!order.is_placed) return refusal("order-unknown", "there is no such order");
    if (order.cancelled) return refusal("order-not-open", "the order is cancelled");
    if (order.is_confirmed) return refusal("order-not-open", "the order is confirmed");
    return OrderCancelRequested{order.created.order};
}

InventoryReservationRequested reservation_of(const Order& order) {
    std::map<Sku, std::int64_t> needed;
    for (const OrderLine& line : order.created.lines)
        if (line.stocked) needed[line.sku] += line.quantity.value();
    InventoryReservationRequested request{.order = order.created.order, .items = {}};
    for (const auto& [sku, quantity] : needed) request.items.push_back({sku, quantity});
    return request;
}

InventoryReservationReleased release_of(const Order& order) { return {order.created.order}; }

PaymentRequested payment_of(const Order& order) {
    return {order.created.order, order.created.total, order.created.payment_method.value_or("card")};
}

PaymentRefundRequested refund_of(const Order& order) {
    return {.order = order.created.order, .amount = {}, .return_id = {}};
}

std::expected<OrderConfirmed, Rejection> confirm(const Order& order) {
    if (order.is_cancel_requested) return refusal("order-cancelled", "the customer has cancelled the order");
    OrderConfirmed confirmed{order.created.order, order.created.shipping_method};
    if (const auto& contact = order.created.contact) confirmed.recipient = Recipient{contact->name, contact->address};
    return confirmed;
}

std::expected<OrderCompleted, Rejection> complete(const Order& order) {
    if (!order.is_confirmed) return refusal("order-not-confirmed", "the order is not confirmed");
    if (order.is_completed) return refusal("order-completed", "the order is completed");
    return OrderCompleted{order.created.order};
}

std::expected<OrderCancelled, Rejection> cancel(const Order& order, const SagaCompensating& failure) {
    if (order.is_confirmed || order.cancelled) return refusal("order-not-open", "there is nothing to cancel");
    return OrderCancelled{order.created.order, reason_of(failure)};
}

}  // namespace tally::orders
