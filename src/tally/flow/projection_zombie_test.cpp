// Goal: a runner or a reader that stood still while others rebuilt the read model does no harm when it goes on.
// Method: its store is a gate; what chance would seldom bring about is played step by step.

#include <gtest/gtest.h>

#include "tally/flow/projection_state.hpp"
#include "tally/flow/projection_stores_test_kit.hpp"
#include "tally/flow/projection_test_kit.hpp"
#include "tally/flow/read_model.hpp"
#include "tally/testing/covers.hpp"

namespace tally::accounts {
namespace {

class ProjectionZombie : public ::testing::Test {
protected:
    World world{1};

    Position progress(int generation) {
        std::vector<DocumentKey> keys{progress_key("accounts", generation)};
        const auto found = world.run(world.store->get(std::move(keys))).value();
        if (found.empty()) return 0;
        return decode_document<ProjectionProgress>(found.front().key, found.front().body)->position;
    }

    bool run_until(const std::function<bool()>& done) {
        return world.simulation.run_until(done, std::chrono::seconds(1));
    }

    /// Rebuilds, and waits until the generation before is gone.
    void replace(Process& process, int generation) {
        ASSERT_TRUE(world.run(process.runner.rebuild()).has_value());
        ASSERT_TRUE(run_until([&] { return process.runner.status().generation == generation; }));
        world.simulation.run(world.simulation.clock().sleep_for(std::chrono::seconds(10)));
        ASSERT_EQ(world.documents(generation_collection("accounts", generation - 1)).size(), 0U);
    }
};

TEST_F(ProjectionZombie, CannotReviveAGenerationThatWasRemoved) {
    TALLY_COVERS("I11");
    world.simulation.run(world.write(50));
    Process alive(world, make_projection<AccountView>());
    ASSERT_TRUE(alive.settle());
    GatedStore gate(*world.store, GatedStore::Gate::after_reading);
    Process zombie(world, make_projection<AccountView>(), 8, &gate);
    ASSERT_TRUE(run_until([&] { return gate.holds(); }));  // it has read that generation 1 is live
    replace(alive, 2);

    gate.open();
    ASSERT_TRUE(zombie.settle());
    EXPECT_EQ(zombie.runner.status().generation, 2);
    EXPECT_EQ(world.documents("accounts.g1").size(), 0U);
    EXPECT_FALSE(world.documents("tally.progress").contains("accounts/1/log"));
    EXPECT_EQ(zombie.live_documents(), world.naive_fold());
}

TEST_F(ProjectionZombie, DoesNotSwapToLessThanAnotherOneHasApplied) {
    world.simulation.run(world.write(50));
    GatedStore gate(*world.store, GatedStore::Gate::none);
    Process slow(world, make_projection<AccountView>(), 8, &gate);
    ASSERT_TRUE(slow.settle());
    ASSERT_TRUE(world.run(slow.runner.rebuild()).has_value());
    gate.close_at(GatedStore::Gate::before_a_flushed_commit);
    ASSERT_TRUE(run_until([&] { return gate.holds(); }));
    ASSERT_EQ(progress(2), 50U);

    world.append(world.event("a", Deposited{"a", 1}));
    {
        Process other(world, make_projection<AccountView>());
        while (progress(1) < 51U) world.steps(1);
    }
    ASSERT_EQ(progress(2), 50U);
    gate.open();
    ASSERT_TRUE(run_until([&] { return slow.runner.status().generation == 2; }));
    EXPECT_GE(slow.runner.status().position, 51U);
}

TEST_F(ProjectionZombie, DoesNotSwapToAGenerationThatHasLostItsDocuments) {
    world.simulation.run(world.write(50));
    GatedStore gate(*world.store, GatedStore::Gate::none);
    Process slow(world, make_projection<AccountView>(), 8, &gate);
    ASSERT_TRUE(slow.settle());
    ASSERT_TRUE(world.run(slow.runner.rebuild()).has_value());
    gate.close_at(GatedStore::Gate::before_a_flushed_commit);
    ASSERT_TRUE(run_until([&] { return gate.holds(); }));

    // A database server that came back from a power loss without its last derived commits.
    Changes lost;
    lost.documents.push_back({progress_key("accounts", 2), ExpectedDocument::any(), Remove{}});
    for (const auto& [key, body] : world.documents("accounts.g2"))
        lost.documents.push_back({{"accounts.g2", key}, ExpectedDocument::any(), Remove{}});
    ASSERT_TRUE(world.run(world.store->commit(std::move(lost))).has_value());
    gate.open();
    ASSERT_TRUE(run_until([&] { return slow.runner.status().generation == 2; }));
    EXPECT_EQ(slow.live_documents(), world.naive_fold());
}

TEST_F(ProjectionZombie, AReaderThatSleptThroughASwapReadsTheLiveGeneration) {
    world.simulation.run(world.write(50));
    Process process(world, make_projection<AccountView>());
    ASSERT_TRUE(process.settle());
    GatedStore gate(*world.store, GatedStore::Gate::before_reading);
    const ReadModelReader<AccountView> reader(gate, process.runner);

    std::optional<Result<std::optional<ReadModelReader<AccountView>::Item>>> got;
    std::optional<Result<ReadModelReader<AccountView>::Page>> found;
    const std::string key = world.naive_fold().begin()->first;
    const auto get = [](auto& from, std::string of, auto& to) -> Task<void> { to = co_await from.get(of); };
    const auto find = [](auto& from, auto& to) -> Task<void> { to = co_await from.find(DocumentQuery{}); };
    TaskGroup readers(world.simulation.executor());
    readers.spawn("get", get(reader, key, got));
    readers.spawn("find", find(reader, found));
    ASSERT_TRUE(run_until([&] { return gate.holds(); }));
    replace(process, 2);

    gate.open();
    ASSERT_TRUE(run_until([&] { return got && found; }));
    ASSERT_TRUE(got->has_value());
    EXPECT_TRUE((*got)->has_value());
    ASSERT_TRUE(found->has_value());
    EXPECT_EQ((*found)->items.size(), world.naive_fold().size());
    world.simulation.run(readers.close());
}

}  // namespace
}  // namespace tally::accounts
