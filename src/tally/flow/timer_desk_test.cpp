// Goal: an operator sees what is to fire, and changes it without undoing what happens meanwhile.
#include "tally/flow/timer_desk.hpp"

#include <gmock/gmock.h>

#include "tally/flow/consumer_test_kit.hpp"
#include "tally/flow/timer_test_kit.hpp"
#include "tally/testing/covers.hpp"

namespace tally::alarms {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> ids_of(const std::vector<Timer>& timers) {
    std::vector<std::string> ids;
    ids.reserve(timers.size());
    for (const Timer& timer : timers) ids.push_back(key_of(timer));
    return ids;
}

TEST(TimerDesk, lists_the_soonest_first_by_pages_and_by_type) {
    World world(1);
    world.schedule("c", 30s, Alarm{3});
    world.schedule("a", 20s, Alarm{1});
    world.schedule("1", 10s, Chime{});
    world.schedule("2", 40s, Chime{});
    EXPECT_THAT(ids_of(world.timers()), ElementsAre("chime/1", "alarm/a", "alarm/c", "chime/2"));
    const auto chimes = world.run(world.desk().list({.type = "chime"})).value();
    EXPECT_THAT(ids_of(chimes.items), ElementsAre("chime/1", "chime/2"));
    EXPECT_THAT(chimes.next, IsEmpty());
    EXPECT_THAT(world.run(world.desk().list({.type = "chim"}))->items, IsEmpty());

    const auto first = world.run(world.desk().list({.limit = 3})).value();
    EXPECT_THAT(ids_of(first.items), ElementsAre("chime/1", "alarm/a", "alarm/c"));
    const auto second = world.run(world.desk().list({.limit = 3, .after = first.next})).value();
    EXPECT_THAT(ids_of(second.items), ElementsAre("chime/2"));
    EXPECT_THAT(second.next, IsEmpty());
}

TEST(TimerDesk, shows_cancels_and_moves) {
    World world(2);
    world.schedule("a/1", 20s, Alarm{1});
    world.schedule("b", 20s, Alarm{2});
    const Timer before = world.run(world.desk().show("alarm/a/1")).value();
    EXPECT_EQ(before.data.text, R"({"number":1})");
    const Timer moved = world.run(world.desk().move("alarm/a/1", world.start + 5s)).value();
    EXPECT_EQ(moved.due, world.start + 5s);
    EXPECT_EQ(moved.id, before.id);
    EXPECT_EQ(moved.correlation, before.correlation);
    EXPECT_TRUE(world.run(world.desk().cancel("alarm/b")));
    Instance instance(world);
    world.pass(1min);
    EXPECT_THAT(world.rings(), ElementsAre(World::Ring{1, 0, 5s}));
}

TEST(TimerDesk, one_moved_into_the_past_fires_at_once) {
    World world(3);
    world.schedule("a", 20h, Alarm{1});
    Instance instance(world, {.poll = 10h, .census = 10h});
    world.pass(10s);
    EXPECT_TRUE(world.run(world.desk().move("alarm/a", world.start)));
    instance.runner.poke();
    world.pass(1ms);
    EXPECT_THAT(world.rings(), ElementsAre(World::Ring{1, 0, 10s}));
}

Task<void> schedule_another(World& world) {
    Session other = world.command();
    other.schedule("a", world.start + 30s, Alarm{2});
    EXPECT_TRUE(co_await other.commit());
}

TEST(TimerDesk, says_what_is_not_there_and_what_was_changed_meanwhile) {
    World world(4);
    EXPECT_EQ(world.run(world.desk().show("alarm/a")).error().code, ErrorCode::not_found);
    EXPECT_EQ(world.run(world.desk().cancel("alarm/a")).error().code, ErrorCode::not_found);
    EXPECT_EQ(world.run(world.desk().move("alarm/a", world.start)).error().code, ErrorCode::not_found);

    world.schedule("a", 20s, Alarm{1});
    shelves::FrontStore front(*world.store);
    front.before_commit = [&] { return schedule_another(world); };
    EXPECT_EQ(world.run(TimerDesk(front).cancel("alarm/a")).error().code, ErrorCode::conflict);
    EXPECT_EQ(world.run(TimerDesk(front).move("alarm/a", world.start)).error().code, ErrorCode::conflict);
    EXPECT_EQ(world.timers().at(0).due, world.start + 30s);
}

}  // namespace
}  // namespace tally::alarms
