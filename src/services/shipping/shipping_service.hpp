#pragma once

#include "tally/host/service.hpp"

namespace tally::shipping {

/// The shipping service: sends what confirmed orders need, follows it to the customer, and takes back what returns.
[[nodiscard]] Manifest shipping_service(Platform& platform);
[[nodiscard]] std::vector<Setting> shipping_settings();

// Its parts, each in a file of its own. `transit` is the time from dispatch to delivery.
[[nodiscard]] Routes shipping_routes();
[[nodiscard]] Consumer parcels(Duration transit);
[[nodiscard]] TimerHandlers carrier_reports(Duration transit);

}  // namespace tally::shipping
