#pragma once

#include "tally/host/service.hpp"

namespace tally::inventory {

/// The inventory service: counts stock and holds it for orders.
[[nodiscard]] Manifest inventory_service(Platform& platform);

// Its parts, each in a file of its own.
[[nodiscard]] Routes inventory_routes();
[[nodiscard]] Consumer reservations();

/// LowStockAlert when less than this is available.
inline constexpr std::int64_t low_stock_threshold = 10;

}  // namespace tally::inventory
