#pragma once

#include "tally/host/service.hpp"

namespace tally::analytics {

/// The analytics service: counts, per day and currency, what becomes of orders.
[[nodiscard]] Manifest analytics_service(Platform& platform);

// Its parts, each in a file of its own.
[[nodiscard]] Routes analytics_routes();
[[nodiscard]] std::vector<Consumer> sales_consumers();

}  // namespace tally::analytics
