#pragma once

#include <vector>

#include "tally/base/task.hpp"

namespace tally::testing {

/// Runs all tasks at once and returns when the last has ended. One that ends by an exception fails the test.
///
/// Cancellation: none, it is to be awaited to its end.
[[nodiscard]] Task<void> together(Executor executor, std::vector<Task<void>> tasks);

}  // namespace tally::testing
