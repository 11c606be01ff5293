// What inventory does about the events of orders.
#include <map>

#include "services/inventory/inventory_service.hpp"
#include "services/inventory/reservation.hpp"
#include "services/inventory/stock_item.hpp"
#include "services/orders/order_events.hpp"

namespace tally::inventory {
namespace {

using orders::InventoryReservationReleased;
using orders::InventoryReservationRequested;
using orders::OrderConfirmed;
using orders::OrderReturned;

/// Nobody has confirmed the order in time.
struct ReservationExpires {
    OrderId order;
};
BOOST_DESCRIBE_STRUCT(ReservationExpires, (), (order))
TALLY_TIMER(ReservationExpires, "reservation-expires")

Task<Result<std::vector<StockItem>>> stock_of(const std::vector<Item>& items, Session& session) {
    std::vector<std::string> keys;
    keys.reserve(items.size());
    for (const Item& item : items) keys.push_back(item.sku.text());
    auto found = co_await session.get<StockItem>(std::move(keys));
    if (!found) co_return std::unexpected(std::move(found.error()));
    std::vector<StockItem> stock;
    stock.reserve(items.size());
    for (std::size_t i = 0; i < items.size(); ++i)
        stock.push_back((*found)[i].value_or(StockItem{.sku = items[i].sku, .on_hand = 0, .reserved = 0}));
    co_return stock;
}

void put_all(const std::vector<StockItem>& before, const std::vector<StockItem>& after, Session& session) {
    for (std::size_t i = 0; i < after.size(); ++i) {
        session.put(after[i].sku.text(), after[i]);
        const Alerts raised = alerts(before[i], after[i], low_stock_threshold);
        if (raised.low) session.record<StockAlerts>(after[i].sku, *raised.low);
        if (raised.out) session.record<StockAlerts>(after[i].sku, *raised.out);
    }
}

/// `hold`: how long the stock is held for an order that nobody confirms; zero: for ever.
Task<Handled> reserve_all(Delivery<InventoryReservationRequested> request, Session& session, Duration hold) {
    const OrderId& order = request.event.order;
    const std::vector<Item>& items = request.event.items;
    auto reservation = co_await session.load<Reservation>(order);
    if (!reservation) co_return std::unexpected(reservation.error());
    if (reservation->state.status == ReservationStatus::released) {
        session.record<Reservation>(order, InventoryReservationFailed{order, ReservationFailure::released_before, {}});
        co_return Handled{};
    }
    if (reservation->state.status != ReservationStatus::none) co_return Handled{};  // answered already

    if (request.envelope.expires_at && *request.envelope.expires_at <= session.now()) {
        session.record<Reservation>(order, InventoryReservationFailed{order, ReservationFailure::expired, {}});
        co_return Handled{};
    }
    auto stock = co_await stock_of(items, session);
    if (!stock) co_return std::unexpected(stock.error());
    auto reserved = reserve(*stock, items);
    if (!reserved) {
        session.record<Reservation>(
            order, InventoryReservationFailed{order, ReservationFailure::out_of_stock, std::move(reserved.error())});
        co_return Handled{};
    }
    session.record<Reservation>(order, InventoryReservationConfirmed{order, items});
    put_all(*stock, *reserved, session);
    if (hold > Duration::zero()) session.schedule(order.text(), session.now() + hold, ReservationExpires{order});
    co_return Handled{};
}

Task<Handled> give_back(const Reservation& reservation, const OrderId& order, Session& session) {
    const std::vector<Item>& items = reservation.items;  // none where nothing is held
    auto stock = co_await stock_of(items, session);
    if (!stock) co_return std::unexpected(stock.error());
    put_all(*stock, release(*stock, items), session);
    session.record<Reservation>(order, StockReleased{order, items});
    co_return Handled{};
}

Task<Handled> release_all(Delivery<InventoryReservationReleased> request, Session& session) {
    const OrderId& order = request.event.order;
    auto reservation = co_await session.load<Reservation>(order);
    if (!reservation) co_return std::unexpected(reservation.error());
    if (reservation->state.release_answered) co_return Handled{};
    session.cancel<ReservationExpires>(order.text());
    co_return co_await give_back(reservation->state, order, session);
}

Task<Handled> expire(Fired<ReservationExpires> expiry, Session& session) {
    const OrderId& order = expiry.timer.order;
    auto reservation = co_await session.load<Reservation>(order);
    if (!reservation) co_return std::unexpected(reservation.error());
    if (reservation->state.status != ReservationStatus::held) co_return Handled{};
    co_return co_await give_back(reservation->state, order, session);
}

Task<Handled> commit_all(Delivery<OrderConfirmed> confirmed, Session& session) {
    const OrderId& order = confirmed.event.order;
    auto reservation = co_await session.load<Reservation>(order);
    if (!reservation) co_return std::unexpected(reservation.error());
    if (reservation->state.status == ReservationStatus::committed) co_return Handled{};
    if (reservation->state.status != ReservationStatus::held)
        co_return fail(ErrorCode::rejected, "order " + order.text() +
                                                " is confirmed and no stock is held for it: find " +
                                                "out what was sent, correct the stock, then skip this event");
    const std::vector<Item>& items = reservation->state.items;
    auto stock = co_await stock_of(items, session);
    if (!stock) co_return std::unexpected(stock.error());
    put_all(*stock, commit(*stock, items), session);
    session.record<Reservation>(order, StockCommitted{order, items});
    session.cancel<ReservationExpires>(order.text());
    co_return Handled{};
}

/// Stocked lines, summed by code.
std::vector<Item> items_of(const OrderReturned& returned) {
    std::map<Sku, std::int64_t> sums;
    for (const orders::ReturnedLine& line : returned.lines)
        if (line.stocked) sums[line.sku] += line.quantity;
    std::vector<Item> items;
    items.reserve(sums.size());
    for (const auto& [sku, quantity] : sums) items.push_back({sku, quantity});
    return items;
}

Task<Handled> put_all_back(Delivery<OrderReturned> returned, Session& session) {
    const auto& order = returned.event.order;
    const auto& return_id = returned.event.return_id;
    auto reservation = co_await session.load<Reservation>(order);
    if (!reservation) co_return std::unexpected(reservation.error());
    if (reservation->state.returns.contains(return_id)) co_return Handled{};
    if (reservation->state.status != ReservationStatus::committed)
        co_return fail(ErrorCode::rejected, "goods of order " + order.text() + " came back, of which none had left");
    const std::vector<Item> items = items_of(returned.event);
    auto stock = co_await stock_of(items, session);
    if (!stock) co_return std::unexpected(stock.error());
    const auto after = put_back(*stock, items);
    if (!after) co_return fail(ErrorCode::rejected, after.error().detail);
    put_all(*stock, *after, session);
    session.record<Reservation>(order, StockReturned{order, return_id, items});
    co_return Handled{};
}

}  // namespace

Consumer reservations(Duration hold) {
    Consumer consumer("inventory", "orders.events");
    consumer.on<InventoryReservationRequested>(
        [hold](Delivery<InventoryReservationRequested> request, Session& session) {
            return reserve_all(std::move(request), session, hold);
        });
    consumer.on<InventoryReservationReleased>(&release_all);
    consumer.on<OrderConfirmed>(&commit_all);
    consumer.on<OrderReturned>(&put_all_back);
    return consumer;
}

TimerHandlers reservation_timers() {
    TimerHandlers timers;
    timers.on<ReservationExpires>(&expire);
    return timers;
}

}  // namespace tally::inventory
