// Goal: a rebuild ends with the same read model, and nobody who reads meanwhile notices it. Method: as for the runner;
// where a rebuild is to be seen at work, it is stepped until it has begun.

#include <gtest/gtest.h>

#include "tally/flow/projection_state.hpp"
#include "tally/flow/projection_test_kit.hpp"
#include "tally/testing/covers.hpp"

namespace tally::accounts {
namespace {

constexpr std::uint64_t seeds = 30;

ProjectionState state_of(World& world) {
    return world.run(load_projection_state(*world.store, "accounts")).value().state;
}

/// Runs until the rebuild has made some documents.
bool run_into_rebuild(Process& process, Position position = 1) {
    const auto begun = [&] {
        const auto status = process.runner.status();
        return status.rebuild && status.rebuild->position >= position;
    };
    return process.world.simulation.run_until(begun, std::chrono::seconds(10));
}

/// Runs until no rebuild is at work, all is applied, and what is retired is gone.
bool run_until_removed(Process& process) {
    World& world = process.world;
    for (int tick = 0; tick < 200; ++tick) {
        const ProjectionState state = state_of(world);
        const auto status = process.runner.status();
        if (!state.rebuilding && state.retired.empty() && status.generation == state.live &&
            status.position == world.head())
            return true;
        world.simulation.run(world.simulation.clock().sleep_for(std::chrono::milliseconds(300)));
    }
    return false;
}

/// Only the live generation is there, it is the fold of the log, and nothing is left of any other.
void expect_only(World& world, Process& process, int generation) {
    const Documents expected = world.naive_fold();
    EXPECT_EQ(process.runner.status().generation, generation);
    EXPECT_EQ(process.live_documents(), expected);
    EXPECT_EQ(process.hash(), hash_of(expected));
    for (int other = 1; other <= generation + 3; ++other) {
        if (other != generation)
            EXPECT_EQ(world.documents(generation_collection("accounts", other)).size(), 0U) << other;
    }
    const Documents progress = world.documents("tally.progress");
    EXPECT_EQ(progress.size(), 1U);
    EXPECT_TRUE(progress.contains("accounts/" + std::to_string(generation) + "/log"));
}

TEST(ProjectionRebuild, MakesTheSameReadModelWhileEventsCome) {
    TALLY_COVERS("I11", "C11.6");
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        world.simulation.run(world.write(80));
        Process process(world, make_projection<AccountView>(), 1 + seed % 9);
        ASSERT_TRUE(process.settle());
        TaskGroup writers(world.simulation.executor());
        writers.spawn("writer", world.write(80));
        world.steps(world.simulation.random().below(50));
        ASSERT_TRUE(world.run(process.runner.rebuild()).has_value());
        ASSERT_TRUE(world.simulation.run_until([&] { return writers.running() == 0; }, std::chrono::minutes(1)));
        ASSERT_TRUE(run_until_removed(process));
        expect_only(world, process, 2);
    }
}

TEST(ProjectionRebuild, EqualsTheHashBefore) {
    TALLY_COVERS("I11");
    World world(1);
    world.simulation.run(world.write(200));
    Process process(world, make_projection<AccountView>());
    ASSERT_TRUE(process.settle());
    const std::string before = process.hash();
    ASSERT_TRUE(world.run(process.runner.rebuild()).has_value());
    ASSERT_TRUE(run_until_removed(process));
    EXPECT_EQ(process.runner.status().generation, 2);
    EXPECT_EQ(process.hash(), before);
}

TEST(ProjectionRebuild, ReadsAnswerTheOldGenerationAndWritesGoOn) {
    World world(2);
    world.simulation.run(world.write(200));
    Process process(world, make_projection<AccountView>(), 4);
    ASSERT_TRUE(process.settle());
    ASSERT_TRUE(world.run(process.runner.rebuild()).has_value());
    ASSERT_TRUE(run_into_rebuild(process, 20));

    const auto status = process.runner.status();
    ASSERT_TRUE(status.rebuild);
    EXPECT_EQ(status.rebuild->generation, 2);
    EXPECT_LT(status.rebuild->position, 100U);
    EXPECT_EQ(world.run(process.runner.collection()).value(), "accounts.g1");

    world.append(world.event("new", Deposited{"new", 5}));
    ASSERT_TRUE(world.run(process.runner.wait_for(201, std::chrono::seconds(1))).has_value());
    ASSERT_TRUE(process.runner.status().rebuild);
    EXPECT_EQ(process.live_documents(), world.naive_fold());
    EXPECT_EQ(world.run(process.runner.collection()).value(), "accounts.g1");
    ASSERT_TRUE(run_until_removed(process));
    expect_only(world, process, 2);
}

TEST(ProjectionRebuild, NeverTakesReadsBackwards) {
    TALLY_COVERS("I11");
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        world.simulation.run(world.write(40));
        Process one(world, make_projection<AccountView>(), 2 + seed % 20);
        Process two(world, make_projection<AccountView>(), 2 + seed % 3);
        ASSERT_TRUE(one.settle());
        ASSERT_TRUE(two.settle());
        TaskGroup writers(world.simulation.executor());
        writers.spawn("writer", world.write(120));
        ASSERT_TRUE(world.run(one.runner.rebuild()).has_value());
        Position seen[2] = {0, 0};
        bool backwards = false;
        const auto watch = [&](const Process& process, Position& before) {
            const auto status = process.runner.status();
            backwards = backwards || status.position < before || status.position > status.head;
            before = status.position;
            return status.generation == 2;
        };
        const auto swapped = [&] { return watch(one, seen[0]) && watch(two, seen[1]) && writers.running() == 0; };
        EXPECT_TRUE(world.simulation.run_until(swapped, std::chrono::minutes(1)));
        EXPECT_FALSE(backwards);
        world.simulation.run(writers.close());
    }
}

TEST(ProjectionRebuild, TellsHowLongItWillTake) {
    World world(3);
    world.simulation.run(world.write(100));
    Process process(world, make_projection<AccountView>(), 10);
    ASSERT_TRUE(process.settle());
    const Timestamp asked_at = world.simulation.clock().now();
    ASSERT_TRUE(world.run(process.runner.rebuild()).has_value());
    ASSERT_TRUE(run_into_rebuild(process, 40));
    EXPECT_FALSE(process.runner.status().rebuild->eta);  // no time has passed: no rate
    EXPECT_EQ(process.runner.status().rebuild->started_at, asked_at);
    process.kill();
    const Position done = process.runner.status().rebuild->position;
    world.simulation.run(world.simulation.clock().sleep_for(std::chrono::seconds(4)));
    const auto eta = process.runner.status().rebuild->eta;
    ASSERT_TRUE(eta);
    const double seconds = 4.0 * static_cast<double>(100 - done) / static_cast<double>(done);
    EXPECT_NEAR(std::chrono::duration<double>(*eta).count(), seconds, 0.01);
}

TEST(ProjectionRebuild, IsShownAsSoonAsItIsAskedFor) {
    World world(4);
    world.simulation.run(world.write(50));
    Process process(world, make_projection<AccountView>(), 2);
    ASSERT_TRUE(process.settle());
    const Timestamp now = world.simulation.clock().now();
    ASSERT_TRUE(world.run(process.runner.rebuild()).has_value());
    ASSERT_TRUE(process.runner.status().rebuild);
    EXPECT_EQ(process.runner.status().rebuild->generation, 2);
    EXPECT_EQ(process.runner.status().rebuild->started_at, now);
    ASSERT_TRUE(world.run(process.runner.cancel_rebuild()).has_value());
    EXPECT_FALSE(process.runner.status().rebuild);
    ASSERT_TRUE(run_until_removed(process));
    EXPECT_FALSE(process.runner.status().rebuild);

    // Nobody runs it: it is shown all the same.
    process.kill();
    ASSERT_TRUE(world.run(process.runner.rebuild()).has_value());
    ASSERT_TRUE(process.runner.status().rebuild);
    EXPECT_EQ(process.runner.status().rebuild->generation, 3);
}

TEST(ProjectionRebuild, IsOneAtATime) {
    World world(4);
    world.simulation.run(world.write(100));
    Process process(world, make_projection<AccountView>(), 2);
    const auto none = world.run(process.runner.cancel_rebuild());
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::rejected);
    ASSERT_TRUE(world.run(process.runner.rebuild()).has_value());
    const auto second = world.run(process.runner.rebuild());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::rejected);
}

TEST(ProjectionRebuild, CancelRemovesWhatItMade) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        world.simulation.run(world.write(100));
        Process process(world, make_projection<AccountView>(), 3);
        ASSERT_TRUE(process.settle());
        ASSERT_TRUE(world.run(process.runner.rebuild()).has_value());
        ASSERT_TRUE(run_into_rebuild(process, 1 + seed % 50));
        ASSERT_TRUE(world.run(process.runner.cancel_rebuild()).has_value());
        ASSERT_TRUE(run_until_removed(process));
        expect_only(world, process, 1);

        // The next one takes a number of its own.
        ASSERT_TRUE(world.run(process.runner.rebuild()).has_value());
        ASSERT_TRUE(run_until_removed(process));
        expect_only(world, process, 3);
    }
}

TEST(ProjectionRebuild, ANewOneMayBeginWhileTheOldIsBeingRemoved) {
    World world(5);
    world.simulation.run(world.write(60));
    Process process(world, make_projection<AccountView>(), 3);
    ASSERT_TRUE(process.settle());
    for (int generation = 2; generation <= 4; ++generation) {
        ASSERT_TRUE(world.run(process.runner.rebuild()).has_value());
        ASSERT_TRUE(process.world.simulation.run_until([&] { return process.runner.status().generation == generation; },
                                                       std::chrono::milliseconds(100)));
    }
    EXPECT_EQ(state_of(world).retired, (std::vector<int>{1, 2, 3}));
    ASSERT_TRUE(run_until_removed(process));
    expect_only(world, process, 4);
}

TEST(ProjectionRebuild, RemovesMoreDocumentsThanFitInACommit) {
    World world(6);
    for (int block = 0; block < 12; ++block) {
        Changes changes;
        for (int i = 0; i < 100; ++i) {
            const std::string account = "account-" + std::to_string(block * 100 + i);
            changes.appends.push_back({account, ExpectedVersion::none(), {}});
            changes.appends.back().events.push_back(world.event(account, Deposited{account, 1}));
        }
        ASSERT_TRUE(world.run(world.store->commit(std::move(changes))).has_value());
    }
    Process process(world, make_projection<AccountView>(), 512);
    ASSERT_TRUE(process.settle());
    ASSERT_TRUE(world.run(process.runner.rebuild()).has_value());
    const std::uint64_t flushes = world.store->statistics().flushes;
    ASSERT_TRUE(run_until_removed(process));
    EXPECT_EQ(world.store->statistics().flushes, flushes + 2);  // the swap, and the end of the removal
    expect_only(world, process, 2);
}

TEST(ProjectionRebuild, SurvivesKillsAnywhere) {
    TALLY_COVERS("I11", "F32");
    for (std::uint64_t seed = 1; seed <= 2 * seeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        Random& random = world.simulation.random();
        world.simulation.run(world.write(60));
        TaskGroup writers(world.simulation.executor());
        writers.spawn("writer", world.write(60));
        for (int life = 0; life < 10; ++life) {
            Process process(world, make_projection<AccountView>(), 1 + seed % 6);
            if (random.below(3) == 0) (void)world.run(process.runner.rebuild());
            if (random.below(6) == 0) (void)world.run(process.runner.cancel_rebuild());
            world.steps(random.below(400));
        }
        ASSERT_TRUE(world.simulation.run_until([&] { return writers.running() == 0; }, std::chrono::minutes(1)));
        Process last(world, make_projection<AccountView>());
        ASSERT_TRUE(run_until_removed(last));
        expect_only(world, last, last.runner.status().generation);
    }
}

TEST(ProjectionRebuild, TwoRunnersAgree) {
    TALLY_COVERS("I11");
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        world.simulation.run(world.write(60));
        Process one(world, make_projection<AccountView>(), 3);
        Process two(world, make_projection<AccountView>(), 4);
        TaskGroup writers(world.simulation.executor());
        writers.spawn("writer", world.write(60));
        world.steps(world.simulation.random().below(100));
        ASSERT_TRUE(world.run(one.runner.rebuild()).has_value());
        ASSERT_TRUE(world.simulation.run_until([&] { return writers.running() == 0; }, std::chrono::minutes(1)));
        ASSERT_TRUE(run_until_removed(one));
        ASSERT_TRUE(run_until_removed(two));
        expect_only(world, one, 2);
        expect_only(world, two, 2);
    }
}

TEST(ProjectionRebuild, AnIdleRunnerNoticesTheSwapOfAnotherOneBeforeTheOldDocumentsGo) {
    World world(7);
    world.simulation.run(world.write(60));
    Process one(world, make_projection<AccountView>());
    Process two(world, make_projection<AccountView>());
    ASSERT_TRUE(one.settle());
    ASSERT_TRUE(two.settle());
    ASSERT_TRUE(world.run(one.runner.rebuild()).has_value());
    const Documents expected = world.naive_fold();
    for (int tick = 0; tick < 100; ++tick) {
        EXPECT_EQ(two.live_documents(), expected);
        world.simulation.run(world.simulation.clock().sleep_for(std::chrono::milliseconds(50)));
    }
    EXPECT_EQ(two.runner.status().generation, 2);
    EXPECT_EQ(world.documents("accounts.g1").size(), 0U);
}

TEST(ProjectionRebuild, AFixedBinaryContinuesARebuildThatPaused) {
    TALLY_COVERS("C11.6");
    World world(8);
    world.simulation.run(world.write(30));
    world.append(world.event("a", Withdrawn{"a", unlucky_amount}));
    {
        Process old(world, make_projection<AccountView>());
        ASSERT_TRUE(old.settle());
    }
    {
        Process broken(world, projection_failing_at_13());
        ASSERT_TRUE(broken.settle());
        ASSERT_TRUE(world.run(broken.runner.rebuild()).has_value());
        const auto paused = [&] {
            const auto status = broken.runner.status();
            return status.rebuild && status.rebuild->paused;
        };
        ASSERT_TRUE(world.simulation.run_until(paused, std::chrono::seconds(5)));
        EXPECT_NE(broken.runner.status().rebuild->paused->find("event 31"), std::string::npos);
        EXPECT_EQ(broken.runner.status().rebuild->position, 30U);
        EXPECT_FALSE(broken.runner.status().paused);

        // The live generation goes on beside it.
        world.append(world.event("b", Deposited{"b", 1}));
        ASSERT_TRUE(world.run(broken.runner.wait_for(32, std::chrono::seconds(1))).has_value());
        EXPECT_EQ(broken.live_documents(), world.naive_fold());
    }
    Process fixed(world, make_projection<AccountView>());
    ASSERT_TRUE(run_until_removed(fixed));
    expect_only(world, fixed, 2);
}

TEST(ProjectionRebuild, ARebuildTriesAPausedProjectionAgain) {
    TALLY_COVERS("C11.6");
    World world(9);
    static bool broken = true;
    broken = true;
    Projection projection = make_projection<AccountView>();
    for (Projection::On& on : projection.on)
        on.apply = [](std::any& view, const Projection::Change& change, const Envelope& envelope) {
            if (broken) throw std::runtime_error("not now");
            const auto& event = std::any_cast<const Deposited&>(change.event);
            std::any_cast<AccountView&>(view).apply(event, envelope);
        };
    world.append(world.event("a", Deposited{"a", 1}));
    Process process(world, std::move(projection));
    const auto paused = [&] { return process.runner.status().paused.has_value(); };
    ASSERT_TRUE(world.simulation.run_until(paused, std::chrono::seconds(5)));
    broken = false;
    world.simulation.run(world.simulation.clock().sleep_for(std::chrono::minutes(1)));
    ASSERT_TRUE(paused());
    ASSERT_TRUE(world.run(process.runner.rebuild()).has_value());
    ASSERT_TRUE(run_until_removed(process));
    EXPECT_FALSE(paused());
    expect_only(world, process, 2);
}

}  // namespace
}  // namespace tally::accounts
