#pragma once

#include "tally/base/clock.hpp"
#include "tallystick/verify/source.hpp"
#include "tallystick/verify/verdict.hpp"

namespace tally::verify {

/// Checks every invariant of `invariants()`. Errors: those of the source, but what is corrupt is a violation;
/// unavailable (the logs kept growing).
[[nodiscard]] Task<Result<Verdict>> verify(Source& source, Clock& clock, bool in_flight_ok);

}  // namespace tally::verify
