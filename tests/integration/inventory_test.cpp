// Goal: stock moves with its order, once, and never without a reservation.
#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "integration/behind_orders.hpp"
#include "services/inventory/inventory_service.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using namespace std::chrono_literals;
using orders::InventoryReservationReleased;
using orders::InventoryReservationRequested;
using orders::OrderConfirmed;
using orders::OrderReturned;
using orders::ReturnedLine;

const OrderId o1 = OrderId::trusted("o1");
const OrderId o2 = OrderId::trusted("o2");
const Sku mug = *Sku::parse("MUG");
const Money price(100, 2, *Currency::parse("GBP"));

struct Stock {
    std::int64_t on_hand = 0;
    std::int64_t reserved = 0;
    friend bool operator==(const Stock&, const Stock&) = default;
};
void PrintTo(const Stock& stock, std::ostream* out) { *out << stock.on_hand << "/" << stock.reserved; }

OrderReturned returned(std::string return_id, std::vector<ReturnedLine> lines) {
    return {o1, ReturnId::trusted(std::move(return_id)), std::move(lines), price};
}

class Inventory : public BehindOrders {
public:
    Inventory() : BehindOrders({"inventory", &inventory::inventory_service, &inventory::inventory_settings}) {}

    /// With 20 mugs.
    Task<void> start(std::string reservation_ttl_ms = "0") {
        shop.settings = {{"inventory.reservation_ttl_ms", std::move(reservation_ttl_ms)}};
        shop.start();
        const auto response = co_await shop.send(Method::post, "/api/v1/stock/MUG:receive", R"({"quantity":20})");
        EXPECT_EQ(response.status, 201);
    }
    Task<Stock> stock() {
        const auto shown = co_await shop.read("/api/v1/stock/MUG");
        co_return Stock{shown.at("on_hand").as_int64(), shown.at("reserved").as_int64()};
    }
    Task<void> reserve(std::int64_t pieces) { (void)co_await say(InventoryReservationRequested{o1, {{mug, pieces}}}); }
    Task<void> confirm() { (void)co_await say(OrderConfirmed{o1, {}}); }
    Task<void> release() { (void)co_await say(InventoryReservationReleased{o1}); }
};

CORO_TEST_F(Inventory, WhatIsHeldForAConfirmedOrderLeavesTheHouse) {
    TALLY_COVERS("E13.3", "E03.2", "E03.3", "E03.4", "I9");
    co_await start();
    co_await reserve(4);
    co_await pause();
    EXPECT_EQ(co_await stock(), (Stock{20, 4}));
    co_await confirm();
    co_await confirm();
    co_await pause();
    EXPECT_EQ(co_await stock(), (Stock{16, 0}));
    EXPECT_THAT(co_await types("reservation-o1"), ElementsAre("InventoryReservationConfirmed", "StockCommitted"));
    const auto committed = (co_await items("streams/reservation-o1")).back();
    EXPECT_EQ(boost::json::serialize(committed.at("data")), R"({"order":"o1","items":[{"sku":"MUG","quantity":4}]})");
    EXPECT_EQ(committed.at("key").as_string(), "o1");
    co_await shop.stop();
}

CORO_TEST_F(Inventory, AReleaseOfCommittedStockGivesNothingBackAndSaysSo) {
    TALLY_COVERS("E13.2", "I9");
    co_await start();
    co_await reserve(4);
    co_await confirm();
    co_await release();
    co_await release();
    co_await pause();
    EXPECT_EQ(co_await stock(), (Stock{16, 0}));
    EXPECT_THAT(co_await types("reservation-o1"),
                ElementsAre("InventoryReservationConfirmed", "StockCommitted", "StockReleased"));
    const auto answer = (co_await items("streams/reservation-o1")).back();
    EXPECT_EQ(boost::json::serialize(answer.at("data")), R"({"order":"o1","items":[]})");
    co_await shop.stop();
}

CORO_TEST_F(Inventory, AConfirmedOrderForWhichNothingIsHeldIsParkedAndNamed) {
    TALLY_COVERS("E13.3", "I16");
    co_await start();
    co_await reserve(4);
    co_await release();
    co_await confirm();
    co_await pause(10s);
    EXPECT_THAT(co_await parked(), ElementsAre(HasSubstr("order o1 is confirmed and no stock is held for it")));
    EXPECT_EQ(co_await stock(), (Stock{20, 0}));
    co_await shop.stop();
}

CORO_TEST_F(Inventory, AReservationEndsAfterItsTimeAndItsOrderCannotBeConfirmed) {
    TALLY_COVERS("E03.5", "E03.6", "I13");
    co_await start("60000");
    co_await reserve(4);
    co_await pause(59s);
    EXPECT_EQ(co_await stock(), (Stock{20, 4}));
    co_await pause(2s);
    EXPECT_EQ(co_await stock(), (Stock{20, 0}));
    EXPECT_THAT(co_await types("reservation-o1"), ElementsAre("InventoryReservationConfirmed", "StockReleased"));
    EXPECT_EQ((co_await items("streams/reservation-o1")).back().at("correlation_id").as_string(), correlation(o1));
    co_await release();
    co_await pause();
    EXPECT_EQ((co_await types("reservation-o1")).size(), 2u);
    co_await confirm();
    co_await pause(10s);
    EXPECT_THAT(co_await parked(), ElementsAre(HasSubstr("order o1 is confirmed and no stock is held for it")));
    EXPECT_EQ(co_await stock(), (Stock{20, 0}));
    co_await shop.stop();
}

CORO_TEST_F(Inventory, AConfirmedOrReleasedReservationNeverEnds) {
    TALLY_COVERS("E03.5", "E03.4");
    co_await start("60000");
    co_await reserve(4);
    co_await confirm();
    (void)co_await say(InventoryReservationRequested{o2, {{mug, 5}}});
    (void)co_await say(InventoryReservationReleased{o2});
    co_await pause(10s);
    EXPECT_THAT(co_await timers(), IsEmpty());
    co_await pause(10min);
    EXPECT_EQ(co_await stock(), (Stock{16, 0}));
    EXPECT_THAT(co_await types("reservation-o1"), ElementsAre("InventoryReservationConfirmed", "StockCommitted"));
    EXPECT_THAT(co_await types("reservation-o2"), ElementsAre("InventoryReservationConfirmed", "StockReleased"));
    co_await shop.stop();
}

CORO_TEST_F(Inventory, WithoutATimeReservationsStay) {
    co_await start("0");
    co_await reserve(4);
    co_await pause(10min);
    EXPECT_EQ(co_await stock(), (Stock{20, 4}));
    EXPECT_THAT(co_await timers(), IsEmpty());
    co_await shop.stop();
}

CORO_TEST_F(Inventory, WhatComesBackIsOnTheShelfOnceForEachReturn) {
    TALLY_COVERS("E05.8", "I3", "I9");
    co_await start();
    co_await reserve(9);
    co_await confirm();
    const ReturnedLine two{mug, 2, price};
    const ReturnedLine postage{*Sku::parse("POST"), 1, price, false};
    (void)co_await say(returned("r1", {two, postage, two}));
    (void)co_await say(returned("r1", {two, postage, two}));
    (void)co_await say(returned("r2", {{mug, 1, price}}));
    co_await pause();
    EXPECT_EQ(co_await stock(), (Stock{16, 0}));
    const auto events = co_await items("streams/reservation-o1");
    EXPECT_EQ(events.size(), 4u);
    EXPECT_EQ(boost::json::serialize(events.at(2).at("data")),
              R"({"order":"o1","return_id":"r1","items":[{"sku":"MUG","quantity":4}]})");
    EXPECT_THAT(co_await parked(), IsEmpty());
    co_await shop.stop();
}

CORO_TEST_F(Inventory, NothingComesBackOfWhatHadNotLeft) {
    TALLY_COVERS("I9", "I16");
    co_await start();
    co_await reserve(9);
    (void)co_await say(returned("r1", {{mug, 2, price}}));
    co_await pause(10s);
    EXPECT_THAT(co_await parked(), ElementsAre(HasSubstr("order o1 came back, of which none had left")));
    EXPECT_EQ(co_await stock(), (Stock{20, 9}));
    co_await shop.stop();
}

CORO_TEST_F(Inventory, AReturnOfNoPiecesIsParked) {
    TALLY_COVERS("I9", "I16");
    co_await start();
    co_await reserve(9);
    co_await confirm();
    (void)co_await say(returned("r1", {{mug, -2, price}}));
    co_await pause(10s);
    EXPECT_THAT(co_await parked(), ElementsAre(HasSubstr("-2 pieces of MUG")));
    EXPECT_EQ(co_await stock(), (Stock{11, 0}));
    co_await shop.stop();
}

}  // namespace
}  // namespace tally::testing
