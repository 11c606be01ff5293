#include "services/orders/orders_service.hpp"

#include "services/orders/order.hpp"
#include "services/orders/order_list.hpp"

namespace tally::orders {

Manifest orders_service(Platform& platform) {
    std::vector<EventDescription> events = OrderEvents::describe();
    std::ranges::move(OrderRequests::describe(), std::back_inserter(events));
    return {.name = "orders",
            .summary = "Takes orders and sees each through to its end",
            .events = std::move(events),
            .routes = orders_routes(platform),
            .consumers = {},
            .projections = {make_projection<OrderListEntry>()},
            .sagas = {place_order_saga(platform.settings)},
            .collections = {{"order-list", {"time", "status", "customer"}}},
            .front_page = {{"Latest orders",
                            "/api/v1/orders?page_size=10",
                            {"order", "status", "customer", "total", "placed_at"},
                            "/api/v1/orders/{order}/timeline"}}};
}

}  // namespace tally::orders
