#include "tally/testing/together.hpp"

#include <gtest/gtest-spi.h>

#include "tally/testing/coroutine_test.hpp"

namespace tally::testing {
namespace {

using namespace std::chrono_literals;

Task<void> throw_after(Clock& clock, Duration pause) {
    co_await clock.sleep_for(pause);
    throw std::runtime_error("a bug");
}

class Together : public CoroutineTest {
protected:
    /// How long it takes.
    Duration run(std::vector<Task<void>> tasks) {
        const Instant begun = simulation.clock().instant();
        simulation.run(together(simulation.executor(), std::move(tasks)));
        return simulation.clock().instant() - begun;
    }
    std::vector<Task<void>> sleeps(Duration one, Duration other) {
        std::vector<Task<void>> both;
        both.push_back(simulation.clock().sleep_for(one));
        both.push_back(simulation.clock().sleep_for(other));
        return both;
    }
};

TEST_F(Together, tasks_run_at_once_and_to_the_end_of_the_last) {
    EXPECT_EQ(run(sleeps(3s, 1s)), 3s);
    EXPECT_EQ(run({}), 0s);
}

TEST_F(Together, a_task_that_throws_fails_the_test_and_the_others_go_on) {
    auto tasks = sleeps(1s, 3s);
    tasks.push_back(throw_after(simulation.clock(), 2s));
    EXPECT_NONFATAL_FAILURE(EXPECT_EQ(run(std::move(tasks)), 3s), "ended by an exception");
}

}  // namespace
}  // namespace tally::testing
