#pragma once

#include "tally/host/service.hpp"

namespace tally::inventory {

/// The inventory service: counts stock, holds it for orders, and lets it go with them.
[[nodiscard]] Manifest inventory_service(Platform& platform);
[[nodiscard]] std::vector<Setting> inventory_settings();

// Its parts, each in a file of its own.
[[nodiscard]] Routes inventory_routes();
/// What is held for an order that nobody confirms is given back after `hold`; zero: never.
[[nodiscard]] Consumer reservations(Duration hold);
[[nodiscard]] TimerHandlers reservation_timers();

/// LowStockAlert when less than this is available.
inline constexpr std::int64_t low_stock_threshold = 10;

}  // namespace tally::inventory
