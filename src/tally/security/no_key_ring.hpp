#pragma once

#include <memory>

#include "tally/base/key_ring.hpp"

namespace tally {

/// For a host that was given no ring: every call fails with unsupported, so nothing personal is recorded and nothing is
/// taken for erased.
[[nodiscard]] std::unique_ptr<KeyRing> create_no_key_ring();

}  // namespace tally
