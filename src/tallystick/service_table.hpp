#pragma once

#include <vector>

#include "tally/host/service.hpp"

namespace tally {

/// The table of services of this binary; also that of the shop that tests and simulations run.
[[nodiscard]] const std::vector<Service>& service_table();

}  // namespace tally
