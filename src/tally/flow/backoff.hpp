#pragma once

#include <algorithm>

#include "tally/base/clock.hpp"
#include "tally/base/random.hpp"

namespace tally {

/// Exponential backoff with full jitter: the n-th wait is uniform in [0, min(most, least × 2^n)].
class Backoff {
public:
    Backoff(Random& random, Duration least, Duration most) : random_(random), least_(least), most_(most) {}

    [[nodiscard]] Duration next() {
        constexpr int doublings = 30;
        const Duration ceiling = std::min(most_, least_ * (std::int64_t{1} << std::min(failures_, doublings)));
        ++failures_;
        return Duration(static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(ceiling.count()) + 1)));
    }
    void reset() noexcept { failures_ = 0; }
    [[nodiscard]] int failures() const noexcept { return failures_; }

private:
    Random& random_;
    Duration least_;
    Duration most_;
    int failures_ = 0;
};

}  // namespace tally
