// Goal: a poisonous event stops its own key and no other, and an operator gets it going again in its order.
#include "tally/flow/dead_letters.hpp"

#include <gmock/gmock.h>

#include "tally/flow/consumer_test_kit.hpp"
#include "tally/testing/covers.hpp"

namespace tally::shelves {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::uint64_t seeds = 20;

std::string id_of(Position position) { return dead_letter_key("stock", "products.events", position); }

/// Runs until so many dead letters are left.
bool until_left(Instance& instance, std::size_t count) {
    return instance.world.simulation.run_until([&] { return instance.status().parked == count; }, 1min);
}

TEST(DeadLetters, poison_parks_its_key_and_other_keys_flow) {
    TALLY_COVERS("I16", "F29", "A03.1", "A28.3", "D14.2", "E10.5");
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        const Position first = world.publish("bad", 1);
        world.publish("good", 11);
        const Position second = world.publish("bad", 2);
        world.publish("good", 12);
        world.poisonous = {1};
        Instance instance(world);
        ASSERT_TRUE(instance.settle());
        EXPECT_THAT(world.taken()["good"], ElementsAre(11, 12));
        EXPECT_FALSE(world.taken().contains("bad"));
        EXPECT_FALSE(world.ledgers().contains("bad"));

        const auto letters = world.letters();
        ASSERT_EQ(letters.size(), 2U);
        EXPECT_EQ(letters[0].position, first);
        EXPECT_EQ(letters[0].state, DeadLetterState::poisoned);
        EXPECT_EQ(letters[0].attempts, 5);
        EXPECT_EQ(letters[0].error_code, static_cast<int>(ErrorCode::rejected));
        EXPECT_EQ(letters[0].error, "poison at 1");
        EXPECT_EQ(letters[0].key, "bad");
        EXPECT_EQ(letters[0].type, "Ordered");
        EXPECT_EQ(letters[1].position, second);
        EXPECT_EQ(letters[1].state, DeadLetterState::queued);
        EXPECT_EQ(letters[1].attempts, 0);
        EXPECT_EQ(std::ranges::count(world.tried, 1), 5);
        EXPECT_EQ(std::ranges::count(world.tried, 2), 0);
    }
}

TEST(DeadLetters, an_exception_is_poison) {
    TALLY_COVERS("F29", "A03.3");
    World world(1);
    world.publish("bad", 1);
    world.throwing = {1};
    Instance instance(world);
    ASSERT_TRUE(instance.settle());
    ASSERT_EQ(world.letters().size(), 1U);
    EXPECT_EQ(world.letters()[0].error, "the handler threw: a bug at 1");
    EXPECT_EQ(world.letters()[0].error_code, static_cast<int>(ErrorCode::internal));
}

TEST(DeadLetters, what_cannot_be_decoded_is_poison) {
    TALLY_COVERS("F29", "A03.3");
    World world(2);
    EventType newer = event_type<Ordered>;
    world.append(*world.publisher, "s", world.raw_event("a", newer, R"({"sku": 5})"));
    world.append(*world.publisher, "s", world.raw_event("b", newer, "not JSON"));
    newer.schema = 7;
    world.append(*world.publisher, "s", world.raw_event("c", newer, R"({"sku": "c", "number": 1})"));
    world.publish("d", 4);
    Instance instance(world);
    ASSERT_TRUE(instance.settle());
    EXPECT_EQ(world.letters().size(), 3U);
    EXPECT_THAT(world.taken()["d"], ElementsAre(4));
}

TEST(DeadLetters, redrive_handles_the_queue_in_order_and_then_what_is_live) {
    TALLY_COVERS("I4", "I16", "A03.2");
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        const Position first = world.publish("bad", 1);
        world.publish("bad", 2);
        world.publish("good", 11);
        world.poisonous = {1};
        Instance instance(world);
        ASSERT_TRUE(instance.settle());
        world.poisonous.clear();
        DeadLetters letters(*world.stock);
        const auto asked = world.run(letters.redrive(id_of(first), "fixed, says an operator"));
        ASSERT_TRUE(asked);
        EXPECT_EQ(asked->state, DeadLetterState::redriving);
        world.publish("bad", 3);
        instance.runner.poke();
        ASSERT_TRUE(until_left(instance, 0));
        ASSERT_TRUE(instance.settle());
        EXPECT_THAT(world.taken()["bad"], ElementsAre(1, 2, 3));
        EXPECT_THAT(world.ledgers()["bad"], ElementsAre(1, 2, 3));
        EXPECT_TRUE(world.letters().empty());
        world.publish("bad", 4);
        ASSERT_TRUE(instance.settle());
        world.expect_each_once();
    }
}

TEST(DeadLetters, a_request_is_noticed_without_a_poke) {
    World world(3);
    const Position first = world.publish("bad", 1);
    world.poisonous = {1};
    Instance instance(world);
    ASSERT_TRUE(instance.settle());
    world.poisonous.clear();
    ASSERT_TRUE(world.run(DeadLetters(*world.stock).redrive(id_of(first), "")));
    ASSERT_TRUE(world.simulation.run_until([&] { return instance.status().parked == 0; }, 2s));
    world.expect_each_once();
}

TEST(DeadLetters, what_fails_again_stays_poisoned_with_its_queue) {
    TALLY_COVERS("A03.2", "I16");
    World world(4);
    const Position first = world.publish("bad", 1);
    world.publish("bad", 2);
    world.poisonous = {1};
    Instance instance(world);
    ASSERT_TRUE(instance.settle());
    ASSERT_TRUE(world.run(DeadLetters(*world.stock).redrive(id_of(first), "again")));
    instance.runner.poke();
    ASSERT_TRUE(world.simulation.run_until([&] { return std::ranges::count(world.tried, 1) == 6; }, 1min));
    world.simulation.run_until([] { return false; }, 5s);
    const auto letters = world.letters();
    ASSERT_EQ(letters.size(), 2U);
    EXPECT_EQ(letters[0].state, DeadLetterState::poisoned);
    EXPECT_EQ(letters[0].attempts, 6);
    EXPECT_EQ(letters[1].state, DeadLetterState::queued);
    EXPECT_EQ(std::ranges::count(world.tried, 1), 6);
    EXPECT_FALSE(world.taken().contains("bad"));
}

TEST(DeadLetters, skip_passes_one_over_and_handles_its_queue) {
    TALLY_COVERS("I4", "A03.1");
    World world(5);
    const Position first = world.publish("bad", 1);
    world.publish("bad", 2);
    const Position third = world.publish("bad", 3);
    world.publish("bad", 4);
    world.poisonous = {1, 3};
    Instance instance(world);
    ASSERT_TRUE(instance.settle());
    DeadLetters letters(*world.stock);
    ASSERT_TRUE(world.run(letters.skip(id_of(first), "a test order")));
    instance.runner.poke();
    // 2 is handled, 3 is poisonous itself and holds back 4.
    ASSERT_TRUE(until_left(instance, 2));
    world.simulation.run_until([] { return false; }, 5s);
    EXPECT_THAT(world.taken()["bad"], ElementsAre(2));
    ASSERT_TRUE(world.run(letters.skip(id_of(third), "another")));
    instance.runner.poke();
    ASSERT_TRUE(until_left(instance, 0));
    EXPECT_THAT(world.taken()["bad"], ElementsAre(2, 4));
    EXPECT_THAT(world.ledgers()["bad"], ElementsAre(2, 4));
}

TEST(DeadLetters, a_crash_in_the_middle_of_a_redrive_goes_on_after_a_restart) {
    TALLY_COVERS("I3", "I4", "F32");
    for (const bool after : {false, true}) {
        for (int commit = 1; commit <= 4; ++commit) {
            SCOPED_TRACE(::testing::Message() << "commit " << commit << (after ? " after" : " before") << " writing");
            World world(6);
            const Position first = world.publish("bad", 1);
            for (int number = 2; number <= 4; ++number) world.publish("bad", number);
            world.poisonous = {1};
            {
                Instance parks(world);
                ASSERT_TRUE(parks.settle());
            }
            world.poisonous.clear();
            ASSERT_TRUE(world.run(DeadLetters(*world.stock).redrive(id_of(first), "")));
            {
                Instance crashes(world);
                crashes.store.crash_at_commit = commit;
                crashes.store.crash_after = after;
                ASSERT_TRUE(world.simulation.run_until([&] { return crashes.store.crashed(); }, 1min));
                for (int steps = 0; steps < 100; ++steps) world.simulation.step();
            }
            world.publish("bad", 5);
            Instance instance(world);
            ASSERT_TRUE(instance.settle());
            ASSERT_TRUE(until_left(instance, 0));
            ASSERT_TRUE(instance.settle());
            world.expect_each_once();
        }
    }
}

TEST(DeadLetters, an_instance_that_holds_the_key_for_parked_is_fenced_by_the_redrive) {
    TALLY_COVERS("I4", "F31");
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        const Position first = world.publish("bad", 1);
        world.poisonous = {1};
        Instance one(world);
        ASSERT_TRUE(one.settle());
        ConsumerOptions idle;
        idle.poll = std::chrono::hours(1);
        Instance other(world, idle);
        ASSERT_TRUE(other.settle());
        world.simulation.run_until([] { return false; }, 5s);
        world.poisonous.clear();
        ASSERT_TRUE(world.run(DeadLetters(*world.stock).redrive(id_of(first), "")));
        ASSERT_TRUE(until_left(one, 0));
        one.kill();
        EXPECT_EQ(other.status().parked, 1U);
        world.publish("bad", 2);
        ASSERT_TRUE(other.settle());
        ASSERT_TRUE(world.simulation.run_until([&] { return world.taken() == world.ordered(); }, 1min));
        EXPECT_EQ(other.status().fenced, 1U);
        EXPECT_TRUE(world.letters().empty());
        world.expect_each_once();
    }
}

TEST(DeadLetters, two_instances_that_see_one_request_do_it_once) {
    TALLY_COVERS("I3", "F31");
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        const Position first = world.publish("bad", 1);
        world.publish("bad", 2);
        world.poisonous = {1};
        Instance one(world);
        Instance other(world);
        ASSERT_TRUE(world.simulation.run_until([&] { return one.settled() && other.settled(); }, 1min));
        world.poisonous.clear();
        ASSERT_TRUE(world.run(DeadLetters(*world.stock).redrive(id_of(first), "")));
        one.runner.poke();
        other.runner.poke();
        ASSERT_TRUE(until_left(one, 0));
        ASSERT_TRUE(until_left(other, 0));
        world.expect_each_once();
    }
}

TEST(DeadLetters, a_full_queue_pauses_its_shard_until_there_is_room) {
    TALLY_COVERS("I14", "I16");
    World world(7);
    const Position first = world.publish("bad", 1);
    for (int number = 2; number <= 6; ++number) world.publish("bad", number);
    for (int number = 101; number <= 140; ++number) world.publish("good" + std::to_string(number), number);
    world.poisonous = {1};
    ConsumerOptions options;
    options.parked_limit = 3;
    Instance instance(world, options);
    (void)instance.settle(1min);
    ASSERT_EQ(instance.status().paused_shards.size(), 1U);
    const auto& [shard, reason] = *instance.status().paused_shards.begin();
    EXPECT_EQ(shard, shard_of("bad", world.publisher->shards()));
    EXPECT_THAT(reason, HasSubstr("key 'bad' has 3 dead letters"));
    EXPECT_THAT(reason, HasSubstr("waits at position 4"));
    EXPECT_EQ(world.letters().size(), 3U);
    // Everything of the other shards is done.
    const auto taken = world.taken();
    for (const auto& [sku, numbers] : world.ordered())
        EXPECT_EQ(taken.contains(sku), shard_of(sku, world.publisher->shards()) != shard) << sku;

    world.poisonous.clear();
    ASSERT_TRUE(world.run(DeadLetters(*world.stock).redrive(id_of(first), "")));
    instance.runner.poke();
    ASSERT_TRUE(world.simulation.run_until([&] { return world.taken() == world.ordered(); }, 1min));
    EXPECT_TRUE(instance.status().paused_shards.empty());
    world.expect_each_once();
}

TEST(DeadLetters, requests_are_refused_where_they_make_no_sense) {
    World world(8);
    const Position first = world.publish("bad", 1);
    const Position second = world.publish("bad", 2);
    world.poisonous = {1};
    {
        Instance instance(world);
        ASSERT_TRUE(instance.settle());
    }
    DeadLetters letters(*world.stock);
    EXPECT_EQ(world.run(letters.redrive(id_of(99), "")).error().code, ErrorCode::not_found);
    EXPECT_EQ(world.run(letters.show(id_of(99))).error().code, ErrorCode::not_found);
    EXPECT_EQ(world.run(letters.redrive(id_of(second), "")).error().code, ErrorCode::rejected);
    EXPECT_TRUE(world.run(letters.redrive(id_of(first), "one")));
    EXPECT_TRUE(world.run(letters.redrive(id_of(first), "two")));
    EXPECT_EQ(world.run(letters.skip(id_of(first), "")).error().code, ErrorCode::conflict);
    const auto shown = world.run(letters.show(id_of(first)));
    EXPECT_EQ(shown->note, "one");
    EXPECT_EQ(shown->correlation, world.run(world.publisher->read(LogRead{}))->begin()->correlation);
}

TEST(DeadLetters, are_listed_by_pages_and_consumer) {
    World world(9);
    for (int number = 1; number <= 7; ++number) {
        world.publish("a" + std::to_string(number), number);
        world.poisonous.insert(number);
    }
    Instance instance(world);
    ASSERT_TRUE(instance.settle());
    DeadLetters letters(*world.stock);
    std::vector<Position> seen;
    const DeadLetterFilter filter{.consumer = "stock"};
    std::string after;
    do {
        auto page = world.run(letters.list(filter, 3, after));
        ASSERT_TRUE(page);
        for (const DeadLetter& letter : page->items) seen.push_back(letter.position);
        after = page->next;
    } while (!after.empty());
    EXPECT_THAT(seen, ElementsAre(1, 2, 3, 4, 5, 6, 7));
    EXPECT_TRUE(world.run(letters.list({.consumer = "stoc"}, 10))->items.empty());
}

}  // namespace
}  // namespace tally::shelves
