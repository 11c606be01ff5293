#pragma once

#include <cstddef>
#include <memory>

#include "tally/base/task.hpp"

namespace tally {

/// Lets coroutines wait until another coroutine of the same loop announces something.
///
/// A waiter re-checks its condition when it wakes; an announcement that nobody waits for is not remembered.
/// Threads: one executor. Cancellation: a waiter can be cancelled; destroying the signal cancels all waiters.
class Signal {
public:
    Signal();
    ~Signal();
    Signal(const Signal&) = delete;
    Signal& operator=(const Signal&) = delete;

    [[nodiscard]] Task<void> wait();
    void notify_all();
    /// Wakes the one that has waited longest.
    void notify_one();
    [[nodiscard]] std::size_t waiting() const noexcept;

private:
    struct State;
    std::shared_ptr<State> state_;  // shared with the cancellation handlers of waiters
};

}  // namespace tally
