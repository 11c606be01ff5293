// make_projection and the fold of one batch.

#include <gtest/gtest.h>

#include "tally/flow/projection_fold.hpp"
#include "tally/flow/projection_test_kit.hpp"
#include "tally/testing/covers.hpp"

namespace tally::accounts {
namespace {

class ProjectionFold : public ::testing::Test {
protected:
    World world{1};
    Projection projection = make_projection<AccountView>();

    /// Folds the whole log over what `accounts.g1` holds.
    Folded fold(const Projection& with) {
        auto log = world.run(world.store->read(LogRead{}));
        EXPECT_TRUE(log.has_value());
        auto folded = world.run(fold_events(*world.store, with, "accounts.g1", 0, log->events()));
        EXPECT_TRUE(folded.has_value());
        return std::move(*folded);
    }

    static Documents bodies(const Folded& folded) {
        Documents bodies;
        for (const DocumentWrite& write : folded.documents) bodies[write.key.key] = std::get<Put>(write.write).body;
        return bodies;
    }
};

TEST_F(ProjectionFold, KnowsTheEventsOfTheReadModelAndItsName) {
    TALLY_COVERS("C11.2");
    EXPECT_EQ(projection.name, "accounts");
    ASSERT_EQ(projection.on.size(), 3U);
    ASSERT_NE(projection.find("Withdrawn"), nullptr);
    EXPECT_EQ(projection.find("Withdrawn")->type, "Withdrawn");
    EXPECT_EQ(projection.find("Noted"), nullptr);
}

TEST_F(ProjectionFold, WritesEachDocumentOnceWithItsIndexes) {
    world.append(world.event("a", Deposited{"a", 5}));
    world.append(world.event("b", Withdrawn{"b", 7}));
    world.append(world.event("a", Deposited{"a", 3}));
    world.append(world.event("a", Noted{"passed over"}));

    const Folded folded = fold(projection);
    EXPECT_EQ(folded.events, 4U);
    EXPECT_EQ(folded.applied, 3U);
    EXPECT_FALSE(folded.stopped);
    ASSERT_EQ(folded.documents.size(), 2U);
    EXPECT_EQ(bodies(folded), world.naive_fold());
    EXPECT_EQ(folded.documents[0].key, (DocumentKey{"accounts.g1", "a"}));
    const auto& debtor = std::get<Put>(folded.documents[1].write);
    ASSERT_EQ(debtor.indexes.size(), 2U);
    EXPECT_EQ(debtor.indexes[0], (IndexEntry{"balance", IndexKey().number(-7).bytes()}));
    EXPECT_EQ(debtor.indexes[1], (IndexEntry{"overdrawn", "b"}));
}

TEST_F(ProjectionFold, GoesOnFromTheStoredDocument) {
    AccountView before;
    before.account = "a";
    before.balance = 100;
    Changes changes;
    changes.documents.push_back({{"accounts.g1", "a"}, ExpectedDocument::any(), put_of(before)});
    ASSERT_TRUE(world.run(world.store->commit(std::move(changes))).has_value());
    world.append(world.event("a", Deposited{"a", 5}));

    const Folded folded = fold(projection);
    ASSERT_EQ(folded.documents.size(), 1U);
    EXPECT_EQ(decode<AccountView>(bodies(folded)["a"], UnknownFields::refused)->balance, 105);
}

TEST_F(ProjectionFold, EndsBeforeAnEventThatCannotBeDecoded) {
    TALLY_COVERS("C11.1", "C11.5");
    world.append(world.event("a", Deposited{"a", 5}));
    world.append(world.raw_event("a", "Deposited", R"({"account":"a","amount":"many"})"));
    world.append(world.event("b", Deposited{"b", 5}));

    const Folded folded = fold(projection);
    EXPECT_EQ(folded.events, 1U);
    EXPECT_EQ(folded.applied, 1U);
    ASSERT_TRUE(folded.stopped);
    EXPECT_EQ(folded.stopped->code, ErrorCode::invalid);
    EXPECT_NE(folded.stopped->text.find("event 2 (Deposited)"), std::string::npos) << folded.stopped->text;
    EXPECT_NE(folded.stopped->text.find("/amount"), std::string::npos) << folded.stopped->text;
    ASSERT_EQ(folded.documents.size(), 1U);
}

TEST_F(ProjectionFold, LeavesNoTraceOfAnApplyThatThrew) {
    world.append(world.event("a", Withdrawn{"a", 1}));
    world.append(world.event("a", Withdrawn{"a", unlucky_amount}));
    world.append(world.raw_event("a", "Deposited", "not JSON"));

    const Folded folded = fold(projection_failing_at_13());
    EXPECT_EQ(folded.events, 1U);
    ASSERT_TRUE(folded.stopped);
    EXPECT_EQ(folded.stopped->code, ErrorCode::internal);
    EXPECT_NE(folded.stopped->text.find("event 2 (Withdrawn)"), std::string::npos) << folded.stopped->text;
    EXPECT_NE(folded.stopped->text.find("thirteen"), std::string::npos) << folded.stopped->text;
    EXPECT_EQ(decode<AccountView>(bodies(folded)["a"], UnknownFields::refused)->balance, -1);
}

TEST_F(ProjectionFold, RefusesAKeyThatNoStoreTakes) {
    world.append(world.event("a", Deposited{"", 5}));
    const Folded folded = fold(projection);
    EXPECT_EQ(folded.events, 0U);
    ASSERT_TRUE(folded.stopped);
    EXPECT_EQ(folded.stopped->code, ErrorCode::invalid);
}

TEST_F(ProjectionFold, NamesADocumentThatCannotBeRead) {
    Changes changes;
    changes.documents.push_back(
        {{"accounts.g1", "a"}, ExpectedDocument::any(), Put{.body = "{", .indexes = {}, .expires_at = std::nullopt}});
    ASSERT_TRUE(world.run(world.store->commit(std::move(changes))).has_value());
    world.append(world.event("a", Deposited{"a", 5}));

    const Folded folded = fold(projection);
    EXPECT_EQ(folded.events, 0U);
    ASSERT_TRUE(folded.stopped);
    EXPECT_EQ(folded.stopped->code, ErrorCode::corrupt);
    EXPECT_NE(folded.stopped->text.find("view a"), std::string::npos) << folded.stopped->text;
}

}  // namespace
}  // namespace tally::accounts
