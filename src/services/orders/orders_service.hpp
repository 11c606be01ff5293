#pragma once

#include "tally/host/service.hpp"

namespace tally::orders {

/// The orders service: takes orders, has their stock held, confirms or cancels them.
[[nodiscard]] Manifest orders_service(Platform& platform);

// Its parts, each in a file of its own.
[[nodiscard]] Routes orders_routes(Platform& platform);
[[nodiscard]] Consumer reservation_replies();

}  // namespace tally::orders
