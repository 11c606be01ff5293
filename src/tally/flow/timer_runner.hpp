#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tally/base/metrics.hpp"
#include "tally/base/random.hpp"
#include "tally/base/task_group.hpp"
#include "tally/flow/timer_handlers.hpp"
#include "tally/flow/timer_signal.hpp"

namespace tally {

struct TimerOptions {
    std::size_t at_once = 64;                                ///< firings at a time; their commits share a flush
    Duration poll = std::chrono::seconds(1);                 ///< looks for timers that another instance has scheduled
    Duration census = std::chrono::seconds(10);              ///< looks for timers that need an operator
    Duration backoff_least = std::chrono::milliseconds(50);  ///< of a type that meets a transient failure
    Duration backoff_most = std::chrono::seconds(10);
    Duration retry_least = std::chrono::seconds(1);  ///< of a timer that has failed for good
    Duration retry_most = std::chrono::hours(1);
};

/// What an operator sees of a service's timers.
struct TimerStatus {
    enum class State : std::uint8_t { starting, running, clock_jumped, stopped };
    State state = State::starting;
    std::string reason;                          ///< why nothing fires
    std::map<std::string, std::string> waiting;  ///< types that back off, and why
    std::vector<std::string> unhandled;          ///< types of stored timers that nobody handles
    std::vector<std::string> failing;            ///< ids of the first timers that have failed `timer_attempts` times
    std::set<std::string> damaged;               ///< ids of timers that cannot be read
    std::uint64_t fired = 0;                     ///< whose effect was committed
    std::uint64_t failed = 0;                    ///< firings that count as an attempt
    std::uint64_t conflicts = 0;                 ///< firings that met somebody else's write
};

/// Fires the timers of a service, each in a session and a commit of its own.
///
/// Order/guarantee: a timer takes effect once, since the commit of the effect removes it at the revision that was read;
/// never before its due time by Clock::now, and not at all while that clock jumps (see ClockGuard). A timer is fired as
/// its scheduling's cause; a repeated firing makes the same event ids. No order between timers. A conflict makes it
/// look again; a transient failure makes the type wait, with nothing counted; any other moves the timer by a growing
/// backoff and is never given up. Several instances on one store are safe, and do the work several times. Threads: one
/// loop. Lifetime: all parts outlive it; the tasks of the group must have ended before destruction.
class TimerRunner {
public:
    struct Parts {
        Store& store;
        Clock& clock;
        Random& random;
        Metrics& metrics;
        TimerSignal& signal;
        TaskGroup& tasks;         ///< runs the firings; `run` is to be one of its tasks
        KeyRing* keys = nullptr;  ///< null: handlers can record no personal data
    };
    TimerRunner(std::string service, TimerHandlers handlers, Parts parts, TimerOptions options);
    ~TimerRunner();
    TimerRunner(const TimerRunner&) = delete;
    TimerRunner& operator=(const TimerRunner&) = delete;

    /// Runs until cancelled.
    [[nodiscard]] Task<void> run();
    /// An operator has changed a timer: look now.
    void poke();
    /// An operator says that the wall clock is right: go on firing.
    void resume();
    [[nodiscard]] const TimerStatus& status() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tally
