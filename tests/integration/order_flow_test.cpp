// Orders through all services of one process, over their routes, in virtual time.
#include <boost/json.hpp>

#include "support/shop.hpp"
#include "tally/testing/coroutine_test.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

class OrderFlow : public CoroutineTest {
public:
    Shop shop{simulation};

    /// What follows from an order that is confirmed.
    Task<void> aftermath() { return simulation.clock().sleep_for(std::chrono::seconds(1)); }

    Task<int> receive(std::string sku, int quantity) {
        const auto response = co_await shop.send(Method::post, "/api/v1/stock/" + sku + ":receive",
                                                 "{\"quantity\":" + std::to_string(quantity) + "}");
        co_return response.status;
    }
    Task<int> place(std::string order, std::string sku, int quantity) {
        const auto response = co_await shop.send(Method::post, "/api/v1/orders", order_json(order, sku, quantity));
        co_return response.status;
    }
};

CORO_TEST_F(OrderFlow, AnOrderIsCompletedWhenItsStockIsHeldItIsPaidAndItHasArrived) {
    TALLY_COVERS("E11.1", "E11.2", "E11.3", "E11.4", "E12.1", "E12.3", "E12.5", "E13.1", "E13.3", "E15.1", "E21.1");
    shop.start();
    EXPECT_EQ(co_await receive("85123A", 10), 201);
    EXPECT_EQ(co_await place("o1", "85123a", 4), 201);
    EXPECT_EQ(co_await shop.settled("o1"), "completed");
    co_await aftermath();
    const auto stock = co_await shop.read("/api/v1/stock/85123A");
    EXPECT_EQ(stock.at("on_hand"), 6);
    EXPECT_EQ(stock.at("reserved"), 0);
    EXPECT_EQ(stock.at("available"), 6);
    EXPECT_EQ((co_await shop.read("/api/v1/shipments/o1")).at("status").as_string(), "delivered");
    co_await shop.stop();
}

CORO_TEST_F(OrderFlow, AnOrderIsCancelledWhenThereIsTooLittle) {
    shop.start();
    EXPECT_EQ(co_await receive("85123A", 3), 201);
    EXPECT_EQ(co_await place("o1", "85123A", 4), 201);
    EXPECT_EQ(co_await shop.settled("o1"), "cancelled");
    const auto order = co_await shop.read("/api/v1/orders/o1");
    EXPECT_EQ(order.at("reason").as_string(), "out_of_stock");
    EXPECT_EQ((co_await shop.read("/api/v1/stock/85123A")).at("reserved"), 0);
    co_await aftermath();
    EXPECT_TRUE((co_await shop.read("/api/v1/shipments/o1")).is_null());
    co_await shop.stop();
}

CORO_TEST_F(OrderFlow, TheTimelineShowsEveryServicesEventsWithCausesFirst) {
    shop.start();
    EXPECT_EQ(co_await receive("85123A", 10), 201);
    EXPECT_EQ(co_await place("o1", "85123A", 1), 201);
    EXPECT_EQ(co_await shop.settled("o1"), "completed");
    co_await aftermath();
    const auto timeline = co_await shop.read("/api/v1/orders/o1/timeline");
    std::vector<std::string> types;
    for (const auto& item : timeline.at("items").as_array()) types.emplace_back(item.at("type").as_string());
    EXPECT_EQ(types, (std::vector<std::string>{"OrderCreated",
                                               "SagaStarted",
                                               "InventoryReservationRequested",
                                               "InventoryReservationConfirmed",
                                               "LowStockAlert",
                                               "SagaStepStarted",
                                               "PaymentRequested",
                                               "SagaStepStarted",
                                               "PaymentInitiated",
                                               "PaymentAuthorized",
                                               "PaymentConfirmed",
                                               "OrderConfirmed",
                                               "StockCommitted",
                                               "SagaStepStarted",
                                               "ShipmentCreated",
                                               "ShippingLabelCreated",
                                               "ShipmentShipped",
                                               "ShipmentTrackingUpdated",
                                               "ShipmentDelivered",
                                               "OrderCompleted",
                                               "SagaCompleted"}));
    EXPECT_TRUE(timeline.at("complete").as_bool());
    co_await shop.stop();
}

CORO_TEST_F(OrderFlow, ListsShowWhatWasWrittenOnceTheyHaveCaughtUp) {
    TALLY_COVERS("B11.2", "B11.4", "B11.6");
    shop.start();
    EXPECT_EQ(co_await receive("85123A", 5), 201);
    const auto placed = co_await shop.send(Method::post, "/api/v1/orders", order_json("o1", "85123A", 1));
    const std::string position(placed.headers.find("X-Log-Position").value_or(""));
    const auto list = co_await shop.read("/api/v1/orders?min_position=" + position);
    EXPECT_TRUE(list.is_object());
    EXPECT_EQ(list.at("items").as_array().size(), 1u);
    EXPECT_EQ(co_await shop.settled("o1"), "completed");
    co_await simulation.clock().sleep_for(std::chrono::seconds(1));
    const auto confirmed = co_await shop.read("/api/v1/orders?status=completed");
    EXPECT_EQ(confirmed.at("items").as_array().size(), 1u);
    const auto cancelled = co_await shop.read("/api/v1/orders?status=cancelled");
    EXPECT_EQ(cancelled.at("items").as_array().size(), 0u);
    co_await shop.stop();
}

CORO_TEST_F(OrderFlow, PlacingTheSameOrderAgainChangesNothing) {
    TALLY_COVERS("B20.1");
    shop.start();
    EXPECT_EQ(co_await receive("85123A", 5), 201);
    EXPECT_EQ(co_await place("o1", "85123A", 1), 201);
    EXPECT_EQ(co_await place("o1", "85123A", 1), 200);
    EXPECT_EQ(co_await place("o1", "85123A", 2), 409);
    EXPECT_EQ(co_await shop.settled("o1"), "completed");
    co_await aftermath();
    EXPECT_EQ((co_await shop.read("/api/v1/stock/85123A")).at("on_hand"), 4);
    co_await shop.stop();
}

CORO_TEST_F(OrderFlow, EverythingSurvivesARestart) {
    shop.start();
    EXPECT_EQ(co_await receive("85123A", 5), 201);
    EXPECT_EQ(co_await place("o1", "85123A", 1), 201);
    co_await shop.stop();
    shop.start();
    EXPECT_EQ(co_await shop.settled("o1"), "completed");
    co_await shop.stop();
}

}  // namespace
}  // namespace tally::testing
