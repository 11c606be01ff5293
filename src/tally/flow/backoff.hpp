#pragma once

#include <algorithm>

#include "tally/base/clock.hpp"
#include "tally/base/random.hpp"

namespace tally {

/// Exponential backoff with full jitter: after `failures` others, a wait uniform in [0, min(most, least × 2^failures)].
[[nodiscard]] inline Duration jittered(Random& random, Duration least, Duration most, int failures) {
    constexpr int doublings = 30;
    const Duration ceiling = std::min(most, least * (std::int64_t{1} << std::min(failures, doublings)));
    return Duration(static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(ceiling.count()) + 1)));
}

/// The waits of one thing that fails again and again.
class Backoff {
public:
    Backoff(Random& random, Duration least, Duration most) : random_(random), least_(least), most_(most) {}

    [[nodiscard]] Duration next() { return jittered(random_, least_, most_, failures_++); }
    void reset() noexcept { failures_ = 0; }
    [[nodiscard]] int failures() const noexcept { return failures_; }

private:
    Random& random_;
    Duration least_;
    Duration most_;
    int failures_ = 0;
};

}  // namespace tally
