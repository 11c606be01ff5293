#pragma once

#include "tally/base/config.hpp"
#include "tallystick/runtime.hpp"

namespace tally {

/// Serves a data folder over HTTP until SIGINT or SIGTERM, then stops in phases: accept no more, let requests end,
/// end consumers and projections, close the stores. A second signal ends the process at once. Errors are told on
/// standard error. `settings` outlives it.
[[nodiscard]] Task<ExitCode> serve(Runtime& runtime, const Config& settings);

}  // namespace tally
