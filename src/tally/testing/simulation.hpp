#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "tally/base/clock.hpp"
#include "tally/base/random.hpp"
#include "tally/base/task.hpp"

namespace tally::testing {

/// One seeded executor with virtual time: runs whole systems of coroutines, each choice drawn from the seed.
///
/// Of the handlers that are ready a random one runs next; when none is, time jumps to the next sleeper (ties at
/// random). Order/guarantee: the same seed and program make the same choices, seen by the same `hash`. Threads: one.
/// Lifetime: outlives everything that runs on it.
class Simulation {
public:
    explicit Simulation(std::uint64_t seed);
    ~Simulation();
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    [[nodiscard]] Executor executor();
    /// Virtual time, from 2011-01-01 on; all clocks of one simulation agree unless skewed.
    [[nodiscard]] Clock& clock();
    /// A clock whose wall time is ahead by `skew` (behind, if negative).
    [[nodiscard]] std::unique_ptr<Clock> create_clock(Duration skew);
    /// Somebody sets the wall clock: `now` of all clocks moves by so much, back if negative. Instants and sleepers do
    /// not notice.
    void set_wall_clock_by(Duration step);
    [[nodiscard]] Random& random();

    /// Runs one handler. False when nothing is ready and nobody sleeps.
    bool step();
    /// Runs until `done` or until virtual time has moved on by `limit`; tells whether `done` was reached.
    bool run_until(const std::function<bool()>& done, Duration limit);
    /// Runs `task` to its end; throws what it threw, and std::runtime_error if it never ends.
    void run(Task<void> task);

    /// Of all choices so far.
    [[nodiscard]] std::uint64_t hash() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tally::testing
