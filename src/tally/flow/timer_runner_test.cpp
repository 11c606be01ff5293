// Goal: a timer takes effect once and never before it is due, whatever comes in between.
#include "tally/flow/timer_runner.hpp"

#include <gmock/gmock.h>

#include "tally/flow/consumer_test_kit.hpp"
#include "tally/flow/timer_test_kit.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/faults.hpp"

namespace tally::alarms {
namespace {

using namespace std::chrono_literals;
using shelves::FrontStore;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Ring = World::Ring;

constexpr std::uint64_t seeds = 30;
/// So that only a wake can bring the runner to look in time.
constexpr TimerOptions hardly_looks{.poll = 10h, .census = 10h};

TEST(TimerRunner, each_fires_once_when_it_is_due) {
    TALLY_COVERS("I13");
    World world(1);
    world.schedule("c", 30s, Alarm{3});
    world.schedule("a", 10s, Alarm{1});
    world.schedule("b", 10s + 1us, Alarm{2});
    world.schedule("a", 20s, Alarm{11});  // moves it
    Instance instance(world);
    world.pass(1h);
    EXPECT_THAT(world.rings(), ElementsAre(Ring{2, 0, 10s + 1us}, Ring{11, 0, 20s}, Ring{3, 0, 30s}));
    EXPECT_THAT(world.tried, SizeIs(3));
    EXPECT_THAT(world.timers(), IsEmpty());
    EXPECT_EQ(instance.status().fired, 3U);
    EXPECT_EQ(instance.status().state, TimerStatus::State::running);
}

TEST(TimerRunner, the_effect_has_the_cause_of_the_scheduling) {
    World world(2);
    world.schedule("a", 10s, Alarm{1});
    const Timer timer = world.timers().at(0);
    Instance instance(world);
    ASSERT_TRUE(instance.until_rung(1));
    const auto batch = world.run(world.store->read(LogRead{})).value();
    const RecordedEvent& event = batch.events()[0];
    EXPECT_EQ(event.id, derive(timer.id, "timer", 0));
    EXPECT_EQ(event.correlation, "c");
    EXPECT_EQ(event.causation, timer.causation);
    EXPECT_EQ(event.actor, "service:bells");
    EXPECT_EQ(event.traceparent, "t");
}

TEST(TimerRunner, a_timer_scheduled_while_it_sleeps_wakes_it) {
    TALLY_COVERS("I13");
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        world.schedule("z", 1h, Alarm{100});
        Instance instance(world, hardly_looks);
        world.pass(1s);
        std::set<Duration> expected{1h};
        for (std::int64_t number = 1; number <= 20; ++number) {
            const Duration in(static_cast<std::int64_t>(world.simulation.random().below(60'000'000)));
            expected.insert(world.simulation.clock().now() - world.start + in);
            world.schedule("a/" + std::to_string(number), in, Alarm{number}, &instance.signal);
            world.pass(Duration(static_cast<std::int64_t>(world.simulation.random().below(5'000'000))));
        }
        world.pass(2h);
        std::set<Duration> fired;
        for (const Ring& ring : world.rings()) fired.insert(ring.after);
        EXPECT_EQ(fired, expected);
        EXPECT_EQ(world.rung(), 21U);
    }
}

TEST(TimerRunner, what_another_instance_schedules_is_found_within_a_second) {
    World world(3);
    Instance instance(world);
    world.pass(10s + 300ms);
    world.schedule("a", 100ms, Alarm{1});
    ASSERT_TRUE(instance.until_rung(1));
    EXPECT_LE(world.rings().at(0).after, 11s + 400ms);
    EXPECT_GE(world.rings().at(0).after, 10s + 400ms);
}

Task<void> ring_once(World& world, bool& once) {
    if (!std::exchange(once, false)) co_return;
    Session other = world.command();
    other.record<Bell>(Bell::Key::trusted("a"), Rang{50, 0});
    EXPECT_TRUE(co_await other.commit());
}

TEST(TimerRunner, what_has_changed_meanwhile_is_decided_again) {
    TALLY_COVERS("I13", "I3");
    World world(4);
    world.schedule("a/1", 10s, Alarm{1});
    FrontStore front(*world.store);
    bool once = true;
    front.before_commit = [&] { return ring_once(world, once); };
    Instance instance(world, hardly_looks, &front);
    ASSERT_TRUE(instance.until_rung(2));
    world.pass(1min);
    EXPECT_THAT(world.rings(), ElementsAre(Ring{50, 0, 10s}, Ring{1, 1, 10s}));
    EXPECT_THAT(world.tried, ElementsAre(1, 1));
    EXPECT_EQ(instance.status().conflicts, 1U);
    EXPECT_EQ(instance.status().failed, 0U);
}

/// At the first firing of alarm 1, and at alarm 2.
Task<void> move_or_cancel(World& world, std::int64_t number, bool& first) {
    if (number == 1 && std::exchange(first, false))
        EXPECT_TRUE(co_await world.desk().move("alarm/a", world.start + 20s));
    if (number == 2) EXPECT_TRUE(co_await world.desk().cancel("alarm/b"));
}

TEST(TimerRunner, moved_or_cancelled_while_it_fires_it_has_no_effect) {
    TALLY_COVERS("I13");
    World world(5);
    world.schedule("a", 10s, Alarm{1});
    world.schedule("b", 10s, Alarm{2});
    world.schedule("c", 10s, Alarm{3});
    bool first = true;
    world.within_handler = [&](const Fired<Alarm>& alarm, Session&) {
        return move_or_cancel(world, alarm.timer.number, first);
    };
    Instance instance(world);
    world.pass(1min);
    EXPECT_THAT(world.rings(), ElementsAre(Ring{3, 0, 10s}, Ring{1, 0, 20s}));
    EXPECT_THAT(world.timers(), IsEmpty());
}

TEST(TimerRunner, one_that_schedules_its_own_key_goes_on) {
    World world(6);
    world.schedule("a", 10s, Alarm{1});
    world.within_handler = [](const Fired<Alarm>& alarm, Session& session) -> Task<void> {
        if (alarm.timer.number < 4) session.schedule(alarm.key, alarm.due + 10s, Alarm{alarm.timer.number + 1});
        co_return;
    };
    Instance instance(world, hardly_looks);
    world.pass(10min);
    EXPECT_THAT(world.rings(), ElementsAre(Ring{1, 0, 10s}, Ring{2, 1, 20s}, Ring{3, 2, 30s}, Ring{4, 3, 40s}));
    EXPECT_THAT(world.timers(), IsEmpty());
}

TEST(TimerRunner, two_on_one_store_fire_once) {
    TALLY_COVERS("I13", "I3", "F31");
    std::uint64_t conflicts = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        testing::Faults faults{.random = world.simulation.random(), .clock = world.simulation.clock(), .delay = 0.3};
        const auto slow = create_faulty_store(testing::borrow(*world.store), faults);
        std::vector<std::int64_t> all;
        for (std::int64_t number = 1; number <= 100; ++number) {
            world.schedule("a" + std::to_string(number), 10s + number * 10ms, Alarm{number});
            all.push_back(number);
        }
        Instance one(world);
        Instance other(world, {}, slow.get());
        world.pass(1min);
        EXPECT_THAT(world.numbers(), ::testing::UnorderedElementsAreArray(all));
        for (const Ring& ring : world.rings()) EXPECT_GE(ring.after, 10s + ring.number * 10ms);
        EXPECT_EQ(one.status().fired + other.status().fired, 100U);
        conflicts += one.status().conflicts + other.status().conflicts;
    }
    EXPECT_GT(conflicts, 0U);
}

TEST(TimerRunner, a_crash_at_any_commit_leaves_one_effect) {
    TALLY_COVERS("I13", "I3", "F01");
    for (const bool after : {false, true})
        for (int hit = 1; hit <= 5; ++hit) {
            SCOPED_TRACE(hit);
            World world(static_cast<std::uint64_t>(hit));
            for (std::int64_t number = 1; number <= 5; ++number)
                world.schedule("a/" + std::to_string(number), number * 1s, Alarm{number});
            FrontStore front(*world.store);
            front.crash_at_commit = hit;
            front.crash_after = after;
            {
                Instance doomed(world, {}, &front);
                world.pass(1min);
                EXPECT_EQ(world.rung(), static_cast<std::size_t>(after ? hit : hit - 1));
            }
            Instance instance(world);
            world.pass(1min);
            EXPECT_THAT(world.numbers(), ::testing::UnorderedElementsAre(1, 2, 3, 4, 5));
            EXPECT_THAT(world.timers(), IsEmpty());
        }
}

TEST(TimerRunner, thousands_share_flushes_and_never_too_many_at_once) {
    TALLY_COVERS("I13", "I14");
    World world(7);
    Session session = world.command();
    for (std::int64_t number = 1; number <= 1'000; ++number)
        session.schedule(std::to_string(number), world.start + 10s, Alarm{number});
    world.commit(session);
    Instance instance(world, hardly_looks);
    world.pass(5s);
    const auto before = world.store->statistics();
    ASSERT_TRUE(instance.until_rung(1'000));
    world.pass(1min);
    EXPECT_EQ(world.rung(), 1'000U);
    EXPECT_THAT(world.tried, SizeIs(1'000));
    for (const Ring& ring : world.rings()) EXPECT_EQ(ring.after, 10s);
    EXPECT_LE(world.most_at_once, 64U);
    EXPECT_LT(world.store->statistics().flushes - before.flushes, 200U);
    EXPECT_THAT(world.metrics->expose(), HasSubstr(R"(timers_fired_total{service="bells",type="alarm"} 1000)"));
}

/// Its pages are old when they arrive.
class SlowPages final : public testing::StoreDecorator {
public:
    SlowPages(Store& inner, Clock& clock) : StoreDecorator(inner), clock_(clock) {}
    Task<Result<DocumentPage>> find(DocumentQuery query) override {
        auto page = co_await inner_.find(std::move(query));
        co_await clock_.sleep_for(3ms);
        co_return page;
    }

private:
    Clock& clock_;
};

TEST(TimerRunner, what_fires_while_a_page_is_on_its_way_is_not_tried_again) {
    World world(13);
    SlowPages slow(*world.store, world.simulation.clock());
    for (std::int64_t number = 1; number <= 400; ++number)
        world.schedule(std::to_string(number), 10s + number % 7 * 1ms, Alarm{number});
    world.within_handler = [&](const Fired<Alarm>&, Session&) {
        return world.simulation.clock().sleep_for(world.simulation.random().below(10) * 1ms);
    };
    Instance instance(world, {}, &slow);
    world.pass(1min);
    EXPECT_EQ(world.rung(), 400U);
    EXPECT_THAT(world.tried, SizeIs(400));
}

TEST(TimerRunner, a_transient_failure_waits_and_keeps_no_other_type) {
    World world(8);
    world.schedule("a", 10s, Alarm{1});
    world.schedule("2", 11s, Chime{2});
    world.failing = 6;
    Instance instance(world, hardly_looks);
    world.pass(10s);
    EXPECT_THAT(instance.status().waiting.at("alarm"), HasSubstr("unavailable: the dependency is down"));
    ASSERT_TRUE(instance.until_rung(2));
    world.pass(1min);
    EXPECT_EQ(world.rings().at(0).number == 2 ? world.rings().at(0).after : world.rings().at(1).after, 11s);
    EXPECT_THAT(world.tried, SizeIs(7));
    EXPECT_EQ(instance.status().failed, 0U);
    EXPECT_THAT(instance.status().waiting, IsEmpty());
}

TEST(TimerRunner, a_store_that_fails_is_outlived) {
    TALLY_COVERS("I13", "I3");
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        testing::Faults faults{.random = world.simulation.random(),
                               .clock = world.simulation.clock(),
                               .refuse = 0.1,
                               .forget = 0.1,
                               .unread = 0.1,
                               .delay = 0.2};
        const auto store = create_faulty_store(testing::borrow(*world.store), faults);
        std::vector<std::int64_t> all;
        for (std::int64_t number = 1; number <= 50; ++number) {
            world.schedule("a/" + std::to_string(number), number * 100ms, Alarm{number});
            all.push_back(number);
        }
        Instance instance(world, {}, store.get());
        world.pass(1min);
        faults.heal();
        world.pass(30s);
        EXPECT_THAT(world.numbers(), ::testing::UnorderedElementsAreArray(all));
        for (const Ring& ring : world.rings()) EXPECT_GE(ring.after, ring.number * 100ms);
        EXPECT_THAT(instance.status().waiting, IsEmpty());
        EXPECT_THAT(world.timers(), IsEmpty());
    }
}

TEST(TimerRunner, poison_is_tried_ever_less_often_and_never_dropped) {
    TALLY_COVERS("F29");
    World world(9);
    world.schedule("a/1", 10s, Alarm{1});
    world.schedule("a/2", 10s, Alarm{2});
    world.schedule("a/3", 10s, Alarm{3});
    world.poisonous = {1};
    world.throwing = {2};
    Instance instance(world, {.poll = 1min, .census = 1min});
    world.pass(11s);
    EXPECT_THAT(world.numbers(), ElementsAre(3));
    EXPECT_GE(world.timers().at(0).attempts, 1);
    EXPECT_THAT(instance.status().failing, IsEmpty());
    world.pass(24h);
    EXPECT_THAT(instance.status().failing, ::testing::UnorderedElementsAre("alarm/a/1", "alarm/a/2"));
    EXPECT_EQ(instance.status().state, TimerStatus::State::running);
    std::map<std::string, Timer> left;
    for (const Timer& timer : world.timers()) left[timer.key] = timer;
    EXPECT_EQ(left.at("a/1").error, "rejected: poison at 1");
    EXPECT_EQ(left.at("a/2").error, "internal: the handler threw: a bug at 2");
    const auto attempts = std::ranges::count(world.tried, 1);
    EXPECT_EQ(left.at("a/1").attempts, attempts);
    EXPECT_GE(attempts, timer_attempts);
    EXPECT_LE(attempts, 120);  // half an hour apart, in the mean
    EXPECT_EQ(world.rung(), 1U);

    world.poisonous = {};
    world.throwing = {};
    world.pass(2h);
    EXPECT_THAT(world.numbers(), ::testing::UnorderedElementsAre(1, 2, 3));
    EXPECT_THAT(world.timers(), IsEmpty());
    EXPECT_THAT(instance.status().failing, IsEmpty());
}

TEST(TimerRunner, without_a_handler_it_is_kept_and_named) {
    World world(10);
    world.schedule("x", 10s, Orphan{});
    world.schedule("a", 20s, Alarm{1});
    Instance instance(world);
    world.pass(1s);
    EXPECT_THAT(instance.status().unhandled, ElementsAre("orphan"));
    world.pass(1h);
    EXPECT_THAT(world.numbers(), ElementsAre(1));
    EXPECT_THAT(world.timers(), SizeIs(1));
    EXPECT_TRUE(world.run(world.desk().cancel("orphan/x")));
    instance.runner.poke();
    world.pass(1ms);
    EXPECT_THAT(instance.status().unhandled, IsEmpty());
}

TEST(TimerRunner, a_damaged_one_does_not_keep_the_others) {
    World world(11);
    world.schedule("a", 10s, Alarm{1});
    world.schedule("b", 20s, Alarm{2});
    Timer timer = world.timers().at(0);
    Changes changes;
    changes.documents.push_back({document_key<Timer>("alarm/a"), ExpectedDocument::any(), put_of(timer)});
    std::get<Put>(changes.documents[0].write).body = "not JSON";
    ASSERT_TRUE(world.run(world.store->commit(std::move(changes))));
    Instance instance(world);
    world.pass(1min);
    EXPECT_THAT(world.rings(), ElementsAre(Ring{2, 0, 20s}));
    EXPECT_THAT(instance.status().damaged, ElementsAre("alarm/a"));
    EXPECT_TRUE(world.run(world.desk().cancel("alarm/a")));
    instance.runner.poke();
    world.pass(1ms);
    EXPECT_THAT(instance.status().damaged, IsEmpty());
    EXPECT_THAT(world.timers(), IsEmpty());
}

TEST(TimerRunner, a_scheduling_that_is_repeated_after_it_has_fired_has_no_second_effect) {
    TALLY_COVERS("I3", "I13");
    World world(12);
    world.schedule("a", 10s, Alarm{1});  // its effect is another one at the second time
    world.schedule("2", 10s, Chime{2});  // the effect of this one is the same
    const auto timers = world.timers();
    Instance instance(world);
    world.pass(1min);
    Changes again;
    for (const Timer& timer : timers)
        again.documents.push_back({document_key<Timer>(key_of(timer)), ExpectedDocument::any(), put_of(timer)});
    ASSERT_TRUE(world.run(world.store->commit(std::move(again))));
    world.pass(1min);
    EXPECT_THAT(world.numbers(), ::testing::UnorderedElementsAre(1, 2));
    EXPECT_THAT(world.timers(), IsEmpty());
    EXPECT_EQ(instance.status().failed, 0U);
}

}  // namespace
}  // namespace tally::alarms
