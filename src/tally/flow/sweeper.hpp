#pragma once

#include "tally/base/clock.hpp"
#include "tally/store/store.hpp"

namespace tally {

/// Removes expired documents at the revision that it saw, at most `per_commit` at once, each `every`; until cancelled.
[[nodiscard]] Task<void> sweep(Store& store, Clock& clock, Duration every = std::chrono::minutes(1),
                               std::size_t per_commit = 500);

}  // namespace tally
