#include "tally/base/signal.hpp"

#include <optional>
#include <string>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

#include "tally/base/task_group.hpp"
#include "tally/testing/coroutine_test.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;
using testing::CoroutineTest;

class Signals : public CoroutineTest {
protected:
    Task<void> settle() { co_await simulation.clock().sleep_for(1us); }
};

Task<void> append_when(Signal& signal, std::string& out, char letter) {
    co_await signal.wait();
    out += letter;
}

CORO_TEST_F(Signals, notify_one_wakes_the_oldest_waiter) {
    Signal signal;
    std::string woken;
    TaskGroup group(simulation.executor());
    for (const char letter : std::string_view("abc")) {
        group.spawn("waiter", append_when(signal, woken, letter));
        co_await settle();
    }
    EXPECT_EQ(signal.waiting(), 3U);
    for (const std::string_view expected : {"a", "ab", "abc"}) {
        signal.notify_one();
        EXPECT_NE(woken, expected) << "a waiter ran inside of notify";
        co_await settle();
        EXPECT_EQ(woken, expected);
    }
    signal.notify_one();
    co_await group.close();
}

CORO_TEST_F(Signals, notify_all_wakes_everybody_who_waits_now) {
    Signal signal;
    std::string woken;
    TaskGroup group(simulation.executor());
    group.spawn("waiter", append_when(signal, woken, 'x'));
    group.spawn("waiter", append_when(signal, woken, 'x'));
    co_await settle();
    signal.notify_all();
    EXPECT_EQ(signal.waiting(), 0U);
    co_await settle();
    EXPECT_EQ(woken, "xx");
    co_await group.close();
}

CORO_TEST_F(Signals, an_announcement_without_waiters_is_forgotten) {
    Signal signal;
    signal.notify_all();
    signal.notify_one();
    std::string woken;
    TaskGroup group(simulation.executor());
    group.spawn("waiter", append_when(signal, woken, 'x'));
    co_await settle();
    EXPECT_EQ(woken, "");
    EXPECT_EQ(signal.waiting(), 1U);
    co_await group.close();
    EXPECT_EQ(signal.waiting(), 0U);
}

Task<void> record_end(std::shared_ptr<std::optional<Signal>> signal, bool& cancelled) {
    try {
        co_await (*signal)->wait();
    } catch (const boost::system::system_error& error) {
        cancelled = error.code() == boost::asio::error::operation_aborted;
    }
}

CORO_TEST_F(Signals, destroying_it_cancels_the_waiters) {
    const auto signal = std::make_shared<std::optional<Signal>>(std::in_place);
    bool cancelled = false;
    TaskGroup group(simulation.executor());
    group.spawn("waiter", record_end(signal, cancelled));
    co_await settle();
    signal->reset();
    co_await settle();
    EXPECT_TRUE(cancelled);
    co_await group.close();
}

CORO_TEST_F(Signals, a_cancelled_waiter_takes_no_announcement_from_another) {
    Signal signal;
    std::string woken;
    TaskGroup leaving(simulation.executor());
    TaskGroup staying(simulation.executor());
    leaving.spawn("first", append_when(signal, woken, 'x'));
    co_await settle();
    staying.spawn("second", append_when(signal, woken, 'y'));
    co_await settle();
    co_await leaving.close();
    EXPECT_EQ(signal.waiting(), 1U);
    signal.notify_one();
    co_await settle();
    EXPECT_EQ(woken, "y");
    co_await staying.close();
}

}  // namespace
}  // namespace tally
