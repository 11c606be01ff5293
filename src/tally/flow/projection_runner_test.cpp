// Goal: whatever happens to its runner, a read model is the fold of its log. Method: a naive fold of the same log, on
// many seeds, each with its own interleaving.

#include "tally/flow/projection_runner.hpp"

#include <gtest/gtest.h>

#include "tally/flow/projection_state.hpp"
#include "tally/flow/projection_stores_test_kit.hpp"
#include "tally/flow/projection_test_kit.hpp"
#include "tally/testing/covers.hpp"

namespace tally::accounts {
namespace {

constexpr std::uint64_t seeds = 40;

void expect_fold(World& world, Process& process) {
    const Documents expected = world.naive_fold();
    EXPECT_EQ(process.live_documents(), expected);
    EXPECT_EQ(process.hash(), hash_of(expected));
}

TEST(ProjectionRunner, EqualsANaiveFoldWhileEventsCome) {
    TALLY_COVERS("I11", "B11.3");
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        Process process(world, make_projection<AccountView>(), 1 + seed % 11);
        world.simulation.run(world.write(100));
        ASSERT_TRUE(process.settle());
        EXPECT_EQ(process.runner.status().position, 100U);
        expect_fold(world, process);
    }
}

TEST(ProjectionRunner, EqualsANaiveFoldAfterKillsAnywhere) {
    TALLY_COVERS("I11", "C11.7");
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        TaskGroup writers(world.simulation.executor());
        writers.spawn("writer", world.write(120));
        for (int life = 0; life < 8; ++life) {
            Process process(world, make_projection<AccountView>(), 1 + seed % 7);
            world.steps(world.simulation.random().below(120));
            process.kill();
            EXPECT_LE(process.runner.status().position, world.head());
        }
        Process last(world, make_projection<AccountView>());
        ASSERT_TRUE(world.simulation.run_until([&] { return writers.running() == 0; }, std::chrono::minutes(1)));
        ASSERT_TRUE(last.settle());
        expect_fold(world, last);
    }
}

TEST(ProjectionRunner, GoesOnInANewProcessFromItsProgress) {
    World world(1);
    world.simulation.run(world.write(50));
    {
        Process process(world, make_projection<AccountView>());
        ASSERT_TRUE(process.settle());
    }
    world.reopen(world.disk);
    world.append(world.event("a", Deposited{"a", 5}));
    Process process(world, make_projection<AccountView>());
    ASSERT_TRUE(process.settle());
    EXPECT_EQ(process.runner.status().applied, 1U);
    expect_fold(world, process);
}

TEST(ProjectionRunner, TwoAtOnceDoEachOthersWorkOnce) {
    TALLY_COVERS("I11");
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        Process one(world, make_projection<AccountView>(), 3);
        Process two(world, make_projection<AccountView>(), 5);
        world.simulation.run(world.write(100));
        ASSERT_TRUE(one.settle());
        ASSERT_TRUE(two.settle());
        expect_fold(world, one);
        const Documents before = world.documents("tally.progress");
        EXPECT_EQ(before.size(), 1U);
        EXPECT_TRUE(before.contains("accounts/1/log"));
    }
}

TEST(ProjectionRunner, CatchesUpAfterAPowerLossThatTookDerivedCommits) {
    TALLY_COVERS("I11");
    std::uint64_t lost = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        for (int life = 0; life < 4; ++life) {
            PowerLossStore lossy(*world.store, world.disk);
            world.simulation.run(world.write(15));
            lossy.durable = std::make_shared<MemoryDisk>(*world.disk);
            Process process(world, make_projection<AccountView>(), 4, &lossy);
            if (world.simulation.random().below(3) == 0) {
                const auto begun = world.run(process.runner.rebuild());
                EXPECT_TRUE(begun || begun.error().code == ErrorCode::rejected);
            }
            world.steps(world.simulation.random().below(200));
            process.kill();
            const Position reached = process.runner.status().position;
            world.reopen(lossy.durable);
            const auto left = world.documents("tally.progress");
            lost += left.empty() && reached > 0 ? 1 : 0;
        }
        Process last(world, make_projection<AccountView>());
        ASSERT_TRUE(last.settle());
        expect_fold(world, last);
    }
    EXPECT_GT(lost, 0U);
}

TEST(ProjectionRunner, WaitsForNoDisk) {
    World world(3);
    world.simulation.run(world.write(60));
    const std::uint64_t flushes = world.store->statistics().flushes;
    const std::uint64_t commits = world.store->statistics().commits;
    Process process(world, make_projection<AccountView>());
    ASSERT_TRUE(process.settle());
    EXPECT_EQ(world.store->statistics().flushes, flushes);
    EXPECT_EQ(world.store->statistics().commits, commits + 8);  // 60 events in batches of 8
}

TEST(ProjectionRunner, IsWokenByACommitAndDoesNotPoll) {
    TALLY_COVERS("B11.3");
    World world(4);
    Process process(world, make_projection<AccountView>());
    ASSERT_TRUE(process.settle());
    world.simulation.run(world.simulation.clock().sleep_for(std::chrono::milliseconds(1'500)));
    const Instant before = world.simulation.clock().instant();
    world.append(world.event("a", Deposited{"a", 5}));
    ASSERT_TRUE(process.settle());
    EXPECT_EQ(world.simulation.clock().instant(), before);
}

TEST(ProjectionRunner, PausesAtAnEventThatItCannotApplyAndNamesIt) {
    TALLY_COVERS("I11", "C11.5");
    World world(5);
    world.append(world.event("a", Withdrawn{"a", 1}));
    world.append(world.event("a", Withdrawn{"a", 2}));
    world.append(world.event("a", Withdrawn{"a", unlucky_amount}));
    world.append(world.event("b", Withdrawn{"b", 3}));
    {
        Process broken(world, projection_failing_at_13());
        const auto paused = [&] { return broken.runner.status().paused.has_value(); };
        ASSERT_TRUE(world.simulation.run_until(paused, std::chrono::seconds(5)));
        const ProjectionStatus status = broken.runner.status();
        EXPECT_EQ(status.position, 2U);
        EXPECT_EQ(status.head, 4U);
        EXPECT_NE(status.paused->find("event 3 (Withdrawn)"), std::string::npos) << *status.paused;
        EXPECT_NE(status.paused->find("thirteen"), std::string::npos) << *status.paused;
        EXPECT_EQ(decode<AccountView>(broken.live_documents().at("a"), UnknownFields::refused)->balance, -3);

        // What comes later changes nothing; the lag grows with the clock.
        world.append(world.event("b", Deposited{"b", 1}));
        const Timestamp pending_since = world.simulation.clock().now();
        world.simulation.run(world.simulation.clock().sleep_for(std::chrono::seconds(20)));
        EXPECT_EQ(broken.runner.status().position, 2U);
        EXPECT_FALSE(broken.live_documents().contains("b"));
        EXPECT_GE(broken.runner.status().lag, world.simulation.clock().now() - pending_since);
        const auto waited = world.run(broken.runner.wait_for(4, std::chrono::seconds(1)));
        ASSERT_FALSE(waited);
        EXPECT_EQ(waited.error().code, ErrorCode::timeout);
        EXPECT_NE(waited.error().text.find("event 3"), std::string::npos) << waited.error().text;
    }
    Process fixed(world, make_projection<AccountView>());
    ASSERT_TRUE(fixed.settle());
    EXPECT_FALSE(fixed.runner.status().paused);
    expect_fold(world, fixed);
}

TEST(ProjectionRunner, RefusesALogOfAnotherHistory) {
    World world(6);
    world.simulation.run(world.write(30));
    const auto backup = std::make_shared<MemoryDisk>(*world.disk);
    world.simulation.run(world.write(10));
    {
        Process process(world, make_projection<AccountView>());
        ASSERT_TRUE(process.settle());
    }
    const auto progress = world.run(world.store->get({progress_key("accounts", 1)})).value().front();

    // The log went back to a backup, the progress did not.
    world.reopen(backup);
    Changes ahead;
    Put put;
    put.body = progress.body;
    ahead.documents.push_back({progress.key, ExpectedDocument::any(), std::move(put)});
    ASSERT_TRUE(world.run(world.store->commit(std::move(ahead))).has_value());
    Process process(world, make_projection<AccountView>());
    const auto paused = [&] { return process.runner.status().paused.has_value(); };
    ASSERT_TRUE(world.simulation.run_until(paused, std::chrono::seconds(5)));
    EXPECT_TRUE(process.runner.status().paused->starts_with("restored: ")) << *process.runner.status().paused;
    EXPECT_NE(process.runner.status().paused->find("40"), std::string::npos) << *process.runner.status().paused;
}

TEST(ProjectionRunner, RefusesProgressOfAnotherIncarnationUntilRebuilt) {
    TALLY_COVERS("C11.6");
    World world(7);
    world.simulation.run(world.write(30));
    UuidGenerator others(world.simulation.clock(), world.simulation.random());
    Changes foreign;
    foreign.documents.push_back({progress_key("accounts", 1), ExpectedDocument::absent(),
                                 put_of(ProjectionProgress{.position = 10, .incarnation = others.next()})});
    ASSERT_TRUE(world.run(world.store->commit(std::move(foreign))).has_value());

    Process process(world, make_projection<AccountView>());
    const auto paused = [&] { return process.runner.status().paused.has_value(); };
    ASSERT_TRUE(world.simulation.run_until(paused, std::chrono::seconds(5)));
    EXPECT_TRUE(process.runner.status().paused->starts_with("restored: ")) << *process.runner.status().paused;
    EXPECT_EQ(process.live_documents().size(), 0U);

    ASSERT_TRUE(world.run(process.runner.rebuild()).has_value());
    ASSERT_TRUE(
        world.simulation.run_until([&] { return process.runner.status().generation == 2; }, std::chrono::seconds(5)));
    EXPECT_FALSE(process.runner.status().paused);
    expect_fold(world, process);
}

TEST(ProjectionRunner, WaitForReturnsWhenThePositionIsApplied) {
    World world(8);
    Process process(world, make_projection<AccountView>(), 4);
    const auto early = world.run(process.runner.wait_for(1, std::chrono::milliseconds(100)));
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().code, ErrorCode::timeout);

    TaskGroup writers(world.simulation.executor());
    writers.spawn("writer", world.write(40));
    const auto waited = world.run(process.runner.wait_for(40, std::chrono::minutes(1)));
    EXPECT_TRUE(waited.has_value());
    EXPECT_GE(process.runner.status().position, 40U);
    EXPECT_EQ(process.live_documents(), world.naive_fold());
    EXPECT_TRUE(world.run(process.runner.wait_for(7, Duration::zero())).has_value());
    world.simulation.run(writers.close());
}

TEST(ProjectionRunner, CountsWhatItWritesAndHowLongItTakes) {
    TALLY_COVERS("B16.1", "B16.2", "C11.4");
    World world(9);
    for (int i = 0; i < 10; ++i) {
        const std::string account = "account-" + std::to_string(i % 2);
        world.append(world.event(account, Deposited{account, 1}));
    }
    Process process(world, make_projection<AccountView>(), 5);
    ASSERT_TRUE(process.settle());
    (void)process.runner.status();
    const std::string exposed = world.metrics->expose();
    const auto has = [&](const std::string& line) { return exposed.find(line) != std::string::npos; };
    EXPECT_TRUE(has("read_models_updated_total{projection=\"accounts\"} 4\n")) << exposed;
    EXPECT_TRUE(has("read_model_update_duration_seconds_count{projection=\"accounts\"} 2\n")) << exposed;
    EXPECT_TRUE(has("projection_lag_events{projection=\"accounts\"} 0\n")) << exposed;
    EXPECT_TRUE(has("projection_lag_seconds{projection=\"accounts\"} 0\n")) << exposed;
    EXPECT_TRUE(has("projection_paused{projection=\"accounts\"} 0\n")) << exposed;

    process.kill();
    world.append(world.event("a", Deposited{"a", 1}));
    (void)process.runner.status();
    EXPECT_NE(world.metrics->expose().find("projection_lag_events{projection=\"accounts\"} 1\n"), std::string::npos);
}

}  // namespace
}  // namespace tally::accounts
