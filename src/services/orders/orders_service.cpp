#include "services/orders/orders_service.hpp"

#include "services/orders/order.hpp"
#include "services/orders/order_list.hpp"
#include "services/orders/return_list.hpp"

namespace tally::orders {

Manifest orders_service(Platform& platform) {
    std::vector<EventDescription> events = OrderEvents::describe();
    std::ranges::move(ReturnEvents::describe(), std::back_inserter(events));
    std::ranges::move(OrderRequests::describe(), std::back_inserter(events));
    return {.name = "orders",
            .summary = "Takes orders and sees each through to its end",
            .events = std::move(events),
            .routes = orders_routes(platform),
            .consumers = {},
            .projections = {make_projection<OrderListEntry>(), make_projection<ReturnListEntry>()},
            .sagas = {place_order_saga(platform.settings)},
            .collections = {{"order-list", {"time", "status", "customer"}},
                            {"return-list", {"time", "outcome", "customer"}}},
            .front_page = {{"Latest orders",
                            "/api/v1/orders?page_size=10",
                            {"order", "status", "customer", "total", "placed_at"},
                            "/api/v1/orders/{order}/timeline"},
                           {"Latest returns",
                            "/api/v1/returns?page_size=10",
                            {"return_id", "outcome", "customer", "lines", "returned_at"},
                            "/api/v1/returns/{return_id}"}}};
}

}  // namespace tally::orders
