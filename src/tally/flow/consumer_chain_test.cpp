// Goal: what is missing from a log, and a log that is not the one known, are noticed, named and never passed over.
#include <gmock/gmock.h>

#include "tally/flow/consumer_test_kit.hpp"
#include "tally/testing/covers.hpp"

namespace tally::shelves {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Link {
    Position position;
    Position previous;
    int shard;
    std::string key;
};

/// The first event that has one before and one after it in its shard.
std::pair<Link, Link> middle_and_next(World& world) {
    const auto all = world.run(world.publisher->read(LogRead{}));
    for (const RecordedEvent& event : *all)
        for (const RecordedEvent& next : *all)
            if (event.shard >= 0 && event.previous != 0 && next.previous == event.position && next.shard == event.shard)
                return {{event.position, event.previous, event.shard, std::string(event.key)},
                        {next.position, next.previous, next.shard, std::string(next.key)}};
    return {};
}

TEST(ConsumerChain, a_hole_pauses_its_shard_and_is_named) {
    TALLY_COVERS("I5");
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        world.publish_many(60, 12);
        const auto [lost, next] = middle_and_next(world);
        FrontStore holed(*world.publisher);
        holed.hidden = {lost.position};
        ConsumerOptions options;
        options.batch = 1 + seed % 30;
        Instance instance(world, options, &holed);
        ASSERT_TRUE(world.simulation.run_until([&] { return !instance.status().paused_shards.empty(); }, 1min));
        world.simulation.run_until([] { return false; }, 10s);

        ASSERT_EQ(instance.status().paused_shards.size(), 1U);
        EXPECT_EQ(instance.status().paused_shards.begin()->first, lost.shard);
        const std::string& reason = instance.status().paused_shards.begin()->second;
        EXPECT_THAT(reason, StartsWith("hole: "));
        EXPECT_THAT(reason, HasSubstr("done up to position " + std::to_string(lost.previous) + ","));
        EXPECT_THAT(reason, HasSubstr("position " + std::to_string(next.position) + " comes next"));
        EXPECT_EQ(instance.status().progress.at(lost.shard), lost.previous);
        EXPECT_THAT(world.metrics->expose(),
                    HasSubstr(R"(consumer_holes_total{consumer="stock",topic="products.events"} 1)"));
        EXPECT_THAT(world.metrics->expose(), HasSubstr(R"(consumer_lag{consumer="stock",topic="products.events"} )" +
                                                       std::to_string(world.head() - lost.previous) + "\n"));
        // The others went on to their end.
        const auto taken = world.taken();
        for (const auto& [sku, numbers] : world.ordered())
            if (shard_of(sku, world.publisher->shards()) != lost.shard) EXPECT_EQ(taken.at(sku), numbers);

        // The row is found again: a restart goes on from where the shard stands.
        instance.kill();
        Instance healed(world);
        ASSERT_TRUE(world.simulation.run_until([&] { return world.taken() == world.ordered(); }, 1min));
        world.expect_each_once();
    }
}

TEST(ConsumerChain, a_log_of_another_incarnation_is_refused) {
    TALLY_COVERS("F14");
    World world(1);
    world.publish_many(30, 3);
    {
        Instance instance(world);
        ASSERT_TRUE(instance.settle());
    }
    const auto before = world.taken();
    world.publisher = create_memory_store(world.simulation.executor(), world.simulation.clock(),
                                          create_memory_disk(world.simulation.random()), {.shards = 4});
    world.publish_many(80, 3);
    Instance instance(world);
    ASSERT_TRUE(
        world.simulation.run_until([&] { return instance.status().state == ConsumerStatus::State::paused; }, 1min));
    EXPECT_THAT(instance.status().reason, StartsWith("restored: "));
    EXPECT_THAT(instance.status().reason, HasSubstr(world.publisher->incarnation().text()));
    EXPECT_THAT(instance.status().reason, HasSubstr("restore the consumer as well, or reset its progress"));
    world.simulation.run_until([] { return false; }, 10min);
    EXPECT_EQ(world.taken(), before);
}

TEST(ConsumerChain, a_log_that_is_shorter_than_what_was_seen_is_refused) {
    TALLY_COVERS("F14");
    World world(2);
    for (int number = 1; number <= 30; ++number) world.publish("a", number);
    ConsumerOptions options;
    options.batch = 4;
    {
        Instance instance(world, options);
        ASSERT_TRUE(instance.settle());
    }
    // All shards stand beyond the head of what was restored.
    for (int shard = 0; shard < 64; ++shard) world.publish("key" + std::to_string(shard), 1);
    {
        Instance instance(world, options);
        ASSERT_TRUE(instance.settle());
    }
    world.publisher = create_memory_store(world.simulation.executor(), world.simulation.clock(),
                                          create_memory_disk(world.simulation.random()), {.shards = 4});
    world.publish("a", 1);
    Instance instance(world, options);
    ASSERT_TRUE(
        world.simulation.run_until([&] { return instance.status().state == ConsumerStatus::State::paused; }, 1min));
    EXPECT_THAT(instance.status().reason, StartsWith("restored: products.events ends at position 1"));
}

TEST(ConsumerChain, an_unknown_topic_is_waited_for) {
    World world(3);
    Instance instance(world);
    ConsumerRunner stray(Consumer("stock", "nowhere.events"),
                         {.store = instance.store,
                          .bus = *instance.bus,
                          .clock = world.simulation.clock(),
                          .random = world.simulation.random(),
                          .metrics = *world.metrics},
                         {});
    TaskGroup tasks(world.simulation.executor());
    tasks.spawn("stray", stray.run());
    ASSERT_TRUE(
        world.simulation.run_until([&] { return stray.status().state == ConsumerStatus::State::backing_off; }, 1min));
    EXPECT_EQ(stray.status().reason, "not_found: no topic nowhere.events");
    world.simulation.run(tasks.close());
}

}  // namespace
}  // namespace tally::shelves
