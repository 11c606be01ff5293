#pragma once

#include "tally/host/service.hpp"

namespace tally::orders {

/// The orders service: takes orders and sees each through to its end.
[[nodiscard]] Manifest orders_service(Platform& platform);
/// How long it waits for the others.
[[nodiscard]] std::vector<Setting> orders_settings();

// Its parts, each in a file of its own.
[[nodiscard]] Routes orders_routes(Platform& platform);
void add_returns(Routes& routes);
[[nodiscard]] SagaDefinition place_order_saga(const Config& settings);

}  // namespace tally::orders
