// Goal: what has expired goes, what is alive stays, whoever writes meanwhile.
#include "tally/flow/sweeper.hpp"

#include <gtest/gtest.h>

#include "tally/flow/consumer_test_kit.hpp"

namespace tally::shelves {
namespace {

using namespace std::chrono_literals;

DocumentWrite note(World& world, int number, Duration lives) {
    return {{"notes", std::to_string(number)},
            ExpectedDocument::any(),
            Put{"{}", {}, world.simulation.clock().now() + lives}};
}

void write(World& world, int from, int to, Duration lives) {
    Changes changes;
    for (int number = from; number < to; ++number) changes.documents.push_back(note(world, number, lives));
    ASSERT_TRUE(world.run(world.stock->commit(std::move(changes))));
}

std::size_t left(World& world) {
    return world.run(world.stock->find({.collection = "notes", .limit = 10'000}))->documents.size();
}

TEST(Sweeper, removes_what_has_expired_in_as_many_commits_as_it_takes) {
    World world(1);
    write(world, 0, 25, 30s);
    write(world, 25, 40, 1h);
    FrontStore front(*world.stock);
    TaskGroup tasks(world.simulation.executor());
    tasks.spawn("sweeper", sweep(front, world.simulation.clock(), 1min, 10));
    world.simulation.run_until([] { return false; }, 59s);
    EXPECT_EQ(left(world), 40U);
    world.simulation.run_until([] { return false; }, 2s);
    EXPECT_EQ(left(world), 15U);
    EXPECT_EQ(front.commits(), 3);
    world.simulation.run(tasks.close());
}

Task<void> prolong(World& world) {
    Changes changes;
    changes.documents.push_back(note(world, 3, 1h));
    (void)co_await world.stock->commit(std::move(changes));
}

TEST(Sweeper, leaves_what_is_written_meanwhile) {
    World world(2);
    write(world, 0, 10, 30s);
    FrontStore front(*world.stock);
    front.before_commit = [&world, &front] {
        front.before_commit = nullptr;
        return prolong(world);
    };
    TaskGroup tasks(world.simulation.executor());
    tasks.spawn("sweeper", sweep(front, world.simulation.clock()));
    world.simulation.run_until([] { return false; }, 61s);
    EXPECT_EQ(left(world), 1U);
    EXPECT_EQ(world.run(world.stock->get({{"notes", "3"}}))->size(), 1U);
    world.simulation.run(tasks.close());
}

TEST(Sweeper, survives_a_store_that_is_away) {
    World world(3);
    write(world, 0, 10, 30s);
    FrontStore front(*world.stock);
    front.refuse_commits = 2;
    TaskGroup tasks(world.simulation.executor());
    tasks.spawn("sweeper", sweep(front, world.simulation.clock()));
    world.simulation.run_until([] { return false; }, 5min);
    EXPECT_EQ(left(world), 0U);
    world.simulation.run(tasks.close());
}

}  // namespace
}  // namespace tally::shelves
