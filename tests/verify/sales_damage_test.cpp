// Each test leaves days of sales that do not say what the logs say; and `verify` names exactly that.
#include <gmock/gmock.h>

#include "tally/testing/covers.hpp"
#include "verify/shop_folder.hpp"

namespace tally::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// The day of `o3`, which has a date of its own.
const std::string day = "analytics/documents/sales-days/2010-12-01/GBP";

class VerifySales : public ShopFolder {};

TEST_F(VerifySales, AnOrderCountedTwiceIsFound) {
    TALLY_COVERS("I11");
    edit("analytics", "sales-days", "2010-12-01/GBP/orders", "\"created\":1", "\"created\":2");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I11 sales", day, "created is 2 instead of 1")));
}

TEST_F(VerifySales, ChangedMoneyIsFound) {
    edit("analytics", "sales-days", "2010-12-01/GBP/payments", "\"8.750\"", "\"8.751\"");
    EXPECT_THAT(verdict().violations,
                ElementsAre(violation("I11 sales", day, "captured GBP is 8751000 instead of 8750000")));
}

TEST_F(VerifySales, AShareThatIsGoneIsFound) {
    sql("analytics", "DELETE FROM documents WHERE collection = 'sales-days' AND key LIKE '2010-12-01/%/shipping'");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I11 sales", day, "delivered is 0 instead of 1")));
}

TEST_F(VerifySales, ADayThatNeverWasIsFound) {
    sql("analytics", "UPDATE documents SET key = '2010-12-02/GBP/shipping' WHERE key = '2010-12-01/GBP/shipping'");
    EXPECT_THAT(verdict().violations,
                ElementsAre(violation("I11 sales", day, "delivered is 0 instead of 1"),
                            violation("I11 sales", "2010-12-02/GBP", "delivered is 1 instead of 0")));
}

TEST_F(VerifySales, AShareThatCannotBeReadIsFound) {
    edit("analytics", "sales-days", "2010-12-01/GBP/orders", "\"figures\":{", "\"figure\":{");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I1 rows", "2010-12-01/GBP/orders", "no share")));
}

TEST_F(VerifySales, WhatIsNotCountedYetIsInFlight) {
    sql("analytics", "DELETE FROM documents WHERE collection = 'tally.progress' AND key LIKE '%/shipping.events/%'");
    EXPECT_THAT(verdict().violations,
                ElementsAre(violation("I10 in-flight", "analytics/consumers/shipping.events", "is counted up to 0")));
    EXPECT_THAT(verdict(true).violations, IsEmpty());
}

TEST_F(VerifySales, AFolderWithoutAnalyticsHolds) {
    std::filesystem::remove(file("analytics"));
    EXPECT_TRUE(verdict().ok);
}

}  // namespace
}  // namespace tally::testing
