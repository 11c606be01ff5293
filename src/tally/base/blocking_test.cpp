// Goal: a call on another thread is waited for, whatever happens to its caller meanwhile.
#include "tally/base/blocking.hpp"

#include <atomic>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "tally/base/clock.hpp"
#include "tally/base/deadline.hpp"
#include "tally/base/signal.hpp"
#include "tally/base/task_group.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;

class RunOn : public ::testing::Test {
protected:
    /// Runs `task` on a loop of its own.
    static void run(Task<void> task) {
        boost::asio::io_context loop(1);
        std::exception_ptr failure;
        TaskGroup main(loop.get_executor(), [&failure](std::string_view, const std::exception_ptr& e) { failure = e; });
        main.spawn("main", std::move(task));
        loop.run();
        if (failure) std::rethrow_exception(failure);
    }

    boost::asio::thread_pool pool{1};
};

Task<void> compare_threads(Executor elsewhere) {
    const auto here = std::this_thread::get_id();
    const auto there = co_await run_on(elsewhere, [] { return std::this_thread::get_id(); });
    EXPECT_NE(there, here);
    EXPECT_EQ(std::this_thread::get_id(), here);
}
TEST_F(RunOn, calls_elsewhere_and_continues_here) { run(compare_threads(pool.get_executor())); }

Task<void> call_and_throw(Executor elsewhere) {
    co_await run_on(elsewhere, []() -> std::string { throw std::out_of_range("thrown elsewhere"); });
}
TEST_F(RunOn, brings_exceptions_home) { EXPECT_THROW(run(call_and_throw(pool.get_executor())), std::out_of_range); }

Task<void> call_slowly(Executor elsewhere, std::binary_semaphore& started, std::binary_semaphore& may_end,
                       std::atomic<int>& ended) {
    co_await run_on(elsewhere, [&started, &may_end, &ended] {
        started.release();
        may_end.acquire();
        return ++ended;
    });
    co_await Signal().wait();
    ADD_FAILURE() << "a cancelled caller went on";
}

Task<void> cancel_while_it_runs(Executor elsewhere) {
    const auto clock = create_system_clock();
    std::atomic<int> ended = 0;
    for (int round = 1; round <= 50; ++round) {
        std::binary_semaphore started{0};
        std::binary_semaphore may_end{0};
        TaskGroup callers(co_await boost::asio::this_coro::executor);
        callers.spawn("caller", call_slowly(elsewhere, started, may_end, ended));
        while (!started.try_acquire()) co_await clock->sleep_for(100us);
        TaskGroup closers(callers.executor());
        closers.spawn("close", callers.close());
        co_await clock->sleep_for(0us);
        EXPECT_EQ(callers.running(), 1U);
        may_end.release();
        co_await closers.close();
        EXPECT_EQ(callers.running(), 0U);
        EXPECT_EQ(ended, round);
    }
}
TEST_F(RunOn, a_cancelled_caller_has_its_answer_and_ends_at_its_next_await) {
    run(cancel_while_it_runs(pool.get_executor()));
}

Task<void> call_past_a_deadline(Executor elsewhere) {
    const auto clock = create_system_clock();
    for (int round = 0; round < 200; ++round) {
        const auto answer = co_await within(*clock, Duration(round), run_on(elsewhere, [] { return 42; }));
        EXPECT_TRUE(!answer || *answer == 42);
    }
}
TEST_F(RunOn, goes_together_with_a_deadline) { run(call_past_a_deadline(pool.get_executor())); }

}  // namespace
}  // namespace tally
