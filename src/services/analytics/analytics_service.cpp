#include "services/analytics/analytics_service.hpp"

namespace tally::analytics {

Manifest analytics_service(Platform&) {
    return {.name = "analytics",
            .summary = "Counts what becomes of orders, per day and currency",
            .events = {},
            .routes = analytics_routes(),
            .consumers = sales_consumers(),
            .projections = {},
            .collections = {{"sales-days", {"day", "currency"}}, {"sales-orders", {}}},
            .front_page = {{"Latest days of sales",
                            "/api/v1/sales/days?backward=true&page_size=7",
                            {"day", "currency", "created", "delivered", "cancelled", "captured", "refunded"},
                            "/api/v1/sales/days/{day}"}}};
}

}  // namespace tally::analytics
