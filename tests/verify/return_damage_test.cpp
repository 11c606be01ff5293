// Each test leaves logs in which goods that came back, or the money for them, are not what they must be, and `verify`
// names exactly that.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tally/testing/covers.hpp"
#include "verify/shop_folder.hpp"

namespace tally::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using verify::Violation;

/// A shop that has taken goods back: r1, partly found in o3 (six pieces of 1.250), and r2, one of the four of o1.
class VerifyReturns : public ShopFolder {
public:
    void SetUp() override {
        ShopFolder::SetUp();
        simulation.run(take_back());
    }
    Task<void> take_back() {
        shop.start();
        EXPECT_EQ(co_await give(R"({"return_id":"r1","customer":"c1","returned_at":"2011-01-01T00:00:00Z","lines":[)"
                                R"({"sku":"85123A","quantity":4},{"sku":"POST","quantity":1},)"
                                R"({"sku":"22423","quantity":2}]})"),
                  201);
        EXPECT_EQ(co_await give(R"({"return_id":"r2","order":"o1","lines":[{"sku":"85123A","quantity":1}]})"), 201);
        co_await settle();
        co_await shop.stop();
    }
    Task<int> give(std::string body) {
        co_return (co_await shop.send(Method::post, "/api/v1/returns", std::move(body))).status;
    }
    std::vector<Violation> violations() { return verdict(true).violations; }

    void forge_return(const std::string& from, const std::string& to) {
        forge("orders", find("orders", "ReturnReceived", "r1"), from, to);
    }
    /// Also in the read model, which says the same.
    void forge_return_and_list(const std::string& from, const std::string& to) {
        forge_return(from, to);
        edit("orders", "return-list.g1", "r1", from, to);
    }
    void forge_order(const std::string& from, const std::string& to) {
        forge("orders", find("orders", "OrderReturned", "r1"), from, to);
    }

    /// Orders says that so many of the three pieces of o1 that are left came back with r9.
    void told(int pieces, const std::string& refund) {
        const std::string amount = fmt::format(R"({{"amount":"{}","currency":"GBP"}})", refund);
        append("orders", "return-r9", "ReturnReceived", "r9",
               fmt::format(R"({{"return_id":"r9","order":"o1","outcome":"matched","lines":[{{"sku":"85123A",)"
                           R"("quantity":{0},"matched":{0}}}],"refunds":[{{"order":"o1","amount":{1}}}]}})",
                           pieces, amount));
        append("orders", "order-o1", "OrderReturned", "o1",
               fmt::format(R"({{"order":"o1","return_id":"r9","lines":[{{"sku":"85123A","quantity":{},)"
                           R"("unit_price":{{"amount":"2.550","currency":"GBP"}}}}],"refund":{}}})",
                           pieces, amount));
        append("orders", "return-r9", "PaymentRefundRequested", "o1",
               fmt::format(R"({{"order":"o1","amount":{},"return_id":"r9"}})", amount));
    }
    /// Inventory says that so many are back on the shelf.
    void shelved(int pieces) {
        append("inventory", "reservation-o1", "StockReturned", "o1",
               fmt::format(R"({{"order":"o1","return_id":"r9","items":[{{"sku":"85123A","quantity":{}}}]}})", pieces));
    }
    /// Instead of 996.
    void stock(int on_hand) {
        edit("inventory", "stock", "85123A", "\"on_hand\":996", fmt::format("\"on_hand\":{}", on_hand));
    }
};

TEST_F(VerifyReturns, ThatAreAsTheyWereTakenHold) {
    TALLY_COVERS("I8", "I9");
    EXPECT_THAT(verdict().violations, ElementsAre());
}

TEST_F(VerifyReturns, GoodsThatCameBackAreInFlightUntilTheyAreOnTheShelfAndPaidFor) {
    TALLY_COVERS("I9");
    told(3, "7.650");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I10 in-flight", "orders/projections/order-list", ""),
                                                  violation("I10 in-flight", "orders/projections/return-list", ""),
                                                  violation("I10 in-flight", "orders/o1", "not on the shelf yet"),
                                                  violation("I10 in-flight", "returns/r9/o1", "not given back yet")));
    EXPECT_TRUE(verdict(true).ok);
    shelved(3);
    EXPECT_THAT(violations(), ElementsAre(violation("I9 movements", "stock/85123A", "its movements make 999")));
    stock(999);
    EXPECT_TRUE(verdict(true).ok);
}

TEST_F(VerifyReturns, OtherGoodsOnTheShelfThanCameBackAreFound) {
    TALLY_COVERS("I9");
    told(3, "7.650");
    shelved(2);
    stock(998);
    EXPECT_THAT(violations(), ElementsAre(violation("I9 returns", "orders/o1", "not what came back")));
}

TEST_F(VerifyReturns, GoodsOnTheShelfOfWhichNobodyHasToldAreFound) {
    TALLY_COVERS("I9");
    shelved(2);
    stock(998);
    EXPECT_THAT(violations(), ElementsAre(violation("I9 returns", "orders/o1", "not what came back")));
}

TEST_F(VerifyReturns, AReturnOnTheShelfTwiceIsFound) {
    TALLY_COVERS("I3", "I9");
    told(1, "2.550");
    shelved(1);
    shelved(1);
    stock(998);
    EXPECT_THAT(violations(), ElementsAre(violation("I9 returns", "orders/o1", "more than once")));
}

TEST_F(VerifyReturns, MoreThanWasBoughtIsFound) {
    TALLY_COVERS("I9");
    told(4, "7.650");
    EXPECT_THAT(violations(), ElementsAre(violation("I9 returns", "orders/o1", "than was bought")));
    shelved(4);
    stock(1'000);
    EXPECT_THAT(violations(), Contains(violation("I9 returns", "orders/o1", "more is back on the shelf")));
}

TEST_F(VerifyReturns, APriceThatWasNotPaidIsFound) {
    forge_order("\"1.250\"", "\"1.350\"");
    EXPECT_THAT(violations(), ElementsAre(violation("I9 returns", "orders/o3", "at another price")));
}

TEST_F(VerifyReturns, OtherGoodsThanCameBackAreFound) {
    TALLY_COVERS("I9");
    forge_return("\"matched\":4", "\"matched\":3");
    EXPECT_THAT(violations(), ElementsAre(violation("I9 returns", "returns/r1", "is not what came back of them")));
}

TEST_F(VerifyReturns, MoreThanWasSentBackIsFound) {
    TALLY_COVERS("I9");
    forge_return("\"quantity\":4", "\"quantity\":3");
    EXPECT_THAT(violations(), ElementsAre(violation("I9 returns", "returns/r1", "more is found")));
}

TEST_F(VerifyReturns, AnOutcomeThatIsNotThatOfTheLinesIsFound) {
    forge_return_and_list("partly_matched", "matched");
    EXPECT_THAT(violations(), ElementsAre(violation("I9 returns", "returns/r1", "its outcome")));
}

TEST_F(VerifyReturns, ThatCameBackBeforeTheyWereBoughtAreFound) {
    forge_return_and_list("2011-01-01", "2009-01-01");
    EXPECT_THAT(violations(), ElementsAre(violation("I9 returns", "returns/r1", "before they were bought")));
}

TEST_F(VerifyReturns, OfSomebodyElsesOrderAreFound) {
    forge_return_and_list("\"c1\"", "\"c2\"");
    EXPECT_THAT(violations(), ElementsAre(violation("I9 returns", "returns/r1", "somebody else")));
}

TEST_F(VerifyReturns, OfAnOrderThatIsNotCompletedAreFound) {
    append("orders", "order-o2", "OrderReturned", "o2",
           R"({"order":"o2","return_id":"r9","lines":[],"refund":{"amount":"0.000","currency":"GBP"}})");
    EXPECT_THAT(violations(), ElementsAre(violation("I9 returns", "orders/o2", "it is not completed"),
                                          violation("I9 returns", "returns/r9", "not received exactly once")));
}

TEST_F(VerifyReturns, AReturnThatIsReceivedTwiceIsFound) {
    TALLY_COVERS("I3");
    append("orders", "return-r2", "ReturnReceived", "r2",
           R"({"return_id":"r2","order":"o1","outcome":"unmatched","lines":[],"refunds":[]})");
    EXPECT_THAT(violations(), ElementsAre(violation("I9 returns", "returns/r2", "not received exactly once")));
}

TEST_F(VerifyReturns, ARefundOfMoreThanTheGoodsHadCostIsFound) {
    TALLY_COVERS("I8");
    forge_order("\"refund\":{\"amount\":\"7.500\"", "\"refund\":{\"amount\":\"7.600\"");
    EXPECT_THAT(violations(),
                ElementsAre(violation("I8 refunds", "returns/r1/o3", "more is given back than its goods")));
}

TEST_F(VerifyReturns, ARefundThatIsNotWhatTheOrderSaysIsFound) {
    TALLY_COVERS("I8");
    forge_order("\"refund\":{\"amount\":\"7.500\"", "\"refund\":{\"amount\":\"7.400\"");
    EXPECT_THAT(violations(), ElementsAre(violation("I8 refunds", "returns/r1/o3", "not what the order says")));
}

TEST_F(VerifyReturns, MoneyAskedForThatIsNotTheRefundIsFound) {
    TALLY_COVERS("I8");
    forge("orders", find("orders", "PaymentRefundRequested", "r1"), "7.500", "7.400");
    EXPECT_THAT(violations(), ElementsAre(violation("I8 refunds", "returns/r1/o3", "the money asked for")));
}

TEST_F(VerifyReturns, MoneyGivenBackThatWasNotAskedForIsFound) {
    TALLY_COVERS("I8");
    forge("payments", find("payments", "PaymentRefunded", "r1"), "7.500", "7.400");
    edit("payments", "payment-list.g1", "o3", "7.500", "7.400");
    EXPECT_THAT(violations(), ElementsAre(violation("I8 refunds", "returns/r1/o3", "the money given back")));
}

TEST_F(VerifyReturns, MoneyAskedForTwiceIsFound) {
    TALLY_COVERS("I3", "I8");
    append("orders", "return-r2", "PaymentRefundRequested", "o1",
           R"({"order":"o1","amount":{"amount":"2.550","currency":"GBP"},"return_id":"r2"})");
    EXPECT_THAT(violations(), ElementsAre(violation("I8 refunds", "returns/r2/o1", "more than once")));
}

TEST_F(VerifyReturns, ARequestInTheStreamOfTheSagaIsFound) {
    TALLY_COVERS("I4");
    append("orders", "saga-place-order-o1", "PaymentRefundRequested", "o1",
           R"({"order":"o1","amount":{"amount":"2.550","currency":"GBP"},"return_id":"r2"})");
    EXPECT_THAT(violations(), ElementsAre(violation("I4 streams", "orders/events", "not in return-r2")));
}

TEST_F(VerifyReturns, AListThatIsNotWhatItsLogMakesIsFound) {
    TALLY_COVERS("I11");
    edit("orders", "return-list.g1", "r1", "\"lines\":3", "\"lines\":4");
    EXPECT_THAT(violations(),
                ElementsAre(violation("I11 read-models", "orders/documents/return-list.g1/r1", "lines is 4")));
}

TEST_F(VerifyReturns, AReturnThatCannotBeReadIsFound) {
    TALLY_COVERS("I1");
    forge_return("\"refunds\":[", "\"refund\":[");
    EXPECT_THAT(violations(), Contains(violation("I1 rows", "orders/events", "does not say its goods")));
}

}  // namespace
}  // namespace tally::testing
