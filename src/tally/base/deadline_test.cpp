#include "tally/base/deadline.hpp"

#include <memory>
#include <stdexcept>

#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

#include "tally/base/blocking.hpp"
#include "tally/base/error.hpp"
#include "tally/base/signal.hpp"
#include "tally/base/task_group.hpp"
#include "tally/testing/simulation.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;
using testing::Simulation;

/// Without a default constructor, which a result need not have.
struct Answer {
    explicit Answer(int n) : number(std::make_unique<int>(n)) {}
    std::unique_ptr<int> number;
};

Task<Answer> answer_after(Clock& clock, Duration pause) {
    co_await clock.sleep_for(pause);
    co_return Answer(42);
}
Task<Answer> fail_after(Clock& clock, Duration pause) {
    co_await clock.sleep_for(pause);
    throw std::runtime_error("broken");
}
/// As a blocking call does: late, but with a result.
Task<Answer> answer_uncancelled(Clock& clock, Duration pause) {
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
    co_await clock.sleep_for(pause);
    co_return Answer(42);
}

class Within : public ::testing::TestWithParam<std::uint64_t> {
protected:
    Simulation simulation{GetParam()};
    Clock& clock = simulation.clock();

    Duration elapsed() const { return clock.instant().since_start; }
};
INSTANTIATE_TEST_SUITE_P(Seeds, Within, ::testing::Range<std::uint64_t>(1, 33));

TEST_P(Within, an_answer_in_time_is_returned_at_once) {
    auto body = [](Clock& c) -> Task<void> {
        const auto answer = co_await within(c, 10s, answer_after(c, 1s));
        EXPECT_TRUE(answer && *answer->number == 42);
    };
    simulation.run(body(clock));
    EXPECT_EQ(elapsed(), 1s);
    EXPECT_FALSE(simulation.step());
}

TEST_P(Within, a_late_task_is_cancelled) {
    auto body = [](Clock& c) -> Task<void> {
        const auto answer = co_await within(c, 10s, answer_after(c, 60s));
        EXPECT_FALSE(answer);
        co_await c.sleep_for(1s);  // the caller itself is not cancelled
    };
    simulation.run(body(clock));
    EXPECT_EQ(elapsed(), 11s);
}

TEST_P(Within, a_failure_is_thrown_at_once) {
    auto body = [](Clock& c) -> Task<void> { co_await within(c, 10s, fail_after(c, 1s)); };
    EXPECT_THROW(simulation.run(body(clock)), std::runtime_error);
    EXPECT_EQ(elapsed(), 1s);
}

TEST_P(Within, a_task_that_cannot_be_cancelled_is_waited_for) {
    auto body = [](Clock& c) -> Task<void> {
        const auto answer = co_await within(c, 10s, answer_uncancelled(c, 60s));
        EXPECT_TRUE(answer);
    };
    simulation.run(body(clock));
    EXPECT_EQ(elapsed(), 60s);
}

TEST_P(Within, answer_and_deadline_at_the_same_moment_are_either_one) {
    auto body = [](Clock& c) -> Task<void> { co_await within(c, 10s, answer_after(c, 10s)); };
    simulation.run(body(clock));
    EXPECT_EQ(elapsed(), 10s);
    EXPECT_FALSE(simulation.step());
}

TEST_P(Within, cancelling_the_caller_cancels_the_task_and_is_no_timeout) {
    bool went_on = false;
    bool cancelled = false;
    auto body = [](Clock& c, bool& on, bool& thrown) -> Task<void> {
        try {
            co_await within(c, 1h, answer_after(c, 1h));
            on = true;
        } catch (const boost::system::system_error&) {
            thrown = is_cancellation(std::current_exception());
            throw;
        }
    };
    TaskGroup group(simulation.executor());
    group.spawn("body", body(clock, went_on, cancelled));
    simulation.run_until([] { return false; }, 1s);
    simulation.run(group.close());
    EXPECT_FALSE(went_on);
    EXPECT_TRUE(cancelled);
    EXPECT_EQ(elapsed(), 1s);
}

TEST_P(Within, cancelling_the_caller_of_a_task_that_does_not_suspend_stays_in_the_group) {
    auto body = [](Clock& c) -> Task<void> {
        auto at_once = []() -> Task<int> { co_return 1; };
        for (;;) co_await within(c, 1s, at_once());
    };
    TaskGroup group(simulation.executor());
    group.spawn("body", body(clock));
    for (std::uint64_t i = 0; i < GetParam(); ++i) simulation.step();
    simulation.run(group.close());
    EXPECT_EQ(elapsed(), 0s);
}

TEST_P(Within, deadlines_nest) {
    auto body = [](Clock& c) -> Task<void> {
        auto inner = [](Clock& d) -> Task<bool> {
            const auto answer = co_await within(d, 60s, answer_after(d, 120s));
            co_return answer.has_value();
        };
        const auto answer = co_await within(c, 10s, inner(c));
        EXPECT_FALSE(answer);
        const auto slower = co_await within(c, 100s, inner(c));
        EXPECT_TRUE(slower.has_value() && !*slower);
    };
    simulation.run(body(clock));
    EXPECT_EQ(elapsed(), 70s);
}

TEST_P(Within, a_blocking_call_is_waited_for_and_its_exception_arrives) {
    auto body = [](Clock& c, Executor executor) -> Task<void> {
        const auto answer = co_await within(c, 0s, run_on(executor, [] { return 42; }));
        EXPECT_TRUE(!answer || *answer == 42);
        co_await within(c, 1s, run_on(executor, []() -> int { throw std::out_of_range("call"); }));
    };
    EXPECT_THROW(simulation.run(body(clock, simulation.executor())), std::out_of_range);
}

}  // namespace
}  // namespace tally
