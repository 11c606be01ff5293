// Goal: the view event_processing_lag is exact, for every event, without a row for each.
#include "tally/flow/lag.hpp"

#include <gmock/gmock.h>

#include "tally/flow/consumer_test_kit.hpp"
#include "tally/flow/sweeper.hpp"
#include "tally/testing/covers.hpp"

namespace tally::shelves {
namespace {

using namespace std::chrono_literals;

std::vector<EventLag> rows_of(World& world) {
    return *world.run(LagView(*world.publisher, *world.stock).list("stock", "products.events", 0, 1'000));
}

void wait(World& world, Duration time) {
    ASSERT_FALSE(world.simulation.run_until([] { return false; }, time));
}

Task<void> work(Clock& clock, Duration time) { co_await clock.sleep_for(time); }

TEST(LagView, is_exact_in_virtual_time) {
    TALLY_COVERS("C05.1", "C05.2", "C05.3", "C05.4", "C05.5", "C05.6", "C05.7", "C05.8", "C05.9", "C06.1", "C06.2",
                 "C06.3", "C06.4", "C11.3", "C11.4");
    World world(1);
    world.within_handler = [&world] { return work(world.simulation.clock(), 30ms); };
    world.publish("a", 1);
    const Timestamp first_at = world.simulation.clock().now();
    wait(world, 20ms);
    world.publish_other(true);
    world.publish("b", 2);
    wait(world, 5ms);
    Instance instance(world);
    ASSERT_TRUE(instance.settle());

    const auto rows = rows_of(world);
    ASSERT_EQ(rows.size(), 2U);  // what stays inside is on nobody's way
    EXPECT_EQ(rows[0].event_name, "Ordered");
    EXPECT_EQ(rows[0].position, 1U);
    EXPECT_EQ(rows[0].consumer, "stock");
    EXPECT_EQ(rows[0].status, LagStatus::PROCESSED);
    EXPECT_EQ(rows[0].event_created_at, first_at);
    EXPECT_EQ(rows[0].event_published_at, first_at);
    // One batch of two events: 25 ms until it was taken, 30 ms for each.
    EXPECT_EQ(rows[0].projection_processed_at, first_at + 85ms);
    EXPECT_EQ(rows[0].outbox_dispatch_duration_ms, 0);
    EXPECT_EQ(rows[0].outbox_dispatch_lag_ms, 0);
    EXPECT_EQ(rows[0].projection_processing_duration_ms, 60);
    EXPECT_EQ(rows[0].projection_lag_ms, 85);
    EXPECT_EQ(rows[0].total_lag_ms, 85);
    EXPECT_EQ(rows[1].position, 3U);
    EXPECT_EQ(rows[1].projection_processed_at, first_at + 85ms);
    EXPECT_EQ(rows[1].total_lag_ms, 65);
}

TEST(LagView, tells_how_far_each_event_got) {
    TALLY_COVERS("C05.10");
    World world(2);
    const Position first = world.publish("bad", 1);
    world.publish("good", 2);
    EXPECT_EQ(rows_of(world)[0].status, LagStatus::PUBLISHED);
    EXPECT_FALSE(rows_of(world)[0].total_lag_ms);
    world.poisonous = {1};
    Instance instance(world);
    ASSERT_TRUE(instance.settle());
    EXPECT_EQ(rows_of(world)[0].status, LagStatus::FAILED);
    EXPECT_FALSE(rows_of(world)[0].total_lag_ms);
    EXPECT_EQ(rows_of(world)[1].status, LagStatus::PROCESSED);

    world.poisonous.clear();
    wait(world, 1h);
    const Timestamp asked_at = world.simulation.clock().now();
    ASSERT_TRUE(world.run(DeadLetters(*world.stock).redrive(dead_letter_key("stock", "products.events", first), "")));
    instance.runner.poke();
    ASSERT_TRUE(world.simulation.run_until([&] { return instance.status().parked == 0; }, 1min));
    EXPECT_EQ(rows_of(world)[0].status, LagStatus::PROCESSED);
    EXPECT_EQ(rows_of(world)[0].projection_processed_at, asked_at);
}

TEST(LagView, agrees_with_the_handlers_on_every_seed) {
    TALLY_COVERS("C06.3");
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        world.publish_many(30, 4);
        world.poisonous = {3};
        ConsumerOptions options;
        options.batch = 1 + seed % 9;
        options.parked_limit = 2;
        Instance instance(world, options);
        wait(world, 1min);
        world.publish_many(10, 4);
        wait(world, 1min);
        // Processed are those that have an effect, failed those that have a letter, and no other.
        std::map<std::string, std::size_t> processed;
        std::size_t failed = 0;
        for (const EventLag& row : rows_of(world)) {
            if (row.event_name == "Ordered" && row.status == LagStatus::PROCESSED) ++processed[row.event_name];
            if (row.status == LagStatus::FAILED) ++failed;
        }
        EXPECT_EQ(processed["Ordered"], instance.status().handled);
        EXPECT_EQ(failed, world.letters().size());
        EXPECT_GT(failed, 0U);
    }
}

TEST(LagView, statistics_and_slowest_are_right) {
    TALLY_COVERS("C06.5", "C06.6", "C29.1", "C30.1");
    World world(3);
    // The n-th of 20 events waits n × 10 ms, since all are processed at once.
    std::vector<Timestamp> published;
    for (int number = 20; number >= 1; --number) {
        world.publish("a", number);
        wait(world, 10ms);
    }
    Instance instance(world);
    ASSERT_TRUE(instance.settle());
    LagView view(*world.publisher, *world.stock);
    const auto all = *world.run(view.statistics("stock", "products.events", 1'000));
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].event_name, "Ordered");
    EXPECT_EQ(all[0].count, 20U);
    EXPECT_DOUBLE_EQ(all[0].avg_ms, 105);
    EXPECT_DOUBLE_EQ(all[0].p50_ms, 100);
    EXPECT_DOUBLE_EQ(all[0].p95_ms, 190);
    EXPECT_DOUBLE_EQ(all[0].p99_ms, 200);
    EXPECT_DOUBLE_EQ(all[0].max_ms, 200);

    const auto last = *world.run(view.statistics("stock", "products.events", 5));
    EXPECT_EQ(last[0].count, 5U);
    EXPECT_DOUBLE_EQ(last[0].max_ms, 50);

    const auto slowest = *world.run(view.slowest("stock", "products.events", 1'000, 3));
    ASSERT_EQ(slowest.size(), 3U);
    EXPECT_EQ(slowest[0].position, 1U);
    EXPECT_EQ(slowest[1].position, 2U);
    EXPECT_EQ(slowest[2].position, 3U);
    EXPECT_EQ(slowest[0].total_lag_ms, 200);
}

TEST(LagView, ranges_are_swept_after_their_days) {
    World world(4);
    world.publish("a", 1);
    {
        Instance instance(world);
        ASSERT_TRUE(instance.settle());
    }
    TaskGroup sweepers(world.simulation.executor());
    sweepers.spawn("sweeper", sweep(*world.stock, world.simulation.clock()));
    wait(world, std::chrono::hours(7 * 24) - 2min);
    EXPECT_EQ(rows_of(world)[0].status, LagStatus::PROCESSED);
    wait(world, 4min);
    EXPECT_EQ(rows_of(world)[0].status, LagStatus::PUBLISHED);
    world.simulation.run(sweepers.close());
}

}  // namespace
}  // namespace tally::shelves
