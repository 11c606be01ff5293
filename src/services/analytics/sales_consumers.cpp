// What is counted of each topic.
//
// An event counts once, however often it is delivered: the figures that it has changed are committed together with the
// consumer's progress, beyond which it is not handled again. The shares of a batch's days are in the session, so each
// of them is read and written once a commit; what is read of an order is one small document. All of it can be counted
// again from the topics, so no commit waits for the disk.
#include "services/analytics/analytics_service.hpp"
#include "services/analytics/sales_day.hpp"

namespace tally::analytics {
namespace {

using inventory::InventoryReservationFailed;
using orders::OrderCancelled;
using orders::OrderConfirmed;
using orders::OrderCreated;
using payments::PaymentConfirmed;
using payments::PaymentFailed;
using payments::PaymentRefunded;
using shipping::ShipmentDelivered;

Task<Handled> add_to_share(SalesDay of, SalesSource source, SalesFigures more, Session& session) {
    const std::string key = share_key(of, source);
    auto share = co_await session.get<SalesShare>(key);
    if (!share) co_return std::unexpected(std::move(share.error()));
    auto sum = plus(*share ? std::move((*share)->figures) : SalesFigures{}, more);
    if (!sum) co_return std::unexpected(std::move(sum.error()));
    session.put(key, SalesShare{.of = std::move(of), .source = source, .figures = std::move(*sum)});
    co_return Handled{};
}

Task<Handled> count(OrderId order, SalesFigures more, SalesSource source, Session& session) {
    auto found = co_await session.get<SalesOrder>(order.text());
    if (!found) co_return std::unexpected(std::move(found.error()));
    SalesOrder known = std::move(*found).value_or(SalesOrder{});
    if (known.of) co_return co_await add_to_share(*known.of, source, std::move(more), session);
    auto early = plus(std::move(known.early), more);
    if (!early) co_return std::unexpected(std::move(early.error()));
    session.put(order.text(), SalesOrder{.of = {}, .early = std::move(*early)});
    co_return Handled{};
}

Task<Handled> begin(Delivery<OrderCreated> created, Session& session) {
    const OrderCreated& order = created.event;
    auto found = co_await session.get<SalesOrder>(order.order.text());
    if (!found) co_return std::unexpected(std::move(found.error()));
    auto figures = plus(counted(order), *found ? (*found)->early : SalesFigures{});
    if (!figures) co_return std::unexpected(std::move(figures.error()));
    const SalesDay of{Day(order.placed_at.value_or(created.envelope.occurred_at)), order.total.currency()};
    session.put(order.order.text(), SalesOrder{.of = of, .early = {}});
    co_return co_await add_to_share(of, SalesSource::orders, std::move(*figures), session);
}

template <class... E>
Consumer counting(SalesSource source, std::string topic) {
    Consumer consumer("analytics", std::move(topic));
    (consumer.on<E>([source](Delivery<E> said, Session& session) {
        return count(said.event.order, counted(said.event), source, session);
    }),
     ...);
    return consumer;
}

}  // namespace

std::vector<Consumer> sales_consumers() {
    std::vector<Consumer> consumers{
        counting<OrderConfirmed, OrderCancelled>(SalesSource::orders, "orders.events"),
        counting<InventoryReservationFailed>(SalesSource::inventory, "inventory.events"),
        counting<PaymentConfirmed, PaymentFailed, PaymentRefunded>(SalesSource::payments, "payments.events"),
        counting<ShipmentDelivered>(SalesSource::shipping, "shipping.events")};
    consumers.front().on<OrderCreated>(&begin);
    for (Consumer& consumer : consumers) consumer.derived();
    return consumers;
}

}  // namespace tally::analytics
