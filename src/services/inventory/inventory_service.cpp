#include "services/inventory/inventory_service.hpp"

#include "services/inventory/reservation.hpp"

namespace tally::inventory {

std::vector<Setting> inventory_settings() {
    return {{"inventory.reservation_ttl_ms", Setting::Kind::duration_ms, "0",
             "that stock is held for an order which nobody confirms; 0: for ever"}};
}

Manifest inventory_service(Platform& platform) {
    std::vector<EventDescription> events = ReservationEvents::describe();
    std::ranges::move(ReceiptEvents::describe(), std::back_inserter(events));
    std::ranges::move(StockEvents::describe(), std::back_inserter(events));
    return {.name = "inventory",
            .summary = "Counts stock, holds it for orders, and lets it go with them",
            .events = std::move(events),
            .routes = inventory_routes(),
            .consumers = {reservations(platform.settings.duration("inventory.reservation_ttl_ms"))},
            .projections = {},
            .timers = reservation_timers(),
            .collections = {{"stock", {"available"}}},
            .front_page = {{"Scarcest stock",
                            "/api/v1/stock?page_size=10",
                            {"sku", "available", "reserved", "on_hand"},
                            "/api/v1/stock/{sku}"}}};
}

}  // namespace tally::inventory
