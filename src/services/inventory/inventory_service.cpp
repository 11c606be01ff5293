#include "services/inventory/inventory_service.hpp"

#include "services/inventory/reservation.hpp"

namespace tally::inventory {

Manifest inventory_service(Platform&) {
    std::vector<EventDescription> events = ReservationEvents::describe();
    std::ranges::move(ReceiptEvents::describe(), std::back_inserter(events));
    std::ranges::move(StockEvents::describe(), std::back_inserter(events));
    return {.name = "inventory",
            .summary = "Counts stock and holds it for orders",
            .events = std::move(events),
            .routes = inventory_routes(),
            .consumers = {reservations()},
            .projections = {},
            .collections = {{"stock", {"available"}}},
            .front_page = {{"Scarcest stock",
                            "/api/v1/stock?page_size=10",
                            {"sku", "available", "reserved", "on_hand"},
                            "/api/v1/stock/{sku}"}}};
}

}  // namespace tally::inventory
