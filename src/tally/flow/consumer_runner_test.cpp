// Goal: each event takes effect once and in the order of its key, whatever happens to the runner. Method: the effects
// (events and documents) are compared with what was published, on many seeds, each with its own interleaving.
#include "tally/flow/consumer_runner.hpp"

#include <gmock/gmock.h>

#include "tally/flow/consumer_progress.hpp"
#include "tally/flow/consumer_test_kit.hpp"
#include "tally/flow/lag.hpp"
#include "tally/testing/covers.hpp"

namespace tally::shelves {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

constexpr std::uint64_t seeds = 40;

ConsumerOptions small_batches(std::size_t batch) {
    ConsumerOptions options;
    options.batch = batch;
    return options;
}

TEST(ConsumerRunner, handles_many_events_in_one_commit) {
    TALLY_COVERS("A02.3", "C11.1", "C11.2");
    World world(1);
    world.publish_many(100, 10);
    Instance instance(world);
    ASSERT_TRUE(instance.settle());
    world.expect_each_once();
    EXPECT_EQ(instance.status().commits, 1U);
    EXPECT_EQ(instance.status().handled, 100U);
    EXPECT_EQ(instance.status().seen_head, world.head());
}

TEST(ConsumerRunner, wakes_on_a_commit_instead_of_polling) {
    World world(2);
    world.publish("a", 1);
    Instance instance(world);
    ASSERT_TRUE(instance.settle());
    const Instant before = world.simulation.clock().instant();
    world.publish("a", 2);
    ASSERT_TRUE(instance.settle());
    EXPECT_EQ(world.simulation.clock().instant(), before);
    world.expect_each_once();
}

TEST(ConsumerRunner, events_inherit_from_their_cause) {
    TALLY_COVERS("D11.3", "A12.3");
    World world(3);
    world.publish("a", 1);
    Instance instance(world);
    ASSERT_TRUE(instance.settle());
    const auto causes = world.run(world.publisher->read(LogRead{}));
    const auto effects = world.run(world.stock->read(LogRead{}));
    ASSERT_EQ(effects->size(), 1U);
    const RecordedEvent& cause = *causes->begin();
    const RecordedEvent& effect = *effects->begin();
    EXPECT_EQ(effect.correlation, cause.correlation);
    EXPECT_EQ(effect.causation, cause.id);
    EXPECT_EQ(effect.traceparent, cause.traceparent);
    EXPECT_EQ(effect.actor, "service:stock");
    EXPECT_EQ(effect.key, "a");
    EXPECT_EQ(effect.id, derive(cause.id, "stock", 0));
}

TEST(ConsumerRunner, a_crash_at_any_commit_leaves_each_effect_once) {
    TALLY_COVERS("I3", "I4", "B20.1", "C10.2", "C28.1", "D02.5", "E10.9");
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        world.publish_many(60, 5);
        int lives = 0;
        for (bool done = false; !done && lives < 200; ++lives) {
            Instance instance(world, small_batches(1 + seed % 9));
            instance.store.crash_at_commit = 1 + static_cast<int>(world.simulation.random().below(4));
            instance.store.crash_after = world.simulation.random().below(2) == 0;
            done = instance.settle();
        }
        EXPECT_GT(lives, 1);
        Instance last(world);
        ASSERT_TRUE(last.settle());
        world.expect_each_once();
    }
}

TEST(ConsumerRunner, a_crash_at_each_commit_in_turn_leaves_each_effect_once) {
    TALLY_COVERS("I3", "I4");
    for (const bool after : {false, true}) {
        for (int commit = 1;; ++commit) {
            SCOPED_TRACE(::testing::Message() << "commit " << commit << (after ? " after" : " before") << " writing");
            World world(7);
            world.publish_many(20, 3);
            Instance first(world, small_batches(2));
            first.store.crash_at_commit = commit;
            first.store.crash_after = after;
            const bool survived = first.settle();
            first.kill();
            Instance second(world, small_batches(2));
            ASSERT_TRUE(second.settle());
            world.expect_each_once();
            if (survived) break;
        }
    }
}

TEST(ConsumerRunner, a_kill_at_any_moment_leaves_each_effect_once) {
    TALLY_COVERS("I3", "I4", "C11.7");
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        world.publish_many(60, 5);
        for (int life = 0; life < 12; ++life) {
            Instance instance(world, small_batches(1 + seed % 5));
            for (std::uint64_t left = world.simulation.random().below(150); left > 0; --left) world.simulation.step();
        }
        Instance last(world);
        ASSERT_TRUE(last.settle());
        world.expect_each_once();
    }
}

TEST(ConsumerRunner, drops_what_it_has_seen) {
    TALLY_COVERS("A02.2", "F30");
    World world(4);
    world.publish_many(50, 4);
    {
        Instance first(world);
        ASSERT_TRUE(first.settle());
    }
    // The shards stand at different positions, and the cursor begins at the first of them.
    world.publish("late", 1);
    Instance second(world);
    ASSERT_TRUE(second.settle());
    EXPECT_GT(second.status().duplicates, 0U);
    EXPECT_EQ(second.status().handled, 1U);
    world.expect_each_once();
}

TEST(ConsumerRunner, of_two_instances_at_once_the_overtaken_is_fenced) {
    TALLY_COVERS("I3", "I4", "F31");
    std::uint64_t fenced = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        world.publish_many(80, 5);
        Instance one(world, small_batches(1 + seed % 7));
        Instance other(world, small_batches(1 + seed % 4));
        ASSERT_TRUE(one.settle());
        ASSERT_TRUE(other.settle());
        world.expect_each_once();
        fenced += one.status().fenced + other.status().fenced;
    }
    EXPECT_GE(fenced, seeds);
}

Task<void> hold(Signal& door) { co_await door.wait(); }

TEST(ConsumerRunner, a_paused_zombie_does_no_harm) {
    TALLY_COVERS("I3", "F03");
    World world(5);
    world.publish_many(30, 3);
    Signal door;
    Instance zombie(world);
    zombie.store.before_commit = [&door] { return hold(door); };
    ASSERT_TRUE(world.simulation.run_until([&door] { return door.waiting() > 0; }, 1min));
    zombie.store.before_commit = nullptr;
    Instance living(world);
    ASSERT_TRUE(living.settle());
    door.notify_all();
    ASSERT_TRUE(world.simulation.run_until([&] { return zombie.status().fenced > 0; }, 1min));
    world.expect_each_once();
    ASSERT_TRUE(zombie.settle());
    world.publish_many(10, 3);
    ASSERT_TRUE(zombie.settle());
    ASSERT_TRUE(living.settle());
    world.expect_each_once();
}

TEST(ConsumerRunner, a_failing_event_is_rolled_back_and_the_rest_of_the_batch_stands) {
    TALLY_COVERS("I16", "A03.3");
    World world(6);
    for (int number = 1; number <= 5; ++number) world.publish("a" + std::to_string(number), number);
    world.poisonous = {3};
    Instance instance(world);
    ASSERT_TRUE(instance.settle());
    // The first attempt is in the batch, after 1 and 2; the others alone; then it is parked and the rest goes on.
    EXPECT_THAT(world.tried, ElementsAre(1, 2, 3, 3, 3, 3, 3, 4, 5));
    auto expected = world.ordered();
    expected.erase("a3");
    EXPECT_EQ(world.taken(), expected);
    EXPECT_EQ(world.ledgers(), expected);
    EXPECT_EQ(instance.status().handled, 4U);
    EXPECT_EQ(instance.status().parked, 1U);
}

TEST(ConsumerRunner, a_transient_failure_backs_off_and_then_goes_on_in_order) {
    TALLY_COVERS("A28.2", "E10.13", "I4");
    World world(8);
    world.publish_many(20, 2);
    world.failing = 12;  // far more than a poisonous event may have
    Instance instance(world);
    ASSERT_TRUE(world.simulation.run_until([&] { return world.failing < 8; }, 1min));
    EXPECT_EQ(instance.status().state, ConsumerStatus::State::backing_off);
    EXPECT_EQ(instance.status().reason, "unavailable: the dependency is down");
    EXPECT_THAT(world.metrics->expose(),
                ::testing::HasSubstr(R"(consumer_lag{consumer="stock",topic="products.events"} )" +
                                     std::to_string(world.head()) + "\n"));
    ASSERT_TRUE(instance.settle());
    EXPECT_EQ(instance.status().state, ConsumerStatus::State::running);
    EXPECT_TRUE(instance.status().reason.empty());
    EXPECT_TRUE(world.letters().empty());
    world.expect_each_once();
}

TEST(ConsumerRunner, a_store_that_is_away_is_waited_for) {
    TALLY_COVERS("A28.2");
    for (const ErrorCode code : {ErrorCode::unavailable, ErrorCode::overloaded, ErrorCode::disk_full}) {
        World world(9);
        world.publish_many(20, 2);
        Instance instance(world);
        instance.store.refuse_commits = 8;
        instance.store.refusal.code = code;
        ASSERT_TRUE(instance.settle());
        EXPECT_TRUE(world.letters().empty());
        world.expect_each_once();
    }
}

Task<void> meddle(World& world, std::int64_t& foreign) {
    if (world.simulation.random().below(6) != 0) co_return;
    Changes changes;
    changes.appends.push_back({"shelf-sku1", ExpectedVersion::any(), {world.event("sku1", Taken{--foreign})}});
    (void)co_await world.stock->commit(std::move(changes));
}

TEST(ConsumerRunner, a_conflict_runs_the_batch_again_by_halves) {
    TALLY_COVERS("I3", "I4");
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        world.publish_many(40, 3);
        // Somebody else writes to what the handlers read, at a rate that lets a small commit through now and then.
        std::int64_t foreign = 0;
        world.within_handler = [&world, &foreign] { return meddle(world, foreign); };
        Instance instance(world, small_batches(16));
        ASSERT_TRUE(instance.settle());
        world.within_handler = nullptr;
        EXPECT_EQ(world.ledgers(), world.ordered());
        auto taken = world.taken();
        std::erase_if(taken["sku1"], [](std::int64_t number) { return number < 0; });
        EXPECT_EQ(taken, world.ordered());
        if (foreign < -4) {
            EXPECT_GT(instance.status().conflicts, 0U);
        }
    }
}

TEST(ConsumerRunner, effects_that_are_there_already_are_not_made_again) {
    TALLY_COVERS("I3", "C10.1");
    World world(10);
    world.publish_many(30, 3);
    {
        Instance first(world, small_batches(4));
        ASSERT_TRUE(first.settle());
    }
    const auto position = world.stock->statistics().head;
    // An operator has reset the progress: everything is handled again, and each event says that it exists.
    Changes reset;
    for (int shard = 0; shard < world.publisher->shards(); ++shard)
        reset.documents.push_back(
            {shard_progress_key("stock", "products.events", shard), ExpectedDocument::any(), Remove{}});
    ASSERT_TRUE(world.run(world.stock->commit(std::move(reset))));
    world.publish("new", 1);
    Instance again(world, small_batches(7));
    ASSERT_TRUE(again.settle());
    EXPECT_EQ(world.stock->statistics().head, position + 1);
    EXPECT_TRUE(world.letters().empty());
    world.expect_each_once();
}

TEST(ConsumerRunner, of_a_batch_that_is_partly_there_the_rest_is_made) {
    TALLY_COVERS("I3");
    World world(15);
    world.publish("a", 1);
    {
        Instance first(world);
        ASSERT_TRUE(first.settle());
    }
    Changes reset;
    const int shard = shard_of("a", world.publisher->shards());
    reset.documents.push_back(
        {shard_progress_key("stock", "products.events", shard), ExpectedDocument::any(), Remove{}});
    ASSERT_TRUE(world.run(world.stock->commit(std::move(reset))));
    // All events of this batch's effects exist, and yet it is not done.
    world.append(*world.publisher, "counts", world.event("a", Counted{7}));
    Instance again(world);
    ASSERT_TRUE(again.settle());
    EXPECT_THAT(world.ledgers()["a"], ElementsAre(1));
    EXPECT_THAT(world.taken()["a"], ElementsAre(1));
    EXPECT_THAT(world.ledgers()["counted"], ElementsAre(7));
}

TEST(ConsumerRunner, a_shard_without_events_does_not_hold_the_start_back) {
    World world(11);
    for (int number = 1; number <= 1'300; ++number) world.publish("only", number);
    {
        Instance first(world);
        ASSERT_TRUE(first.settle());
        for (const auto& [shard, position] : first.status().progress) EXPECT_GT(position, 200U) << shard;
    }
    // A first event of another shard is no hole, though its shard was moved on without it.
    for (int number = 1; number <= 10; ++number) world.publish("other" + std::to_string(number), 1);
    Instance second(world);
    ASSERT_TRUE(second.settle());
    EXPECT_TRUE(second.status().paused_shards.empty());
    EXPECT_LT(second.status().duplicates, 1'100U);
    world.expect_each_once();
}

TEST(ConsumerRunner, what_nobody_handles_waits_for_no_disk) {
    World world(12);
    world.publish_other(false);
    const auto before = world.stock->statistics().flushes;
    Instance instance(world);
    ASSERT_TRUE(instance.settle());
    EXPECT_EQ(instance.status().commits, 1U);
    EXPECT_EQ(instance.status().handled, 0U);
    EXPECT_EQ(world.stock->statistics().flushes, before);
}

TEST(ConsumerRunner, what_can_be_computed_again_waits_for_no_disk_and_what_is_recorded_does) {
    World world(10);
    world.publish_many(20, 2);
    const auto flushes_of = [&](Consumer consumer) {
        const auto bus = create_log_bus({{"products.events", world.publisher.get()}});
        const auto before = world.stock->statistics().flushes;
        ConsumerRunner runner(std::move(consumer),
                              {*world.stock, *bus, world.simulation.clock(), world.simulation.random(), *world.metrics},
                              {});
        TaskGroup tasks(world.simulation.executor());
        tasks.spawn("consumer", runner.run());
        world.simulation.run(world.simulation.clock().sleep_for(std::chrono::seconds(2)));
        EXPECT_EQ(runner.status().handled, 20U);
        world.simulation.run(tasks.close());
        return world.stock->statistics().flushes - before;
    };
    const auto note = [](Delivery<Ordered> order, Session& session) -> Task<Handled> {
        session.put(std::to_string(order.event.number), Ledger{{order.event.number}});
        co_return Handled{};
    };
    EXPECT_GT(flushes_of(Consumer("durable", "products.events").on<Ordered>(note)), 0U);
    EXPECT_EQ(flushes_of(Consumer("derived", "products.events").on<Ordered>(note).derived()), 0U);
    const auto record = [](Delivery<Ordered> order, Session& session) -> Task<Handled> {
        session.record<Shelf>(Shelf::Key::trusted(order.event.sku), Taken{order.event.number});
        co_return Handled{};
    };
    EXPECT_GT(flushes_of(Consumer("recording", "products.events").on<Ordered>(record).derived()), 0U);
}

TEST(ConsumerRunner, measures_what_it_consumes) {
    TALLY_COVERS("B13.1", "B13.2", "B13.3", "A09.3");
    World world(13);
    for (int number = 1; number <= 5; ++number) world.publish("a", number);
    world.poisonous = {4};
    world.simulation.run_until([] { return false; }, 1s);
    Instance instance(world);
    ASSERT_TRUE(instance.settle());
    const std::string text = world.metrics->expose();
    EXPECT_THAT(text, ::testing::HasSubstr(R"(events_consumed_total{topic="products.events",type="Ordered"} 3)"));
    EXPECT_THAT(text, ::testing::HasSubstr(R"(events_consume_errors_total{topic="products.events",type="Ordered"} 5)"));
    EXPECT_THAT(text, ::testing::HasSubstr(
                          R"(event_consume_duration_seconds_count{topic="products.events",type="Ordered"} 8)"));
    EXPECT_THAT(text, ::testing::HasSubstr(R"(consumer_lag{consumer="stock",topic="products.events"} 0)"));
    EXPECT_THAT(text, ::testing::HasSubstr(R"(dead_letters{consumer="stock",topic="products.events"} 2)"));
}

TEST(ConsumerRunner, a_stopped_one_says_so) {
    World world(14);
    Instance instance(world);
    ASSERT_TRUE(instance.settle());
    instance.kill();
    EXPECT_EQ(instance.status().state, ConsumerStatus::State::stopped);
}

}  // namespace
}  // namespace tally::shelves
