// Goal: the same seed gives the same run, other seeds give other runs, and virtual time behaves like time.
#include "tally/testing/simulation.hpp"

#include <set>
#include <string>
#include <vector>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <gmock/gmock.h>

#include "tally/base/blocking.hpp"
#include "tally/base/signal.hpp"
#include "tally/base/task_group.hpp"
#include "tally/testing/coroutine_test.hpp"

namespace tally::testing {
namespace {

using namespace std::chrono_literals;

Task<void> append_after(Clock& clock, Duration pause, std::string& out, char letter) {
    co_await clock.sleep_for(pause);
    out += letter;
}

struct Trace {
    std::string order;
    std::uint64_t hash = 0;
    std::uint64_t drawn = 0;
};

Trace run_with(std::uint64_t seed) {
    Simulation simulation(seed);
    Trace run;
    TaskGroup group(simulation.executor());
    for (const char letter : std::string_view("abcdefgh"))
        group.spawn("letter", append_after(simulation.clock(), 1s, run.order, letter));
    simulation.run_until([&group] { return group.running() == 0; }, 1min);
    run.hash = simulation.hash();
    run.drawn = simulation.random().next();
    return run;
}

TEST(SimulationSeed, same_seed_gives_the_same_run) {
    for (const std::uint64_t seed : {0ULL, 1ULL, 2ULL, 42ULL}) {
        const Trace first = run_with(seed);
        const Trace second = run_with(seed);
        EXPECT_EQ(first.order, second.order);
        EXPECT_EQ(first.hash, second.hash);
        EXPECT_EQ(first.drawn, second.drawn);
    }
}

TEST(SimulationSeed, other_seeds_give_other_orders) {
    std::set<std::string> orders;
    std::set<std::uint64_t> hashes;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Trace run = run_with(seed);
        EXPECT_EQ(run.order.size(), 8U);
        orders.insert(run.order);
        hashes.insert(run.hash);
    }
    EXPECT_GT(orders.size(), 15U);
    EXPECT_EQ(hashes.size(), 20U);
}

class SimulationTime : public CoroutineTest {};

CORO_TEST_F(SimulationTime, sleepers_wake_in_the_order_of_their_deadlines) {
    std::string order;
    TaskGroup group(simulation.executor());
    Clock& clock = simulation.clock();
    group.spawn("c", append_after(clock, 3h, order, 'c'));
    group.spawn("a", append_after(clock, 1us, order, 'a'));
    group.spawn("b", append_after(clock, 2s, order, 'b'));
    co_await clock.sleep_for(4h);
    EXPECT_EQ(order, "abc");
    co_await group.close();
}

CORO_TEST_F(SimulationTime, moves_by_sleeping_only) {
    Clock& clock = simulation.clock();
    const Timestamp start = clock.now();
    EXPECT_EQ(to_text(start), "2011-01-01T00:00:00.000000Z");
    co_await clock.sleep_for(36h);
    EXPECT_EQ(clock.now() - start, 36h);
    co_await clock.sleep_until(Instant{});  // long past
    EXPECT_EQ(clock.now() - start, 36h);
}

CORO_TEST_F(SimulationTime, a_skewed_clock_differs_in_wall_time_only) {
    const auto behind = simulation.create_clock(-90s);
    EXPECT_EQ(simulation.clock().now() - behind->now(), 90s);
    EXPECT_EQ(simulation.clock().instant(), behind->instant());
    co_await behind->sleep_for(1s);
    EXPECT_EQ(simulation.clock().now() - behind->now(), 90s);
    EXPECT_EQ(simulation.clock().instant().since_start, 1s);
}

CORO_TEST_F(SimulationTime, setting_the_wall_clock_wakes_nobody) {
    const auto behind = simulation.create_clock(-90s);
    const Timestamp before = simulation.clock().now();
    simulation.set_wall_clock_by(1h);
    simulation.set_wall_clock_by(-30min);
    EXPECT_EQ(simulation.clock().now() - before, 30min);
    EXPECT_EQ(simulation.clock().now() - behind->now(), 90s);
    co_await simulation.clock().sleep_for(1s);
    EXPECT_EQ(simulation.clock().instant().since_start, 1s);
    EXPECT_EQ(simulation.clock().now() - before, 30min + 1s);
}

CORO_TEST_F(SimulationTime, awaitable_operators_run_on_it) {
    using namespace boost::asio::experimental::awaitable_operators;
    Clock& clock = simulation.clock();
    const Instant start = clock.instant();
    const auto first = co_await (clock.sleep_for(5s) || clock.sleep_for(2s));
    EXPECT_EQ(first.index(), 1U);
    EXPECT_EQ(clock.instant() - start, 2s);
    co_await (clock.sleep_for(5s) && clock.sleep_for(2s));
    EXPECT_EQ(clock.instant() - start, 7s);
}

CORO_TEST_F(SimulationTime, blocking_calls_may_run_on_the_same_executor) {
    const int answer = co_await run_on(simulation.executor(), [] { return 42; });
    EXPECT_EQ(answer, 42);
}

Task<void> wait_for_ever(Signal& signal) { co_await signal.wait(); }

Task<void> throw_it() {
    throw std::invalid_argument("thrown");
    co_return;
}

TEST(SimulationRun, throws_what_the_task_throws) {
    Simulation simulation(1);
    EXPECT_THROW(simulation.run(throw_it()), std::invalid_argument);
}

TEST(SimulationRun, reports_a_task_that_never_ends) {
    Simulation simulation(1);
    Signal never;
    EXPECT_THROW(simulation.run(wait_for_ever(never)), std::runtime_error);
    EXPECT_EQ(never.waiting(), 1U);
}

Task<void> tick(Clock& clock, int& ticks) {
    for (;;) {
        co_await clock.sleep_for(1s);
        ++ticks;
    }
}

TEST(SimulationRun, run_until_stops_at_its_limit) {
    Simulation simulation(1);
    int ticks = 0;
    {
        TaskGroup group(simulation.executor());
        group.spawn("tick", tick(simulation.clock(), ticks));
        EXPECT_FALSE(simulation.run_until([] { return false; }, 10500ms));
        EXPECT_EQ(ticks, 10);
        EXPECT_EQ(simulation.clock().instant().since_start, 10500ms);
        EXPECT_TRUE(simulation.run_until([&ticks] { return ticks == 12; }, 10s));
        EXPECT_EQ(simulation.clock().instant().since_start, 12s);
        simulation.run(group.close());
    }
    EXPECT_FALSE(simulation.step());
}

TEST(SimulationRun, nothing_to_do_is_told) {
    Simulation simulation(1);
    EXPECT_FALSE(simulation.step());
    EXPECT_TRUE(simulation.run_until([] { return true; }, 1s));
    EXPECT_FALSE(simulation.run_until([] { return false; }, 1s));
    EXPECT_EQ(simulation.clock().instant().since_start, 1s);
}

}  // namespace
}  // namespace tally::testing
