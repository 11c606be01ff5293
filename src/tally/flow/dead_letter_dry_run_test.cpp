// Goal: a dry run tells what a redrive or skip then does, and leaves no trace.
#include "tally/flow/dead_letter_dry_run.hpp"

#include <gmock/gmock.h>

#include "tally/flow/consumer_test_kit.hpp"
#include "tally/testing/covers.hpp"

namespace tally::shelves {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::size_t many = 1'000;

DeadLetter asked(World& world, std::size_t index, DeadLetterState wanted = DeadLetterState::redriving) {
    DeadLetter letter = world.letters().at(index);
    EXPECT_TRUE(ask_for(letter, wanted, ""));
    return letter;
}

std::vector<DryRunOutcome> outcomes(const DryRunReport& report) {
    std::vector<DryRunOutcome> all;
    for (const DryRunLetter& letter : report.letters) all.push_back(letter.outcome);
    return all;
}

/// Everything that is stored, as text.
std::string contents(World& world) {
    std::string all;
    const auto log = world.run(world.stock->read(LogRead{.limit = 10'000}));
    for (const RecordedEvent& event : *log) all += std::string(event.stream) + " " + std::string(event.data) + "\n";
    for (const char* collection : {"ledger", "tally.dead_letters", "tally.progress"}) {
        const auto page = world.run(world.stock->find({.collection = collection, .limit = 10'000}));
        for (const Document& document : page->documents)
            all += document.key.key + " " + std::to_string(document.revision) + " " + document.body + "\n";
    }
    return all;
}

TEST(DeadLetterDryRun, tells_of_the_queue_up_to_the_first_that_fails_and_writes_nothing) {
    TALLY_COVERS("A03.2");
    World world(1);
    for (int number = 1; number <= 4; ++number) world.publish("bad", number);
    world.poisonous = {1, 3};
    Instance instance(world);
    ASSERT_TRUE(instance.settle());
    const std::string before = contents(world);
    const std::string metrics = world.metrics->expose();
    const auto still = world.run(instance.runner.dry_run(asked(world, 0), many));
    ASSERT_TRUE(still) << still.error().text;
    EXPECT_THAT(outcomes(*still), ElementsAre(DryRunOutcome::failed, DryRunOutcome::unreachable,
                                              DryRunOutcome::unreachable, DryRunOutcome::unreachable));
    EXPECT_EQ(still->letters[0].error, "poison at 1");
    EXPECT_EQ(still->letters[0].error_code, static_cast<int>(ErrorCode::rejected));
    EXPECT_THAT(still->letters[0].events, IsEmpty());

    world.poisonous = {3};
    const auto mended = world.run(instance.runner.dry_run(asked(world, 0), many));
    EXPECT_THAT(outcomes(*mended), ElementsAre(DryRunOutcome::handled, DryRunOutcome::handled, DryRunOutcome::failed,
                                               DryRunOutcome::unreachable));
    ASSERT_EQ(mended->letters[1].events.size(), 1U);
    EXPECT_EQ(mended->letters[1].id, key_of(world.letters()[1]));
    EXPECT_EQ(mended->letters[1].events[0].type, "Taken");
    EXPECT_EQ(mended->letters[1].events[0].stream, "shelf-bad");
    EXPECT_EQ(mended->letters[1].events[0].count, 1);
    EXPECT_TRUE(mended->complete);

    const auto skipped = world.run(instance.runner.dry_run(asked(world, 0, DeadLetterState::skipping), many));
    EXPECT_THAT(outcomes(*skipped), ElementsAre(DryRunOutcome::skipped, DryRunOutcome::handled, DryRunOutcome::failed,
                                                DryRunOutcome::unreachable));
    EXPECT_EQ(contents(world), before);
    EXPECT_EQ(world.metrics->expose(), metrics);
}

TEST(DeadLetterDryRun, a_dependency_that_is_away_is_no_failure_of_the_event) {
    World world(2);
    world.publish("bad", 1);
    world.publish("bad", 2);
    world.poisonous = {1};
    Instance instance(world);
    ASSERT_TRUE(instance.settle());
    world.failing = 1;
    const auto report = world.run(instance.runner.dry_run(asked(world, 0), many));
    EXPECT_THAT(outcomes(*report), ElementsAre(DryRunOutcome::waiting, DryRunOutcome::unreachable));
    EXPECT_EQ(instance.status().state, ConsumerStatus::State::running);
}

TEST(DeadLetterDryRun, tells_of_no_more_letters_than_it_may) {
    World world(3);
    for (int number = 1; number <= 250; ++number) world.publish("bad", number);
    world.poisonous = {1};
    Instance instance(world);
    ASSERT_TRUE(instance.settle());
    world.poisonous.clear();
    const auto cut = world.run(instance.runner.dry_run(asked(world, 0), 120));
    EXPECT_EQ(cut->letters.size(), 120U);
    EXPECT_FALSE(cut->complete);
    const auto whole = world.run(instance.runner.dry_run(asked(world, 0), 250));
    EXPECT_EQ(whole->letters.size(), 250U);
    EXPECT_TRUE(whole->complete);
}

TEST(DeadLetterDryRun, only_the_first_of_a_key_is_tried_and_only_by_the_owner_of_its_shard) {
    World world(4);
    world.publish("bad", 1);
    world.publish("bad", 2);
    world.poisonous = {1};
    DeadLetter first;
    {
        Instance instance(world);
        ASSERT_TRUE(instance.settle());
        first = asked(world, 0);
        DeadLetter second = world.letters()[1];
        second.state = DeadLetterState::redriving;
        EXPECT_EQ(world.run(instance.runner.dry_run(second, many)).error().code, ErrorCode::conflict);
        DeadLetter gone = first;
        gone.key = "other";
        EXPECT_EQ(world.run(instance.runner.dry_run(gone, many)).error().code, ErrorCode::not_found);
    }
    World idle(4);
    ConsumerRunner not_started(idle.new_consumer(),
                               {.store = *world.stock,
                                .bus = *create_log_bus({{"products.events", world.publisher.get()}}),
                                .clock = world.simulation.clock(),
                                .random = world.simulation.random(),
                                .metrics = *world.metrics},
                               {});
    EXPECT_EQ(world.run(not_started.dry_run(first, many)).error().code, ErrorCode::unavailable);
}

TEST(DeadLetterDryRun, a_handler_can_tell_and_its_session_is_never_committed) {
    World world(5);
    Session session(*world.stock, {}, {.make_id = ids_of_consumer("stock"), .dry_run = true});
    EXPECT_TRUE(session.dry_run());
    EXPECT_FALSE(Session(*world.stock, {}, {.make_id = ids_of_consumer("stock")}).dry_run());
    session.put("a", Ledger{});
    EXPECT_THROW((void)world.run(session.commit()), std::logic_error);
    EXPECT_THAT(world.ledgers(), IsEmpty());
}

TEST(DeadLetterDryRun, foretells_what_the_redrive_then_does) {
    TALLY_COVERS("I16");
    std::size_t handled = 0;
    std::size_t failed = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        Random& random = world.simulation.random();
        for (std::int64_t number = 1; number <= 10; ++number) {
            world.publish("bad", number);
            if (number == 1 || random.below(3) == 0) world.poisonous.insert(number);
        }
        Instance instance(world);
        ASSERT_TRUE(instance.settle());
        std::erase_if(world.poisonous, [&](std::int64_t number) { return number == 1 || random.below(3) != 0; });
        const bool skips = random.below(4) == 0;
        const auto wanted = skips ? DeadLetterState::skipping : DeadLetterState::redriving;
        const auto report = world.run(instance.runner.dry_run(asked(world, 0, wanted), many));
        ASSERT_TRUE(report);
        const auto goes = std::ranges::count(report->letters, DryRunOutcome::handled, &DryRunLetter::outcome);
        const auto fails = std::ranges::count(report->letters, DryRunOutcome::failed, &DryRunLetter::outcome);

        DeadLetters letters(*world.stock);
        const std::string first = key_of(world.letters()[0]);
        ASSERT_TRUE(skips ? world.run(letters.skip(first, "")) : world.run(letters.redrive(first, "")));
        instance.runner.poke();
        world.simulation.run_until([] { return false; }, 5s);
        EXPECT_EQ(world.taken()["bad"].size(), static_cast<std::size_t>(goes));
        const auto left = world.letters();
        EXPECT_EQ(left.size(), 10U - static_cast<std::size_t>(goes) - (skips ? 1 : 0));
        ASSERT_EQ(left.empty(), fails == 0);
        for (const DryRunLetter& told : report->letters)
            if (told.outcome == DryRunOutcome::failed) EXPECT_EQ(told.id, key_of(left.front()));
        handled += static_cast<std::size_t>(goes);
        failed += static_cast<std::size_t>(fails);
    }
    EXPECT_GT(handled, 50U);
    EXPECT_GT(failed, 5U);
}

}  // namespace
}  // namespace tally::shelves
