#include "services/orders/order_list.hpp"

namespace tally::orders {

void OrderListEntry::apply(const OrderCreated& event, const Envelope& envelope) {
    order = event.order;
    customer = event.customer;
    status = OrderStatus::created;
    placed_at = event.placed_at.value_or(envelope.occurred_at);
    total = event.total;
    lines = static_cast<std::int64_t>(event.lines.size());
}

void OrderListEntry::apply(const SagaStepStarted& event, const Envelope&) {
    if (event.step == "reserve") status = OrderStatus::reserving_stock;
    if (event.step == "pay") status = OrderStatus::paying;
    if (event.step == "ship") status = OrderStatus::shipping;
}

void OrderListEntry::apply(const SagaCompensating&, const Envelope&) { status = OrderStatus::compensating; }
void OrderListEntry::apply(const SagaOperatorCalled&, const Envelope&) { status = OrderStatus::failed; }
void OrderListEntry::apply(const OrderConfirmed&, const Envelope&) { status = OrderStatus::shipping; }
void OrderListEntry::apply(const OrderCompleted&, const Envelope&) { status = OrderStatus::completed; }

void OrderListEntry::apply(const OrderCancelled& event, const Envelope&) {
    status = OrderStatus::cancelled;
    reason = event.reason;
}

std::vector<IndexEntry> tally_indexes(const OrderListEntry& entry) {
    std::vector<IndexEntry> entries{
        {"time", IndexKey().time(entry.placed_at).text(entry.order.text()).bytes()},
        {"status",
         IndexKey().number(static_cast<int>(entry.status)).time(entry.placed_at).text(entry.order.text()).bytes()}};
    if (entry.customer)
        entries.push_back(
            {"customer",
             IndexKey().text(entry.customer->text()).time(entry.placed_at).text(entry.order.text()).bytes()});
    return entries;
}

}  // namespace tally::orders
