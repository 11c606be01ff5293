#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tally/base/task.hpp"

namespace tally {

/// The running tasks of one owner. A spawned task that throws anything but its cancellation is reported, never lost.
///
/// Threads: one executor. Lifetime: `close` must have returned before the group, or anything that its tasks refer to,
/// is destroyed; the destructor ends the process otherwise.
class TaskGroup {
public:
    /// Told of each task that ended by an exception; the default writes an error to the log.
    using OnFailure = std::function<void(std::string_view task, std::exception_ptr)>;

    explicit TaskGroup(Executor executor, OnFailure on_failure = {});
    ~TaskGroup();
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    /// Starts `task` soon, on the group's executor, never inside of this call. After `close` has begun it is dropped
    /// unstarted.
    void spawn(std::string name, Task<void> task);

    /// Asks each task to end and waits until all have. Further calls wait as well.
    ///
    /// A cancelled task stays cancelled: each further await of it throws, so swallowing the first exception gains
    /// nothing. One that resets its cancellation state is asked again whenever another task ends or `close` is called.
    /// Cancellation: none, the tasks are waited for.
    [[nodiscard]] Task<void> close();

    [[nodiscard]] std::size_t running() const noexcept;
    [[nodiscard]] const Executor& executor() const noexcept;

private:
    struct State;
    std::shared_ptr<State> state_;  // shared with the completion of each task
};

}  // namespace tally
