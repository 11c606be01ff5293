// What inventory does about the requests of orders.
#include "services/inventory/inventory_service.hpp"
#include "services/inventory/reservation.hpp"
#include "services/inventory/stock_item.hpp"
#include "services/orders/order_events.hpp"

namespace tally::inventory {
namespace {

using orders::InventoryReservationReleased;
using orders::InventoryReservationRequested;

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

Task<Handled> reserve_all(Delivery<InventoryReservationRequested> request, Session& session) {
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
    co_return Handled{};
}

Task<Handled> release_all(Delivery<InventoryReservationReleased> request, Session& session) {
    const OrderId& order = request.event.order;
    auto reservation = co_await session.load<Reservation>(order);
    if (!reservation) co_return std::unexpected(reservation.error());
    if (reservation->state.status == ReservationStatus::released) co_return Handled{};

    const std::vector<Item> items = reservation->state.items;  // none where nothing was held
    auto stock = co_await stock_of(items, session);
    if (!stock) co_return std::unexpected(stock.error());
    put_all(*stock, release(*stock, items), session);
    session.record<Reservation>(order, StockReleased{order, items});
    co_return Handled{};
}

}  // namespace

Consumer reservations() {
    Consumer consumer("inventory", "orders.events");
    consumer.on<InventoryReservationRequested>(&reserve_all);
    consumer.on<InventoryReservationReleased>(&release_all);
    return consumer;
}

}  // namespace tally::inventory
