// Goal: nothing that waits for a wall-clock time happens while that clock cannot be trusted.
#include "tally/flow/clock_guard.hpp"

#include <gmock/gmock.h>

#include "tally/flow/timer_test_kit.hpp"
#include "tally/testing/covers.hpp"

namespace tally::alarms {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ClockGuardTest : public ::testing::Test {
protected:
    World world{1};
    ClockGuard guard{world.simulation.clock()};

    bool look_after(Duration time, Duration step = {}) {
        world.pass(time);
        world.simulation.set_wall_clock_by(step);
        return guard.look();
    }
};

TEST_F(ClockGuardTest, clocks_that_run_alike_agree_however_long) {
    EXPECT_TRUE(guard.look());
    EXPECT_TRUE(look_after(10h));
    EXPECT_TRUE(look_after(24h * 365));
    EXPECT_THAT(guard.trouble(), IsEmpty());
}

TEST_F(ClockGuardTest, small_steps_are_no_jump) {
    for (const Duration step : {Duration(2s), Duration(-2s), Duration(1s), Duration(60s), Duration(-60s)})
        EXPECT_TRUE(look_after(1s, step)) << step.count();
}

TEST_F(ClockGuardTest, a_jump_is_trouble_until_a_minute_of_agreement) {
    TALLY_COVERS("F25");
    for (const Duration step : {Duration(1h), Duration(-1h), Duration(24h * 365), Duration(-24h * 365),
                                Duration(60s + 1us), Duration(-60s - 1us)}) {
        SCOPED_TRACE(step.count());
        EXPECT_FALSE(look_after(1s, step));
        EXPECT_THAT(guard.trouble(), HasSubstr("the wall clock was moved by"));
        EXPECT_FALSE(look_after(59s));
        EXPECT_TRUE(look_after(1s));
        EXPECT_THAT(guard.trouble(), IsEmpty());
    }
}

TEST_F(ClockGuardTest, another_jump_begins_the_minute_again) {
    EXPECT_FALSE(look_after(1s, 1h));
    EXPECT_FALSE(look_after(30s, -1h));  // back where it was
    EXPECT_FALSE(look_after(59s));
    EXPECT_TRUE(look_after(1s));
}

TEST_F(ClockGuardTest, an_operator_ends_it) {
    EXPECT_FALSE(look_after(1s, 1h));
    guard.resume();
    EXPECT_TRUE(look_after(1s));
    world.simulation.set_wall_clock_by(1h);  // and this one was never looked at
    guard.resume();
    EXPECT_TRUE(look_after(1s));
}

using Ring = World::Ring;

TEST(TimersAndClockJumps, forward_nothing_fires_until_the_clocks_agree) {
    TALLY_COVERS("I13", "F25");
    World world(2);
    world.schedule("a", 10s, Alarm{1});
    world.schedule("b", 30min, Alarm{2});
    world.schedule("c", 2h, Alarm{3});
    Instance instance(world);
    world.pass(15s);
    world.simulation.set_wall_clock_by(1h);
    world.schedule("d", -1min, Alarm{4}, &instance.signal);  // due at once
    world.pass(50s);
    EXPECT_THAT(world.numbers(), ElementsAre(1));
    EXPECT_EQ(instance.status().state, TimerStatus::State::clock_jumped);
    EXPECT_THAT(instance.status().reason, HasSubstr("3600 s"));
    world.pass(12s);
    EXPECT_THAT(world.numbers(), ::testing::UnorderedElementsAre(1, 2, 4));
    EXPECT_EQ(instance.status().state, TimerStatus::State::running);
    world.pass(1h);
    EXPECT_EQ(world.rung(), 4U);
    EXPECT_EQ(world.rings().at(3).after, 2h);  // by the clock as it is now
}

TEST(TimersAndClockJumps, backward_nothing_fires_early_by_the_clock_in_force) {
    TALLY_COVERS("I13", "F25");
    for (const Duration step : {Duration(-2s), Duration(-50s), Duration(-1h), Duration(-24h)}) {
        SCOPED_TRACE(step.count());
        World world(3);
        world.schedule("a", 100s, Alarm{1});
        Instance instance(world, {.poll = 10s, .census = 10s});
        world.pass(95s);
        world.simulation.set_wall_clock_by(step);
        ASSERT_TRUE(instance.until_rung(1, 48h));
        EXPECT_EQ(world.rings().at(0).after, 100s);
        EXPECT_EQ(world.simulation.clock().instant().since_start, 100s - step);
    }
}

Task<void> jump_at_first(World& world, bool& first) {
    if (std::exchange(first, false)) world.simulation.set_wall_clock_by(1h);
    co_return;
}

TEST(TimersAndClockJumps, a_jump_in_the_midst_of_many_stops_the_rest) {
    TALLY_COVERS("I13", "F25");
    World world(4);
    for (std::int64_t number = 1; number <= 200; ++number) world.schedule(std::to_string(number), 10s, Alarm{number});
    bool first = true;
    world.within_handler = [&](const Fired<Alarm>&, Session&) { return jump_at_first(world, first); };
    Instance instance(world);
    world.pass(40s);
    EXPECT_LE(world.tried.size(), 64U);
    EXPECT_EQ(instance.status().state, TimerStatus::State::clock_jumped);
    world.pass(1min);
    EXPECT_EQ(world.rung(), 200U);
}

TEST(TimersAndClockJumps, an_operator_resumes) {
    TALLY_COVERS("F25");
    World world(5);
    world.schedule("a", 30min, Alarm{1});
    Instance instance(world);
    world.pass(1s);
    world.simulation.set_wall_clock_by(1h);
    world.pass(5s);
    EXPECT_EQ(instance.status().state, TimerStatus::State::clock_jumped);
    instance.runner.resume();
    world.pass(1ms);
    EXPECT_EQ(world.rung(), 1U);
    EXPECT_EQ(instance.status().state, TimerStatus::State::running);
    EXPECT_THAT(instance.status().reason, IsEmpty());
}

}  // namespace
}  // namespace tally::alarms
