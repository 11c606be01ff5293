#pragma once

#include <optional>

#include "tally/base/clock.hpp"
#include "tally/base/signal.hpp"

namespace tally {

/// Between the sessions of a service and the runner of its timers: wakes the runner for what it does not know yet.
///
/// Threads: one loop. Lifetime: outlives the sessions and the runner.
class TimerSignal {
public:
    /// A timer that is due then was committed.
    void scheduled(Timestamp due);
    /// Something about the timers was changed from outside: look whatever the time.
    void changed() { scheduled(Timestamp::min()); }

    // For the runner.
    /// The earliest that was scheduled since the last call; what comes later is remembered for the next.
    [[nodiscard]] std::optional<Timestamp> take();
    /// Returns when something earlier than `due` is there to be taken.
    [[nodiscard]] Task<void> earlier_than(Timestamp due);

private:
    std::optional<Timestamp> earliest_;
    std::optional<Timestamp> awaited_;
    Signal signal_;
};

}  // namespace tally
