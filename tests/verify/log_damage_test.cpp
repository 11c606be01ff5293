// Each test damages the log of a healthy folder in one way, and `verify` names exactly that.
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tally/testing/covers.hpp"
#include "verify/shop_folder.hpp"

namespace tally::testing {
namespace {

using ::testing::ElementsAre;
using verify::Verdict;

class VerifyLog : public ShopFolder {};

TEST_F(VerifyLog, AHealthyFolderHolds) {
    const Verdict found = verdict();
    EXPECT_TRUE(found.ok) << to_text(found);
    EXPECT_EQ(found.in_flight, 0);
    std::int64_t events = 0, streams = 0;
    for (const Service& service : shop.services) {
        events += number(service.name, "SELECT head FROM log");
        streams += number(service.name, "SELECT count(*) FROM streams");
    }
    EXPECT_EQ(found.checked.logs, static_cast<std::int64_t>(shop.services.size()));
    EXPECT_EQ(found.checked.events, events);
    EXPECT_EQ(found.checked.streams, streams);
    EXPECT_EQ(found.checked.orders, number("orders", "SELECT count(*) FROM streams WHERE name LIKE 'order-%'"));
    EXPECT_EQ(found.checked.stock_items, 2);
    EXPECT_GT(found.checked.documents, found.checked.orders + found.checked.stock_items);
    EXPECT_EQ(violated(true), std::vector<std::string>{});
}

TEST_F(VerifyLog, AnEditedByteIsFound) {
    TALLY_COVERS("F06");
    const Position position = find("orders", "OrderCreated", "o1");
    sql("orders", fmt::format("UPDATE events SET data = CAST(replace(CAST(data AS TEXT), '\"quantity\":4', "
                              "'\"quantity\":5') AS BLOB) WHERE position = {}",
                              position));
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I12 digests", fmt::format("orders/events/{}", position),
                                                            "OrderCreated is not what was recorded")));
}

TEST_F(VerifyLog, AnEditedTypeKeySubjectSchemaOrDigestIsFound) {
    const int position = 2;
    for (const std::string change : {"type = 'OrderCancelled'", "partition_key = 'o9'", "subject = 'somebody'",
                                     "schema = 2", "content_digest = zeroblob(32)"}) {
        sql("orders", fmt::format("CREATE TABLE kept AS SELECT * FROM events; UPDATE events SET {} WHERE position = {}",
                                  change, position));
        EXPECT_THAT(verdict().violations,
                    ElementsAre(violation("I12 digests", fmt::format("orders/events/{}", position), "")))
            << change;
        sql("orders", "DELETE FROM events; INSERT INTO events SELECT * FROM kept; DROP TABLE kept");
    }
    EXPECT_TRUE(verdict().ok);
}

TEST_F(VerifyLog, EachMissingEventIsNamedAndNothingElse) {
    TALLY_COVERS("I5", "sec-T01");
    for (const std::string service : {"orders", "inventory"}) {
        const auto head = number(service, "SELECT head FROM log");
        for (std::int64_t position = 1; position <= head; ++position) {
            sql(service,
                fmt::format("CREATE TABLE kept AS SELECT * FROM events; DELETE FROM events WHERE position = {}",
                            position));
            const Verdict found = verdict();
            EXPECT_FALSE(found.ok);
            if (position < head)
                EXPECT_THAT(
                    found.violations,
                    ElementsAre(violation("I5 positions", fmt::format("{}/events/{}", service, position), "missing")));
            else
                EXPECT_THAT(found.violations,
                            ElementsAre(violation("I1 head", service + "/log", fmt::format("recorded as {}", head))));
            sql(service, "DELETE FROM events; INSERT INTO events SELECT * FROM kept; DROP TABLE kept");
        }
    }
    EXPECT_TRUE(verdict().ok);
}

TEST_F(VerifyLog, ADoubledRowIsFound) {
    const auto head = number("inventory", "SELECT head FROM log");
    sql("inventory", fmt::format("CREATE TABLE copy AS SELECT * FROM events; DROP TABLE events;"
                                 "ALTER TABLE copy RENAME TO events;"
                                 "INSERT INTO events SELECT {} + 1, event_id, stream, version, content_digest, "
                                 "recorded_at, shard, previous, type, schema, correlation, causation, actor, "
                                 "partition_key, occurred_at, expires_at, traceparent, subject, data FROM events "
                                 "WHERE position = 1; UPDATE log SET head = {} + 1",
                                 head, head));
    EXPECT_THAT(
        verdict().violations,
        ElementsAre(violation("I3 event-ids", fmt::format("inventory/events/{}", head + 1), "inventory/events/1")));
}

TEST_F(VerifyLog, AnotherVersionIsFound) {
    TALLY_COVERS("I4");
    const Position position = find("orders", "InventoryReservationRequested", "o1");
    sql("orders", fmt::format("UPDATE events SET version = 70 WHERE position = {}", position));
    EXPECT_THAT(verdict().violations,
                ElementsAre(violation("I4 versions", "orders/saga-place-order-o1", "has version 70, where 2 is next")));
}

TEST_F(VerifyLog, AnEventInAnotherStreamIsFound) {
    sql("orders", "UPDATE streams SET name = 'order-x9' WHERE name = 'order-o2'");
    EXPECT_EQ(violated(), std::vector<std::string>{"I4 streams"});
}

TEST_F(VerifyLog, AnotherPreviousIsFound) {
    const auto position = number("orders", "SELECT max(position) FROM events WHERE previous > 1");
    sql("orders", fmt::format("UPDATE events SET previous = 1 WHERE position = {}", position));
    EXPECT_THAT(verdict().violations,
                ElementsAre(violation("I5 chain", fmt::format("orders/events/{}", position), "its previous is 1")));
}

TEST_F(VerifyLog, AnotherShardIsFound) {
    sql("orders", "UPDATE events SET shard = (shard + 1) % 8 WHERE position = 3");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I5 shards", "orders/events/3", "its key")));
}

TEST_F(VerifyLog, ACauseThatIsNowhereIsFound) {
    const Position position = find("orders", "OrderConfirmed", "o1");
    sql("orders", fmt::format("UPDATE events SET causation = zeroblob(16) WHERE position = {}", position));
    EXPECT_THAT(verdict().violations,
                ElementsAre(violation("I3 causation", fmt::format("orders/events/{}", position), "is in no log")));
}

TEST_F(VerifyLog, ACauseOfAnotherCorrelationIsFound) {
    const Position position = find("orders", "OrderCancelled", "o2");
    sql("orders", fmt::format("UPDATE events SET correlation = 'other' WHERE position = {}", position));
    EXPECT_THAT(verdict().violations,
                ElementsAre(violation("I3 causation", fmt::format("orders/events/{}", position), "inventory/events/")));
}

TEST_F(VerifyLog, AnotherHeadIsFound) {
    sql("orders", "UPDATE log SET head = head - 1");
    EXPECT_EQ(violated(), std::vector<std::string>{"I1 head"});
}

TEST_F(VerifyLog, AnotherHeadOfAShardIsFound) {
    sql("orders", "UPDATE log SET shard_heads = zeroblob(64)");
    EXPECT_EQ(violated(), std::vector<std::string>{"I5 shards"});
}

TEST_F(VerifyLog, ARowThatCannotBeReadIsReportedNotSkipped) {
    sql("orders", "UPDATE events SET event_id = x'0102' WHERE position = 3");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I1 rows", "orders/events/3", "is cut")));
}

TEST_F(VerifyLog, AnEventWithoutItsStreamIsReportedNotSkipped) {
    sql("orders", "UPDATE events SET stream = 999 WHERE position = 1");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I1 rows", "orders/events/1", "no stream")));
}

TEST_F(VerifyLog, DataThatIsNoJsonIsFound) {
    forge("orders", 1, "{", "[");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I1 rows", "orders/events/1", "no JSON")));
}

TEST_F(VerifyLog, ALogRowThatIsGoneIsFound) {
    sql("orders", "DELETE FROM log");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I1 rows", "orders/log", "log row")));
}

TEST_F(VerifyLog, AFileThatIsNoStoreIsFound) {
    std::filesystem::remove(file("orders") + "-wal");
    std::ofstream(file("orders"), std::ios::binary) << std::string(8'192, 'x');
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I1 rows", "orders/file", "not a database")));
}

TEST_F(VerifyLog, WhatAnOperatorHasMadeOfADeadLetterStandsInItsOwnStream) {
    const std::string data = R"({"consumer":"inventory","topic":"orders.events","position":2})";
    const std::string stream = "dead-letter-inventory/orders.events/";
    append("inventory", stream + "00000000000000000002", "DeadLetterEdited", "o1", data);
    EXPECT_THAT(verdict(true).violations, ElementsAre());
    append("inventory", stream + "00000000000000000003", "DeadLetterEdited", "o1", data);
    EXPECT_THAT(verdict(true).violations,
                ElementsAre(violation("I4 streams", "inventory/events/", "not in " + stream)));
}

TEST_F(VerifyLog, ARevisionThatWasNeverGivenIsFound) {
    sql("inventory", "UPDATE log SET revision = 1");
    EXPECT_EQ(violated(), std::vector<std::string>{"I4 revisions"});
}

}  // namespace
}  // namespace tally::testing
