#pragma once

#include <optional>
#include <string>

#include "services/orders/order.hpp"
#include "tally/flow/projection.hpp"

namespace tally::orders {

/// The read model that lists answer from: one document an order.
struct OrderListEntry {
    using Events = EventList<OrderCreated, SagaStepStarted, SagaCompensating, SagaOperatorCalled, OrderConfirmed,
                             OrderCompleted, OrderCancelled>;

    OrderId order;
    std::optional<CustomerId> customer;
    OrderStatus status = OrderStatus::none;
    std::optional<CancelReason> reason;
    Timestamp placed_at{};
    Money total;
    std::int64_t lines = 0;

    /// The order is the partition key of all that is recorded about it.
    static std::string key(const auto&, const Envelope& envelope) { return envelope.key; }

    void apply(const OrderCreated& event, const Envelope& envelope);
    void apply(const SagaStepStarted& event, const Envelope& envelope);
    void apply(const SagaCompensating& event, const Envelope& envelope);
    void apply(const SagaOperatorCalled& event, const Envelope& envelope);
    void apply(const OrderConfirmed& event, const Envelope& envelope);
    void apply(const OrderCompleted& event, const Envelope& envelope);
    void apply(const OrderCancelled& event, const Envelope& envelope);
};
BOOST_DESCRIBE_STRUCT(OrderListEntry, (), (order, customer, status, reason, placed_at, total, lines))
TALLY_DOCUMENT(OrderListEntry, "order-list")
/// `time`, `status` and `customer` (orders of a guest are in the first two only), each then by time.
[[nodiscard]] std::vector<IndexEntry> tally_indexes(const OrderListEntry& entry);

}  // namespace tally::orders
