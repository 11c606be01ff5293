// Each test leaves a log that is well formed and does not say what the documents, or the rules of the shop, say; and
// `verify` names exactly that.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tally/testing/covers.hpp"
#include "verify/shop_folder.hpp"

namespace tally::testing {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Not;
using verify::Verdict;
using verify::Violation;

const std::string o1_list = "orders/documents/order-list.g1/o1";

class VerifyState : public ShopFolder {};

TEST_F(VerifyState, AChangedMovementIsFound) {
    TALLY_COVERS("I9");
    forge("inventory", find("inventory", "InventoryRestocked", "85123A"), "\"quantity\":1000", "\"quantity\":999");
    EXPECT_THAT(verdict().violations,
                ElementsAre(violation("I9 movements", "inventory/documents/stock/85123A", "says 991 in the house")));
}

TEST_F(VerifyState, AMovementTooManyIsFound) {
    append("inventory", "receipt-r9", "InventoryRestocked", "22423", R"({"receipt":"r9","sku":"22423","quantity":1})");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I9 movements", "stock/22423", "its movements make 5")));
}

TEST_F(VerifyState, AChangedStockDocumentIsFound) {
    edit("inventory", "stock", "85123A", "\"on_hand\":991", "\"on_hand\":992");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I9 movements", "stock/85123A", "says 992")));
}

TEST_F(VerifyState, NegativeStockIsFound) {
    edit("inventory", "stock", "22423", "\"reserved\":0", "\"reserved\":-1");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I9 stock", "stock/22423", "-1 held")));
}

TEST_F(VerifyState, MoreHeldThanReceivedIsFoundEvenWhereTheDocumentAgrees) {
    TALLY_COVERS("I9");
    forge("inventory", find("inventory", "InventoryRestocked", "85123A"), "\"quantity\":1000", "\"quantity\":3");
    edit("inventory", "stock", "85123A", "\"on_hand\":991", "\"on_hand\":-6");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I9 stock", "stock/85123A", "3 in the house and 4 held")));
}

TEST_F(VerifyState, ARemovedStockDocumentIsFound) {
    sql("inventory", "DELETE FROM documents WHERE collection = 'stock' AND key = '22423'");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I9 movements", "stock/22423", "no document")));
}

TEST_F(VerifyState, AStockDocumentThatCannotBeReadIsFound) {
    edit("inventory", "stock", "22423", "\"on_hand\":4", "\"on_hand\":\"4\"");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I1 rows", "stock/22423", "")));
}

TEST_F(VerifyState, AConfirmedOrderWithoutItsReservationIsFound) {
    forge("inventory", find("inventory", "InventoryReservationConfirmed", "o1"), "{", "{",
          "InventoryReservationFailed");
    forge("inventory", find("inventory", "StockCommitted", "o1"), R"([{"sku":"85123A","quantity":4}])", "[]");
    edit("inventory", "stock", "85123A", "\"on_hand\":991", "\"on_hand\":995");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I10 confirmed", "orders/o1", "no stock is held")));
}

TEST_F(VerifyState, AReservationOfOtherItemsIsFound) {
    forge("inventory", find("inventory", "InventoryReservationConfirmed", "o3"), "\"22423\",\"quantity\":1",
          "\"22423\",\"quantity\":2");
    forge("inventory", find("inventory", "StockCommitted", "o3"), "\"22423\",\"quantity\":1",
          "\"22423\",\"quantity\":2");
    edit("inventory", "stock", "22423", "\"on_hand\":4", "\"on_hand\":3");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I10 confirmed", "orders/o3", "other items")));
}

TEST_F(VerifyState, ARequestForOtherItemsIsFound) {
    forge("orders", find("orders", "InventoryReservationRequested", "o1"), "\"quantity\":4", "\"quantity\":3");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I10 requests", "orders/o1", "stocked lines")));
}

TEST_F(VerifyState, ATotalThatIsNotTheSumOfTheLinesIsFound) {
    forge("orders", find("orders", "OrderCreated", "o1"), "\"total\":{\"amount\":\"10.200\"",
          "\"total\":{\"amount\":\"10.100\"");
    edit("orders", "order-list.g1", "o1", "10.200", "10.100");
    EXPECT_THAT(verdict().violations,
                ElementsAre(violation("I8 totals", "orders/o1", "the total is 10.100000, the lines make 10.200000")));
}

TEST_F(VerifyState, ASecondOutcomeIsFound) {
    append("orders", "order-o1", "OrderCancelled", "o1", R"({"order":"o1","reason":"customer_request"})");
    EXPECT_THAT(verdict(true).violations, ElementsAre(violation("I10 outcomes", "orders/o1", "more than once")));
}

TEST_F(VerifyState, ACancelledOrderThatHoldsStockIsFound) {
    append("orders", "order-o9", "OrderCreated", "o9",
           R"({"order":"o9","lines":[{"sku":"22423","quantity":1,"unit_price":{"amount":"1.00","currency":"GBP"}}],)"
           R"("total":{"amount":"1.00","currency":"GBP"}})");
    const std::string items = R"({"order":"o9","items":[{"sku":"22423","quantity":1}]})";
    append("orders", "saga-place-order-o9", "InventoryReservationRequested", "o9", items);
    append("inventory", "reservation-o9", "InventoryReservationConfirmed", "o9", items);
    append("orders", "order-o9", "OrderCancelled", "o9", R"({"order":"o9","reason":"customer_request"})");
    edit("inventory", "stock", "22423", "\"reserved\":0", "\"reserved\":1");
    EXPECT_THAT(verdict(true).violations, ElementsAre(violation("I10 cancelled", "orders/o9", "stock is held for it")));
}

TEST_F(VerifyState, CommittedStockOfAnOrderThatIsNotConfirmedIsFound) {
    TALLY_COVERS("I9");
    forge("orders", find("orders", "OrderCompleted", "o1"), "{", "{", "OrderCancelRequested");
    const Position position = find("orders", "OrderConfirmed", "o1");
    forge("orders", position, "\"o1\"}", "\"o1\",\"reason\":\"out_of_stock\"}", "OrderCancelled");
    edit("orders", "order-list.g1", "o1", "\"completed\"", R"("cancelled","reason":"out_of_stock")");
    EXPECT_THAT(verdict().violations, Contains(violation("I9 commits", "orders/o1", "it is not confirmed")));
}

TEST_F(VerifyState, ACommitOfOtherItemsIsFound) {
    TALLY_COVERS("I9");
    forge("inventory", find("inventory", "StockCommitted", "o1"), "\"quantity\":4", "\"quantity\":3");
    edit("inventory", "stock", "85123A", "\"on_hand\":991,\"reserved\":0", "\"on_hand\":992,\"reserved\":1");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I9 commits", "orders/o1", "not what was held")));
}

TEST_F(VerifyState, ASecondCommitIsFound) {
    TALLY_COVERS("I3", "I9");
    append("inventory", "reservation-o1", "StockCommitted", "o1", R"({"order":"o1","items":[]})");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I9 commits", "orders/o1", "more than once")));
}

TEST_F(VerifyState, ACommitThatTheStockDoesNotShowIsFound) {
    TALLY_COVERS("I9");
    edit("inventory", "stock", "85123A", "\"on_hand\":991,\"reserved\":0", "\"on_hand\":995,\"reserved\":4");
    EXPECT_THAT(verdict().violations,
                ElementsAre(violation("I9 movements", "stock/85123A", "says 995 in the house and 4 held")));
}

TEST_F(VerifyState, AConfirmedOrderThatIsNeitherCommittedNorSentIsInFlight) {
    append("orders", "order-o9", "OrderCreated", "o9",
           R"({"order":"o9","lines":[],"total":{"amount":"0.000","currency":"GBP"}})");
    append("orders", "saga-place-order-o9", "InventoryReservationRequested", "o9", R"({"order":"o9","items":[]})");
    append("inventory", "reservation-o9", "InventoryReservationConfirmed", "o9", R"({"order":"o9","items":[]})");
    const std::string money = R"({"order":"o9","amount":{"amount":"0.000","currency":"GBP"},"reference":"r"})";
    for (const char* type : {"PaymentInitiated", "PaymentAuthorized", "PaymentConfirmed"})
        append("payments", "payment-o9", type, "o9", money);
    append("orders", "order-o9", "OrderConfirmed", "o9", R"({"order":"o9"})");
    EXPECT_THAT(verdict().violations,
                ElementsAre(violation("I10 in-flight", "orders/projections/order-list", ""),
                            violation("I10 in-flight", "orders/projections/return-list", ""),
                            violation("I10 in-flight", "payments/projections", ""),
                            violation("I10 in-flight", "orders/o9", "neither completed nor cancelled"),
                            violation("I10 in-flight", "orders/o9", "its stock is not committed yet"),
                            violation("I10 in-flight", "orders/o9", "it is not sent yet"),
                            violation("I10 in-flight", "analytics/consumers", "is counted up to")));
    EXPECT_TRUE(verdict(true).ok);
}

class VerifyShipments : public ShopFolder {
public:
    void append_shipment(const std::string& order, const std::string& type) {
        append("shipping", "shipment-" + order, type, order, R"({"order":")" + order + R"("})");
    }
};

TEST_F(VerifyShipments, ASecondShipmentOrDeliveryIsFound) {
    TALLY_COVERS("I3");
    append_shipment("o1", "ShipmentCreated");
    append_shipment("o3", "ShipmentDelivered");
    EXPECT_THAT(verdict(true).violations, ElementsAre(violation("I10 shipments", "orders/o1", "more than once"),
                                                      violation("I10 shipments", "orders/o3", "more than once")));
}

TEST_F(VerifyShipments, AShipmentOfACancelledOrderIsFound) {
    TALLY_COVERS("I10");
    append_shipment("o2", "ShipmentCreated");
    append_shipment(cancelled, "ShipmentDelivered");
    EXPECT_THAT(verdict(true).violations,
                ElementsAre(violation("I10 shipments", "orders/" + cancelled, "it was not sent"),
                            violation("I10 shipments", "orders/o2", "it is not confirmed")));
}

TEST_F(VerifyShipments, AParcelThatDidNotArriveIsInFlight) {
    forge("shipping", find("shipping", "ShipmentDelivered", "o1"), "{", "{\"reason\":\"lost\",", "ShipmentException");
    edit("shipping", "shipment-list.g1", "o1", "\"delivered\"", R"("exception","problem":"lost")");
    std::filesystem::remove(file("analytics"));  // which would tell of the delivery
    forge("orders", find("orders", "OrderCompleted", "o1"), "{", "{", "OrderCancelRequested");
    edit("orders", "order-list.g1", "o1", "\"completed\"", "\"shipping\"");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I10 in-flight", "orders/o1", "neither completed nor"),
                                                  violation("I10 in-flight", "orders/o1", "it is not delivered yet")));
    EXPECT_TRUE(verdict(true).ok);
}

TEST_F(VerifyShipments, AChangedListIsFound) {
    TALLY_COVERS("I11");
    edit("shipping", "shipment-list.g1", "o1", "\"delivered\"", "\"shipped\"");
    EXPECT_THAT(verdict().violations,
                ElementsAre(violation("I11 read-models", "shipment-list.g1/o1", "status is \"shipped\"")));
}

TEST_F(VerifyState, AReleaseOfOtherItemsIsFound) {
    const Position position = find("inventory", "StockReleased", "\"" + cancelled + "\"");
    const auto reserved =
        number("inventory",
               "SELECT json_extract(body, '$.reserved') FROM documents WHERE collection = 'stock' AND key = '85123A'");
    forge("inventory", position, "\"quantity\":7", "\"quantity\":6");
    edit("inventory", "stock", "85123A", fmt::format("\"reserved\":{}", reserved),
         fmt::format("\"reserved\":{}", reserved + 1));
    EXPECT_THAT(verdict().violations,
                ElementsAre(violation("I9 releases", "orders/" + cancelled, "not what was held")));
}

TEST_F(VerifyState, AChangedMissingOrExtraReadModelDocumentIsFound) {
    TALLY_COVERS("I11");
    edit("orders", "order-list.g1", "o1", "\"completed\"", "\"cancelled\"");
    EXPECT_THAT(verdict().violations,
                ElementsAre(violation("I11 read-models", o1_list, "status is \"cancelled\" instead of \"completed\"")));
    edit("orders", "order-list.g1", "o1", "\"cancelled\"", "\"completed\"");
    sql("orders", "UPDATE documents SET key = 'o9' WHERE collection = 'order-list.g1' AND key = 'o1'");
    EXPECT_THAT(verdict().violations,
                ElementsAre(violation("I11 read-models", "order-list.g1/o9", "no event speaks of it"),
                            violation("I11 read-models", o1_list, "it is missing")));
}

TEST_F(VerifyState, ProgressBeyondItsLogIsFound) {
    sql("orders",
        "UPDATE documents SET body = CAST(json_set(body, '$.position', 999) AS BLOB) "
        "WHERE collection = 'tally.progress' AND key = 'order-list/1/log'");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I11 progress", "order-list/1/log", "it is 999")));
}

TEST_F(VerifyState, ProgressOfAConsumerBeyondThePublishersLogIsFound) {
    sql("inventory",
        "UPDATE documents SET body = CAST(json_set(body, '$.position', 999) AS BLOB) "
        "WHERE collection = 'tally.progress' AND key LIKE 'inventory/1/orders.events/%'");
    const Verdict found = verdict();
    EXPECT_THAT(found.violations, Not(IsEmpty()));
    EXPECT_THAT(found.violations, Each(violation("I11 progress", "orders.events", "the log of orders ends at")));
}

TEST_F(VerifyState, AnotherIncarnationIsFound) {
    sql("inventory", "UPDATE log SET incarnation = randomblob(16)");
    EXPECT_EQ(violated(), std::vector<std::string>{"I11 progress"});
}

TEST_F(VerifyState, ATruncatedLogIsFoundByThoseWhoHaveReadIt) {
    TALLY_COVERS("sec-T01");
    const auto head = number("orders", "SELECT head FROM log");
    sql("orders", fmt::format("DELETE FROM events WHERE position = {0}; UPDATE log SET head = {0} - 1, shard_heads = "
                              "zeroblob(64)",
                              head));
    EXPECT_THAT(violated(), ::testing::Contains("I11 progress"));
}

TEST_F(VerifyState, AReadModelThatLagsIsInFlightAndStillCompared) {
    const Position position = find("orders", "OrderCompleted", "o1");
    const auto lag = [&] {
        sql("orders", fmt::format("UPDATE documents SET body = CAST(json_set(body, '$.position', {}) AS BLOB) "
                                  "WHERE collection = 'tally.progress' AND key = 'order-list/1/log'",
                                  position));
        sql("orders", "DELETE FROM documents WHERE collection = 'order-list.g1' AND key <> 'o1'");
    };
    lag();
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I10 in-flight", "orders/projections/order-list",
                                                            fmt::format("it has got to {} of ", position))));
    EXPECT_TRUE(verdict(true).ok);
    EXPECT_EQ(verdict(true).in_flight, 1);
    edit("orders", "order-list.g1", "o1", "\"completed\"", "\"cancelled\"");
    EXPECT_EQ(violated(true), std::vector<std::string>{"I11 read-models"});
}

TEST_F(VerifyState, AnOrderThatIsNotFinishedIsInFlight) {
    append("orders", "order-o9", "OrderCreated", "o9",
           R"({"order":"o9","lines":[],"total":{"amount":"0.000","currency":"GBP"}})");
    append("orders", "saga-place-order-o9", "InventoryReservationRequested", "o9", R"({"order":"o9","items":[]})");
    const Verdict found = verdict();
    EXPECT_FALSE(found.ok);
    EXPECT_EQ(found.in_flight, 4) << "the order, the read models that are behind, and analytics";
    EXPECT_THAT(found.violations, Each(Field(&Violation::invariant, "I10 in-flight")));
    EXPECT_TRUE(verdict(true).ok);
}

TEST_F(VerifyState, AParkedEventIsInFlightAndNamed) {
    sql("inventory",
        "INSERT INTO documents(collection, key, revision, entries, body) VALUES ('tally.dead_letters', "
        "'inventory/orders.events/00000000000000000002', 1, x'', CAST('{\"type\":\"OrderCreated\","
        "\"key\":\"o1\",\"error\":\"no reason\"}' AS BLOB))");
    EXPECT_THAT(
        verdict().violations,
        ElementsAre(violation("I10 in-flight", "tally.dead_letters/inventory/orders.events/00000000000000000002",
                              "OrderCreated of o1 is parked: no reason")));
    EXPECT_EQ(verdict(true).in_flight, 1);
    EXPECT_TRUE(verdict(true).ok);
}

}  // namespace
}  // namespace tally::testing
