#include "tally/testing/together.hpp"

#include <gtest/gtest.h>

#include "tally/base/signal.hpp"
#include "tally/base/task_group.hpp"

namespace tally::testing {
namespace {

/// How many tasks have not ended.
struct Open {
    std::size_t count = 0;
    Signal changed;

    void end_one() {
        --count;
        changed.notify_all();
    }
};

Task<void> count(Task<void> task, Open& open) {
    co_await std::move(task);
    open.end_one();
}

}  // namespace

Task<void> together(Executor executor, std::vector<Task<void>> tasks) {
    Open open{.count = tasks.size(), .changed = {}};
    TaskGroup group(std::move(executor), [&open](std::string_view, const std::exception_ptr&) {
        ADD_FAILURE() << "a task of the test ended by an exception";
        open.end_one();
    });
    for (Task<void>& task : tasks) group.spawn("test", count(std::move(task), open));
    while (open.count > 0) co_await open.changed.wait();
    co_await group.close();
}

}  // namespace tally::testing
