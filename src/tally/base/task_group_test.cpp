// Goal: nothing that a group runs is lost or left behind, whatever order the handlers run in.
#include "tally/base/task_group.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <gmock/gmock.h>

#include "tally/base/deadline.hpp"
#include "tally/base/signal.hpp"
#include "tally/testing/coroutine_test.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Simulation;

struct Failures {
    std::vector<std::string> names;
    TaskGroup::OnFailure recorder() {
        return [this](std::string_view task, const std::exception_ptr& thrown) {
            EXPECT_TRUE(thrown != nullptr);
            names.emplace_back(task);
        };
    }
};

Task<void> set_after(Clock& clock, Duration pause, bool& flag) {
    co_await clock.sleep_for(pause);
    flag = true;
}
Task<void> fail_after(Clock& clock, Duration pause) {
    co_await clock.sleep_for(pause);
    throw std::runtime_error("broken");
}
Task<void> wait_on(Signal& signal) { co_await signal.wait(); }
Task<void> wait_either(Clock& clock, Signal& signal) {
    using namespace boost::asio::experimental::awaitable_operators;
    co_await (signal.wait() || clock.sleep_for(24h));
}
Task<void> wait_limited(Clock& clock, Signal& signal) {
    auto waiting = [](Signal& inner) -> Task<int> {
        co_await inner.wait();
        co_return 1;
    };
    co_await within(clock, 24h, waiting(signal));
}

/// Takes the first cancellation for an ordinary error, and goes on.
Task<void> swallow_once(Clock& clock, int& swallowed) {
    try {
        co_await clock.sleep_for(24h);
    } catch (const boost::system::system_error&) {
        ++swallowed;
    }
    co_await clock.sleep_for(24h);
    swallowed = 100;
}
Task<void> reset_once(Clock& clock, bool& reset) {
    try {
        co_await clock.sleep_for(24h);
    } catch (const boost::system::system_error&) {
        reset = true;
    }
    co_await boost::asio::this_coro::reset_cancellation_state();
    co_await clock.sleep_for(24h);
}

class TaskGroups : public ::testing::TestWithParam<std::uint64_t> {
protected:
    Simulation simulation{GetParam()};
    Clock& clock = simulation.clock();
    Failures failures;
    TaskGroup group{simulation.executor(), failures.recorder()};
};
INSTANTIATE_TEST_SUITE_P(Seeds, TaskGroups, ::testing::Range<std::uint64_t>(1, 17));

TEST_P(TaskGroups, tasks_run_to_their_end) {
    bool one = false;
    bool two = false;
    group.spawn("one", set_after(clock, 1s, one));
    group.spawn("two", set_after(clock, 2s, two));
    EXPECT_EQ(group.running(), 2U);
    EXPECT_TRUE(simulation.run_until([this] { return group.running() == 0; }, 3s));
    EXPECT_TRUE(one && two);
    EXPECT_THAT(failures.names, IsEmpty());
    simulation.run(group.close());
}

TEST_P(TaskGroups, a_failure_is_reported_and_harms_no_other_task) {
    bool done = false;
    group.spawn("bad", fail_after(clock, 1s));
    group.spawn("good", set_after(clock, 2s, done));
    EXPECT_TRUE(simulation.run_until([this] { return group.running() == 0; }, 3s));
    EXPECT_TRUE(done);
    EXPECT_THAT(failures.names, ElementsAre("bad"));
}

TEST_P(TaskGroups, close_ends_every_kind_of_wait_at_once_and_without_failures) {
    Signal signal;
    bool done = false;
    group.spawn("sleep", set_after(clock, 24h, done));
    group.spawn("signal", wait_on(signal));
    group.spawn("either", wait_either(clock, signal));
    group.spawn("limited", wait_limited(clock, signal));
    // From "not one has started" to "all are waiting".
    for (std::uint64_t i = 0; i < GetParam() && signal.waiting() < 3; ++i) simulation.step();
    simulation.run(group.close());
    EXPECT_EQ(group.running(), 0U);
    EXPECT_EQ(signal.waiting(), 0U);
    EXPECT_EQ(clock.instant().since_start, 0s);
    EXPECT_FALSE(done);
    EXPECT_THAT(failures.names, IsEmpty());
}

TEST_P(TaskGroups, close_may_meet_tasks_at_their_very_beginning_and_end) {
    auto at_once = [](bool& ran) -> Task<void> {
        ran = true;
        co_return;
    };
    bool ran = false;
    for (int i = 0; i < 8; ++i) group.spawn("at once", at_once(ran));
    for (std::uint64_t i = 0; i < GetParam(); ++i) simulation.step();
    simulation.run(group.close());
    EXPECT_EQ(group.running(), 0U);
    if (GetParam() > 8) EXPECT_TRUE(ran);  // of eight tasks one must be past its first turn
    EXPECT_THAT(failures.names, IsEmpty());
}

TEST_P(TaskGroups, a_task_may_have_its_own_group_closed_and_return_at_once) {
    TaskGroup closers(simulation.executor());
    auto shut_down = [](TaskGroup& own, TaskGroup& others, bool fails) -> Task<void> {
        others.spawn("close", own.close());
        if (fails) throw std::runtime_error("broken");
        co_return;
    };
    bool done = false;
    group.spawn("other", set_after(clock, 24h, done));
    group.spawn("shut down", shut_down(group, closers, GetParam() % 2 == 0));
    EXPECT_TRUE(simulation.run_until([&] { return closers.running() == 0 && group.running() == 0; }, 1s));
    EXPECT_EQ(failures.names.size(), GetParam() % 2 == 0 ? 1U : 0U);
    EXPECT_FALSE(done);
}

TEST_P(TaskGroups, spawn_runs_nothing_of_the_task) {
    auto spawner = [](TaskGroup& into) -> Task<void> {
        bool ran = false;
        into.spawn("flag", [](bool& flag) -> Task<void> {
            flag = true;
            co_return;
        }(ran));
        EXPECT_FALSE(ran);
        co_await into.close();
    };
    simulation.run(spawner(group));
}

TEST_P(TaskGroups, a_task_that_fails_while_closing_is_reported) {
    auto cleanup = [](Clock& inner) -> Task<void> {
        try {
            co_await inner.sleep_for(24h);
        } catch (const boost::system::system_error&) {
            throw std::runtime_error("cannot clean up");
        }
    };
    group.spawn("cleanup", cleanup(clock));
    EXPECT_FALSE(simulation.run_until([] { return false; }, 1s));
    simulation.run(group.close());
    EXPECT_THAT(failures.names, ElementsAre("cleanup"));
    EXPECT_EQ(group.running(), 0U);
}

TEST_P(TaskGroups, swallowing_a_cancellation_gains_nothing) {
    int swallowed = 0;
    group.spawn("swallow", swallow_once(clock, swallowed));
    EXPECT_FALSE(simulation.run_until([] { return false; }, 1s));
    simulation.run(group.close());
    EXPECT_EQ(swallowed, 1);
    EXPECT_EQ(clock.instant().since_start, 1s);
    EXPECT_THAT(failures.names, IsEmpty());
}

TEST_P(TaskGroups, a_task_that_resets_its_cancellation_is_asked_again) {
    bool reset = false;
    bool done = false;
    group.spawn("reset", reset_once(clock, reset));
    group.spawn("late", set_after(clock, 24h, done));
    EXPECT_FALSE(simulation.run_until([] { return false; }, 1s));
    auto closing = [](TaskGroup& inner) -> Task<void> { co_await inner.close(); };
    TaskGroup closers(simulation.executor());
    closers.spawn("close", closing(group));
    simulation.run_until([&reset] { return reset; }, 1s);
    simulation.run_until([] { return false; }, 0s);
    simulation.run(group.close());
    EXPECT_EQ(clock.instant().since_start, 1s);
    simulation.run(closers.close());
}

TEST_P(TaskGroups, after_close_has_begun_nothing_starts) {
    simulation.run(group.close());
    bool done = false;
    group.spawn("late", set_after(clock, 0s, done));
    EXPECT_EQ(group.running(), 0U);
    EXPECT_FALSE(simulation.run_until([&done] { return done; }, 1s));
}

TEST_P(TaskGroups, close_waits_even_when_it_is_cancelled_itself) {
    Signal stubborn_may_end;
    auto stubborn = [](Signal& may_end) -> Task<void> {
        co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
        co_await may_end.wait();
    };
    auto closing = [](TaskGroup& inner, bool& closed, bool& went_on) -> Task<void> {
        co_await inner.close();
        closed = true;
        co_await Signal().wait();
        went_on = true;
    };
    bool closed = false;
    bool went_on = false;
    TaskGroup closers(simulation.executor());
    group.spawn("stubborn", stubborn(stubborn_may_end));
    EXPECT_TRUE(simulation.run_until([&] { return stubborn_may_end.waiting() == 1; }, 0s));
    closers.spawn("close", closing(group, closed, went_on));
    simulation.run_until([] { return false; }, 0s);
    auto close_closers = [](TaskGroup& inner, Signal& may_end) -> Task<void> {
        TaskGroup ending(co_await boost::asio::this_coro::executor);
        auto end = [](Signal& inner_signal) -> Task<void> {
            inner_signal.notify_all();
            co_return;
        };
        ending.spawn("end", end(may_end));
        co_await inner.close();
        co_await ending.close();
    };
    EXPECT_FALSE(closed);
    simulation.run(close_closers(closers, stubborn_may_end));
    EXPECT_TRUE(closed);
    EXPECT_FALSE(went_on);
    EXPECT_EQ(group.running(), 0U);
}

TEST(TaskGroupDeath, destroying_a_group_with_running_tasks_ends_the_process) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const auto forget = [] {
        Simulation simulation(1);
        Signal signal;
        TaskGroup group(simulation.executor());
        group.spawn("forgotten", wait_on(signal));
    };
    EXPECT_DEATH(forget(), "forgotten");
}

TEST(TaskGroupOnLoop, runs_the_same_on_an_io_context_with_the_machine_s_clock) {
    boost::asio::io_context loop(1);
    const auto clock = create_system_clock();
    Failures failures;
    Signal signal;
    bool closed = false;
    auto program = [](Clock& inner, Signal& waited, TaskGroup::OnFailure on_failure, bool& done) -> Task<void> {
        TaskGroup group(co_await boost::asio::this_coro::executor, std::move(on_failure));
        group.spawn("sleep", [](Clock& c) -> Task<void> { co_await c.sleep_for(24h); }(inner));
        group.spawn("signal", wait_on(waited));
        group.spawn("either", wait_either(inner, waited));
        group.spawn("limited", wait_limited(inner, waited));
        group.spawn("bad", fail_after(inner, 0s));
        while (group.running() > 4 || waited.waiting() < 3) co_await inner.sleep_for(1ms);
        co_await group.close();
        EXPECT_EQ(group.running(), 0U);
        done = true;
    };
    TaskGroup main(loop.get_executor());
    main.spawn("main", program(*clock, signal, failures.recorder(), closed));
    loop.run();
    EXPECT_TRUE(closed);
    EXPECT_THAT(failures.names, ElementsAre("bad"));
}

TEST(Cancellation, is_told_from_failures) {
    const auto aborted = std::make_exception_ptr(boost::system::system_error(boost::asio::error::operation_aborted));
    EXPECT_TRUE(is_cancellation(aborted));
    EXPECT_FALSE(is_cancellation(nullptr));
    EXPECT_FALSE(is_cancellation(std::make_exception_ptr(std::runtime_error("x"))));
    EXPECT_FALSE(is_cancellation(std::make_exception_ptr(42)));
    EXPECT_FALSE(
        is_cancellation(std::make_exception_ptr(boost::system::system_error(boost::asio::error::connection_refused))));
}

}  // namespace
}  // namespace tally
