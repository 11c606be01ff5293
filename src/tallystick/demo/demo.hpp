#pragma once

#include "tallystick/api/api.hpp"

namespace tally {

struct DemoOptions {
    std::uint64_t orders = 200;                   ///< at once
    Duration interval = std::chrono::seconds(5);  ///< then one each
};

/// Places the orders of the demo shop through the routes, until it is cancelled; ends at once in a folder whose orders
/// are others'. It goes on where an earlier run has ended. What goes wrong is logged. Lifetime: `api` outlives it.
[[nodiscard]] Task<void> run_demo(Api& api, DemoOptions options);

}  // namespace tally
