// Goal: a confirmed order gets one shipment, which ends as its carrier says or as an operator knows better.
#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "integration/behind_orders.hpp"
#include "services/shipping/shipping_service.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using namespace std::chrono_literals;
using orders::OrderConfirmed;
using orders::OrderReturned;

const OrderId o1 = OrderId::trusted("o1");
const OrderId o2 = OrderId::trusted("o2");

OrderReturned returned(const OrderId& order, std::string return_id) {
    return {order, ReturnId::trusted(std::move(return_id)), {}, Money(0, 2, *Currency::parse("GBP"))};
}

class Shipping : public BehindOrders {
public:
    Shipping() : BehindOrders({"shipping", &shipping::shipping_service, &shipping::shipping_settings}) {}

    void start(std::string transit_ms = "0") {
        shop.settings = {{"shipping.transit_ms", std::move(transit_ms)}};
        shop.start();
    }
    Task<std::string> status(std::string order) {
        const auto shipment = co_await shop.read("/api/v1/shipments/" + order);
        co_return shipment.is_object() ? std::string(shipment.at("status").as_string()) : "";
    }
    Task<HttpResponse> deliver(const std::string& order, Headers headers = {}) {
        return shop.send(Method::post, "/api/v1/shipments/" + order + ":deliver", "", std::move(headers));
    }
    /// Of the shipments that a list shows.
    Task<std::vector<std::string>> listed(std::string query) {
        std::vector<std::string> orders;
        const auto page = co_await shop.read("/api/v1/shipments" + query);
        for (const auto& item : page.at("items").as_array()) orders.emplace_back(item.at("order").as_string());
        co_return orders;
    }
};

CORO_TEST_F(Shipping, WithoutTransitTimeAllUpToDeliveryIsOneCommit) {
    TALLY_COVERS("E15.1", "E05.1", "E05.2", "E05.3", "E05.4", "E05.6");
    start();
    const EventId confirmed = co_await say(OrderConfirmed{o1, "express"});
    co_await pause();
    const auto events = co_await items("streams/shipment-o1");
    EXPECT_THAT(co_await types("shipment-o1"), ElementsAre("ShipmentCreated", "ShippingLabelCreated", "ShipmentShipped",
                                                           "ShipmentTrackingUpdated", "ShipmentDelivered"));
    for (const auto& event : events) {
        EXPECT_EQ(event.at("causation_id").as_string(), confirmed.text());
        EXPECT_EQ(event.at("correlation_id").as_string(), correlation(o1));
        EXPECT_EQ(event.at("recorded_at"), events.front().at("recorded_at"));
    }
    const auto shipment = co_await shop.read("/api/v1/shipments/o1");
    EXPECT_EQ(shipment.at("status").as_string(), "delivered");
    EXPECT_EQ(shipment.at("method").as_string(), "express");
    EXPECT_EQ(shipment.at("tracking"), events.front().at("data").at("tracking"));
    EXPECT_EQ(shipment.at("version"), 5);
    co_await shop.stop();
}

CORO_TEST_F(Shipping, AnOrderThatIsConfirmedAgainHasOneShipment) {
    TALLY_COVERS("B20.1", "I3");
    start();
    (void)co_await say(OrderConfirmed{o1, {}});
    (void)co_await say(OrderConfirmed{o1, {}});
    co_await pause();
    EXPECT_EQ((co_await items("streams/shipment-o1")).size(), 5u);
    co_await shop.stop();
}

CORO_TEST_F(Shipping, ADeliveredOrderComesBackOnceForEachReturn) {
    TALLY_COVERS("E05.8", "I3");
    start();
    (void)co_await say(OrderConfirmed{o1, {}});
    for (const char* return_id : {"r1", "r2", "r1"}) (void)co_await say(returned(o1, return_id));
    co_await pause();
    EXPECT_EQ(co_await status("o1"), "returned");
    std::vector<std::string> ids;
    for (const auto& event : co_await items("streams/shipment-o1"))
        if (event.at("type") == "ShipmentReturned") ids.emplace_back(event.at("data").at("return_id").as_string());
    EXPECT_THAT(ids, ElementsAre("r1", "r2"));
    EXPECT_THAT(co_await parked(), IsEmpty());
    co_await shop.stop();
}

CORO_TEST_F(Shipping, AReturnOfWhatWasNeverThereIsParked) {
    TALLY_COVERS("E05.8", "I16");
    start();
    (void)co_await say(returned(o1, "r1"));
    (void)co_await say(OrderConfirmed{o2, "sim_lost"});
    (void)co_await say(returned(o2, "r2"));
    co_await pause(10s);
    EXPECT_THAT(co_await parked(), ElementsAre(HasSubstr("no shipment of order o1"), HasSubstr("o2 came back before")));
    co_await shop.stop();
}

CORO_TEST_F(Shipping, AParcelThatTheCarrierDoesNotTakeIsParkedAndNothingIsSent) {
    TALLY_COVERS("A03.3", "I16");
    start();
    (void)co_await say(OrderConfirmed{o1, "sim_refused"});
    (void)co_await say(OrderConfirmed{o2, {}});
    co_await pause(10s);
    EXPECT_THAT(co_await parked(), ElementsAre(HasSubstr("the carrier takes no parcel by sim_refused")));
    EXPECT_TRUE((co_await shop.read("/api/v1/shipments/o1")).is_null());
    EXPECT_EQ(co_await status("o2"), "delivered");
    co_await shop.stop();
}

CORO_TEST_F(Shipping, AParcelForSomebodyErasedIsSentAsOneWithoutARecipient) {
    start();
    (void)co_await say(OrderConfirmed{o1, {}, Recipient{}});
    (void)co_await say(OrderConfirmed{o2, {}});
    co_await pause();
    EXPECT_EQ(co_await status("o1"), "delivered");
    EXPECT_EQ(co_await status("o2"), "delivered");
    const auto erased = co_await shop.read("/api/v1/shipments/o1");
    EXPECT_TRUE(erased.at("recipient").at("name").is_null());
    EXPECT_TRUE(erased.at("recipient").at("address").is_null());
    EXPECT_FALSE((co_await shop.read("/api/v1/shipments/o2")).as_object().contains("recipient"));
    co_await shop.stop();
}

CORO_TEST_F(Shipping, AnOperatorDeliversALostParcelAsTheAnswerToItsOrder) {
    TALLY_COVERS("E05.6", "E05.7");
    start();
    const EventId confirmed = co_await say(OrderConfirmed{o1, "sim_lost"});
    co_await pause();
    EXPECT_EQ(co_await status("o1"), "exception");
    EXPECT_EQ((co_await shop.read("/api/v1/shipments/o1")).at("problem").as_string(), "lost");

    EXPECT_EQ((co_await deliver("o1", {{"If-Match", "\"4\""}})).status, 412);
    const Headers once{{"If-Match", "\"5\""}, {"Idempotency-Key", "found"}};
    const auto found = co_await deliver("o1", once);
    EXPECT_EQ(found.status, 200) << found.body;
    EXPECT_EQ(found.headers.find("ETag"), "\"6\"");
    EXPECT_EQ((co_await deliver("o1", once)).body, found.body);
    const auto again = co_await deliver("o1");
    EXPECT_EQ(again.status, 409);
    EXPECT_THAT(again.body, HasSubstr("shipment-not-open"));
    EXPECT_EQ((co_await deliver("o9")).status, 404);

    const auto events = co_await items("streams/shipment-o1");
    EXPECT_EQ(events.size(), 6u);
    EXPECT_EQ(events.back().at("type"), "ShipmentDelivered");
    EXPECT_EQ(events.back().at("causation_id").as_string(), confirmed.text());
    EXPECT_EQ(events.back().at("correlation_id").as_string(), correlation(o1));
    co_await shop.stop();
}

CORO_TEST_F(Shipping, TrackingIsUpdatedHalfWayAndDeliveryIsAtTheEnd) {
    TALLY_COVERS("E05.1", "E05.5", "E05.6", "I13");
    start("60000");
    const EventId confirmed = co_await say(OrderConfirmed{o1, {}});
    co_await pause(29s);
    EXPECT_THAT(co_await types("shipment-o1"),
                ElementsAre("ShipmentCreated", "ShippingLabelCreated", "ShipmentShipped"));
    EXPECT_EQ(co_await status("o1"), "shipped");
    co_await pause(2s);
    EXPECT_EQ(co_await status("o1"), "in_transit");
    co_await pause(28s);
    EXPECT_EQ(co_await status("o1"), "in_transit");
    co_await pause(2s);
    EXPECT_EQ(co_await status("o1"), "delivered");
    const auto events = co_await items("streams/shipment-o1");
    EXPECT_EQ(events.size(), 5u);
    for (const auto& event : events) {
        EXPECT_EQ(event.at("causation_id").as_string(), confirmed.text());
        EXPECT_EQ(event.at("correlation_id").as_string(), correlation(o1));
    }
    co_await pause(10min);
    EXPECT_EQ((co_await items("streams/shipment-o1")).size(), 5u);
    EXPECT_THAT(co_await timers(), IsEmpty());
    co_await shop.stop();
}

CORO_TEST_F(Shipping, ALostParcelNeverArrivesByItself) {
    TALLY_COVERS("E05.7");
    start("60000");
    (void)co_await say(OrderConfirmed{o1, "sim_lost"});
    co_await pause(59s);
    EXPECT_EQ(co_await status("o1"), "in_transit");
    co_await pause(2s);
    EXPECT_EQ(co_await status("o1"), "exception");
    co_await pause(10min);
    EXPECT_EQ((co_await types("shipment-o1")).back(), "ShipmentException");
    EXPECT_EQ((co_await deliver("o1")).status, 200);
    EXPECT_EQ(co_await status("o1"), "delivered");
    co_await shop.stop();
}

CORO_TEST_F(Shipping, ADelayedParcelArrivesAfterAll) {
    TALLY_COVERS("E05.7", "E05.6");
    start("60000");
    (void)co_await say(OrderConfirmed{o1, "sim_exception"});
    co_await pause(31s);
    EXPECT_EQ(co_await status("o1"), "exception");
    EXPECT_EQ((co_await shop.read("/api/v1/shipments/o1")).at("problem").as_string(), "delayed");
    co_await pause(30s);
    EXPECT_EQ(co_await status("o1"), "delivered");
    co_await shop.stop();
}

CORO_TEST_F(Shipping, AnOperatorWhoIsFasterThanTheCarrierEndsTheWaiting) {
    TALLY_COVERS("E05.6", "I3");
    start("60000");
    (void)co_await say(OrderConfirmed{o1, {}});
    co_await pause(31s);
    EXPECT_EQ((co_await deliver("o1")).status, 200);
    EXPECT_THAT(co_await timers(), IsEmpty());
    co_await pause(10min);
    EXPECT_THAT(co_await types("shipment-o1"), ElementsAre("ShipmentCreated", "ShippingLabelCreated", "ShipmentShipped",
                                                           "ShipmentTrackingUpdated", "ShipmentDelivered"));
    co_await shop.stop();
}

CORO_TEST_F(Shipping, AParcelArrivesThoughTheServiceWasAwayMeanwhile) {
    TALLY_COVERS("E05.6", "I13");
    start("60000");
    (void)co_await say(OrderConfirmed{o1, {}});
    co_await pause();
    co_await shop.stop();
    co_await pause(10min);
    start("0");  // also where the setting has changed
    co_await pause();
    EXPECT_EQ(co_await status("o1"), "delivered");
    EXPECT_EQ((co_await items("streams/shipment-o1")).size(), 5u);
    co_await shop.stop();
}

CORO_TEST_F(Shipping, ListsShowShipmentsByStatusLatestFirst) {
    TALLY_COVERS("E05.1");
    start();
    int number = 0;
    for (const char* method : {"standard", "sim_lost", "sim_exception", "sim_lost"}) {
        (void)co_await say(OrderConfirmed{OrderId::trusted("o" + std::to_string(++number)), method});
        co_await pause();
    }
    EXPECT_THAT(co_await listed(""), ElementsAre("o4", "o3", "o2", "o1"));
    EXPECT_THAT(co_await listed("?status=exception"), ElementsAre("o4", "o2"));
    EXPECT_THAT(co_await listed("?status=delivered"), ElementsAre("o3", "o1"));
    EXPECT_THAT(co_await listed("?status=shipped"), IsEmpty());
    const auto page = co_await shop.read("/api/v1/shipments?page_size=3");
    const std::string next(page.at("next_page_token").as_string());
    EXPECT_THAT(co_await listed("?page_size=3&page_token=" + next), ElementsAre("o1"));
    co_await shop.stop();
}

}  // namespace
}  // namespace tally::testing
