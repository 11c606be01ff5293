#pragma once

#include <memory>

#include "tally/base/key_ring.hpp"

namespace tally {

/// A key ring in memory, for tests and simulations: no file, and nothing is left of it. Lifetime: random outlives it.
[[nodiscard]] std::unique_ptr<KeyRing> create_memory_key_ring(Random& random);

}  // namespace tally
