#include "tally/flow/read_model.hpp"

#include <gtest/gtest.h>

#include "tally/flow/projection_test_kit.hpp"
#include "tally/testing/covers.hpp"

namespace tally::accounts {
namespace {

class ReadModelReading : public ::testing::Test {
protected:
    using Reader = ReadModelReader<AccountView>;

    ReadModelReading() {
        for (int i = 0; i < 10; ++i) {
            const std::string account = "account-" + std::to_string(i);
            world.append(world.event(account, Deposited{account, (i * 7) % 10}));
            if (i % 2 == 1) world.append(world.event(account, Withdrawn{account, 100}));
        }
    }

    static std::vector<std::string> keys(const Reader::Page& page) {
        std::vector<std::string> keys;
        keys.reserve(page.items.size());
        for (const Reader::Item& item : page.items) keys.push_back(item.key);
        return keys;
    }

    static DocumentQuery query(std::string index, std::size_t limit) {
        DocumentQuery query;
        query.index = std::move(index);
        query.limit = limit;
        return query;
    }

    World world{1};
};

TEST_F(ReadModelReading, GetsAViewByItsKey) {
    Process process(world, make_projection<AccountView>());
    const Reader reader(*world.store, process.runner);
    ASSERT_TRUE(process.settle());
    const auto found = world.run(reader.get("account-3"));
    ASSERT_TRUE(found.has_value());
    ASSERT_TRUE(found->has_value());
    EXPECT_EQ((*found)->view.balance, 1 - 100);
    EXPECT_EQ((*found)->key, "account-3");
    EXPECT_GT((*found)->revision, 0U);
    const auto missing = world.run(reader.get("account-77"));
    ASSERT_TRUE(missing.has_value());
    EXPECT_FALSE(missing->has_value());
}

TEST_F(ReadModelReading, FindsViewsByAnIndexInPages) {
    TALLY_COVERS("B11.5");
    Process process(world, make_projection<AccountView>());
    const Reader reader(*world.store, process.runner);
    ASSERT_TRUE(process.settle());
    auto overdrawn = query("overdrawn", 2);
    std::vector<std::string> found;
    for (;;) {
        const auto page = world.run(reader.find(overdrawn));
        ASSERT_TRUE(page.has_value());
        EXPECT_LE(page->items.size(), 2U);
        for (const std::string& key : keys(*page)) found.push_back(key);
        if (page->next.empty()) break;
        overdrawn.after = page->next;
    }
    EXPECT_EQ(found, (std::vector<std::string>{"account-1", "account-3", "account-5", "account-7", "account-9"}));

    auto broke = query("balance", 50);
    broke.upper = IndexKey().number(1).bytes();
    broke.lower = IndexKey().number(-100).bytes();
    broke.backward = true;
    const auto page = world.run(reader.find(broke));
    ASSERT_TRUE(page.has_value());
    std::vector<std::int64_t> balances;
    for (const auto& item : page->items) balances.push_back(item.view.balance);
    EXPECT_EQ(balances, (std::vector<std::int64_t>{0, -91, -93, -95, -97, -99}));
}

TEST_F(ReadModelReading, PagesGoOnAcrossASwap) {
    Process process(world, make_projection<AccountView>());
    const Reader reader(*world.store, process.runner);
    ASSERT_TRUE(process.settle());
    auto all = query("balance", 4);
    std::vector<std::string> found;
    for (int generation = 2;; ++generation) {
        const auto page = world.run(reader.find(all));
        ASSERT_TRUE(page.has_value()) << page.error().text;
        for (const std::string& key : keys(*page)) found.push_back(key);
        if (page->next.empty()) break;
        all.after = page->next;
        ASSERT_TRUE(world.run(process.runner.rebuild()).has_value());
        ASSERT_TRUE(world.simulation.run_until([&] { return process.runner.status().generation == generation; },
                                               std::chrono::seconds(1)));
    }
    all = query("balance", 50);
    EXPECT_EQ(found, keys(world.run(reader.find(all)).value()));
    EXPECT_EQ(found.size(), 10U);

    auto other = query("overdrawn", 4);
    other.after = world.run(reader.find(query("balance", 4)))->next;
    const auto refused = world.run(reader.find(other));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::invalid);
}

TEST_F(ReadModelReading, NeverSeesAHalfRemovedGeneration) {
    for (std::uint64_t seed = 1; seed <= 15; ++seed) {
        SCOPED_TRACE(seed);
        World other(seed);
        other.simulation.run(other.write(80));
        const std::size_t accounts = other.naive_fold().size();
        Process process(other, make_projection<AccountView>(), 4);
        const Reader reader(*other.store, process.runner);
        ASSERT_TRUE(process.settle());
        for (int round = 0; round < 3; ++round) {
            (void)other.run(process.runner.rebuild());
            for (int i = 0; i < 60; ++i) {
                other.steps(other.simulation.random().below(20));
                const auto page = other.run(reader.find(query("", 100)));
                ASSERT_TRUE(page.has_value());
                EXPECT_EQ(page->items.size(), accounts);
                EXPECT_TRUE(other.run(reader.get(page->items.front().key)).value().has_value());
            }
        }
    }
}

TEST_F(ReadModelReading, AnswersBeforeTheRunnerHasStarted) {
    {
        Process process(world, make_projection<AccountView>());
        ASSERT_TRUE(process.settle());
        ASSERT_TRUE(world.run(process.runner.rebuild()).has_value());
        ASSERT_TRUE(world.simulation.run_until([&] { return process.runner.status().generation == 2; },
                                               std::chrono::seconds(1)));
    }
    const ProjectionRunner idle(make_projection<AccountView>(),
                                {*world.store, world.simulation.clock(), *world.metrics});
    const Reader reader(*world.store, idle);
    EXPECT_EQ(world.run(reader.find(query("", 100)))->items.size(), 10U);
    EXPECT_EQ(world.run(idle.collection()).value(), "accounts.g2");
}

TEST_F(ReadModelReading, NamesADocumentThatIsDamaged) {
    Process process(world, make_projection<AccountView>());
    const Reader reader(*world.store, process.runner);
    ASSERT_TRUE(process.settle());
    Changes damage;
    Put put;
    put.body = R"({"account":1})";
    damage.documents.push_back({{"accounts.g1", "account-0"}, ExpectedDocument::any(), std::move(put)});
    ASSERT_TRUE(world.run(world.store->commit(std::move(damage))).has_value());
    const auto found = world.run(reader.get("account-0"));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::corrupt);
    EXPECT_NE(found.error().text.find("accounts.g1/account-0"), std::string::npos) << found.error().text;
}

}  // namespace
}  // namespace tally::accounts
