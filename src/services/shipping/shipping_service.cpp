#include "services/shipping/shipping_service.hpp"

#include "services/shipping/shipment_list.hpp"

namespace tally::shipping {

std::vector<Setting> shipping_settings() {
    return {{"shipping.transit_ms", Setting::Kind::duration_ms, "0",
             "from dispatch to delivery; 0: a parcel is there as soon as it is sent"}};
}

Manifest shipping_service(Platform& platform) {
    const Duration transit = platform.settings.duration("shipping.transit_ms");
    return {.name = "shipping",
            .summary = "Sends what confirmed orders need and follows it to the customer",
            .events = ShipmentEvents::describe(),
            .routes = shipping_routes(),
            .consumers = {parcels(transit)},
            .projections = {make_projection<ShipmentListEntry>()},
            .timers = carrier_reports(transit),
            .collections = {{"shipment-list", {"time", "status"}}},
            .front_page = {{"Parcels in trouble",
                            "/api/v1/shipments?status=exception&page_size=10",
                            {"order", "problem", "tracking", "method", "created_at"},
                            "/api/v1/orders/{order}/timeline"}}};
}

}  // namespace tally::shipping
