#pragma once

#include <string>

#include "tally/base/clock.hpp"

namespace tally {

/// Watches the wall clock against the clock since boot: after a jump, what waits for a wall-clock time is not to happen
/// until the two have gone together for a while, or an operator says that the time is right.
///
/// Sees a jump at the first look after it; looks are to be a few seconds apart at most, so that a clock that merely
/// runs a little fast or slow is none. Threads: one loop. Lifetime: the clock outlives it.
class ClockGuard {
public:
    static constexpr Duration largest_step = std::chrono::seconds(60);
    static constexpr Duration agreement = std::chrono::seconds(60);

    explicit ClockGuard(const Clock& clock);

    /// Compares the clocks; tells whether they agree.
    bool look();
    /// The wall clock is right as it is.
    void resume();
    /// What has happened and what helps; empty: the clocks agree.
    [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }

private:
    [[nodiscard]] Duration ahead() const;

    const Clock& clock_;
    Duration seen_ahead_;    ///< of the wall clock before the other one, at the last look
    Instant agree_since_{};  ///< where there is trouble
    std::string trouble_;
};

}  // namespace tally
