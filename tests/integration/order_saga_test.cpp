// Goal: whatever happens to an order on its way, it ends delivered and paid, or with nothing of it left standing, and
// whoever looks sees how far it is. Over the routes of all services in one process, in virtual time.
#include <set>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "integration/parcels.hpp"
#include "support/shop.hpp"
#include "tally/testing/coroutine_test.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/faults.hpp"

namespace tally::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsSupersetOf;
using ::testing::Not;

class OrderSaga : public CoroutineTest {
public:
    std::map<std::string, std::shared_ptr<MemoryDisk>> disks;
    Faults inventory{simulation.random(), simulation.clock()};  ///< slow where a test wants to see it at work
    Shop shop{simulation, [this](const std::string& service) {
                  auto store = open_memory_store(simulation, disks, service);
                  return service == "inventory" ? create_faulty_store(std::move(store), inventory) : std::move(store);
              }};

    Task<void> open(std::vector<std::pair<std::string, std::string>> settings = {}) {
        shop.settings = std::move(settings);
        shop.start();
        EXPECT_EQ((co_await post("/api/v1/stock/MUG:receive", R"({"quantity":100})")).status, 201);
    }
    Task<HttpResponse> post(std::string target, std::string body = "{}") {
        return shop.send(Method::post, std::move(target), std::move(body));
    }
    /// Its status in the answer.
    Task<std::string> place(std::string order, std::string payment = "card", std::string shipping = "standard",
                            int quantity = 1) {
        const auto placed = co_await post(
            "/api/v1/orders", fmt::format(R"({{"order":"{}","payment_method":"{}","shipping_method":"{}","lines":[)"
                                          R"({{"sku":"MUG","quantity":{},"unit_price":{{"amount":"3.50",)"
                                          R"("currency":"GBP"}}}}]}})",
                                          order, payment, shipping, quantity));
        EXPECT_EQ(placed.status, 201) << placed.body;
        co_return std::string(boost::json::parse(placed.body).at("status").as_string());
    }
    Task<std::string> status(std::string order) {
        const auto shown = co_await shop.read("/api/v1/orders/" + order);
        co_return std::string(shown.at("status").as_string());
    }
    /// Waits, at most a minute of virtual time.
    Task<bool> comes_to(std::string order, std::string wanted) {
        for (int i = 0; i < 6'000; ++i) {
            if (co_await status(order) == wanted) co_return true;
            co_await simulation.clock().sleep_for(10ms);
        }
        co_return false;
    }
    Task<std::string> reason(std::string order) {
        const auto shown = co_await shop.read("/api/v1/orders/" + order);
        co_return std::string(shown.at("reason").as_string());
    }
    Task<boost::json::value> stock() { return shop.read("/api/v1/stock/MUG"); }
    Task<boost::json::value> payment(std::string order) { return shop.read("/api/v1/payments/" + order); }
    /// The types of events that the order has brought about, causes first.
    Task<std::vector<std::string>> history(std::string order) {
        const auto timeline = co_await shop.read("/api/v1/orders/" + order + "/timeline");
        std::vector<std::string> types;
        for (const auto& item : timeline.at("items").as_array()) types.emplace_back(item.at("type").as_string());
        co_return types;
    }
    Task<boost::json::value> saga(std::string order) {
        return shop.read("/api/v1/services/orders/sagas/place-order/" + order);
    }
    static std::size_t place_of(const std::vector<std::string>& types, const std::string& type) {
        return static_cast<std::size_t>(std::ranges::find(types, type) - types.begin());
    }
};

CORO_TEST_F(OrderSaga, EveryStepIsSeenOnTheWay) {
    TALLY_COVERS("E01.1", "E01.2", "E01.3", "E01.4", "E01.5", "E01.6", "E01.7", "E01.8", "E01.13", "E01.14", "E12.6",
                 "E21.1", "B03.4", "C34.3");
    co_await open({{"shipping.transit_ms", "10000"}});
    inventory.delay = 1;
    std::vector<std::string> seen{co_await place("o1", "sim_late")};
    for (int i = 0; i < 5'000 && seen.back() != "completed"; ++i) {
        if (std::string now = co_await status("o1"); now != seen.back()) seen.push_back(std::move(now));
        co_await simulation.clock().sleep_for(i < 1'000 ? Duration(100us) : Duration(10ms));
    }
    EXPECT_THAT(seen, ElementsAre("created", "reserving_stock", "paying", "shipping", "completed"));
    const auto types = co_await history("o1");
    EXPECT_THAT(types, IsSupersetOf({"OrderCreated", "InventoryReservationRequested", "PaymentRequested",
                                     "OrderConfirmed", "OrderCompleted"}));
    EXPECT_LT(place_of(types, "InventoryReservationConfirmed"), place_of(types, "OrderConfirmed"));
    EXPECT_LT(place_of(types, "PaymentAuthorized"), place_of(types, "PaymentConfirmed"));
    EXPECT_EQ((co_await saga("o1")).at("state").at("status").as_string(), "completed");
    co_await shop.stop();
}

CORO_TEST_F(OrderSaga, ADeclinedCardGivesTheStockBack) {
    TALLY_COVERS("E01.10", "E11.8", "E12.4", "E13.2", "E21.2", "B03.3");
    co_await open();
    co_await place("o1", "sim_decline");
    EXPECT_EQ(co_await shop.settled("o1"), "cancelled");
    EXPECT_EQ(co_await reason("o1"), "payment_refused");
    EXPECT_EQ((co_await stock()).at("reserved"), 0);
    EXPECT_EQ((co_await stock()).at("on_hand"), 100);
    EXPECT_EQ((co_await payment("o1")).at("status").as_string(), "failed");
    EXPECT_THAT(co_await history("o1"), Contains("StockReleased"));
    co_await shop.stop();
}

CORO_TEST_F(OrderSaga, MissingStockIsNeverPaidFor) {
    TALLY_COVERS("E11.7", "E12.2", "E21.3");
    co_await open();
    co_await place("o1", "card", "standard", 101);
    EXPECT_EQ(co_await shop.settled("o1"), "cancelled");
    EXPECT_EQ(co_await reason("o1"), "out_of_stock");
    EXPECT_TRUE((co_await payment("o1")).is_null());
    EXPECT_THAT(co_await history("o1"), Not(Contains("PaymentRequested")));
    co_await shop.stop();
}

CORO_TEST_F(OrderSaga, AnAnswerThatComesTwiceIsTakenOnce) {
    TALLY_COVERS("E21.4", "E02.7");
    co_await open();
    co_await place("o1", "sim_twice");
    EXPECT_EQ(co_await shop.settled("o1"), "completed");
    co_await simulation.clock().sleep_for(1s);
    EXPECT_EQ((co_await payment("o1")).at("captured").at("amount").as_string(), "3.50");
    const auto types = co_await history("o1");
    EXPECT_EQ(std::ranges::count(types, "PaymentConfirmed"), 1);
    EXPECT_EQ(std::ranges::count(types, "OrderConfirmed"), 1);
    EXPECT_THAT(types, Contains("PaymentAnswerRepeated"));
    EXPECT_EQ((co_await stock()).at("on_hand"), 99);
    co_await shop.stop();
}

CORO_TEST_F(OrderSaga, APaymentThatComesTooLateIsGivenBack) {
    TALLY_COVERS("E01.9", "E01.12", "E02.2", "E21.5", "F34");
    co_await open({{"orders.pay_within_ms", "2000"}});
    co_await place("o1", "sim_late");
    EXPECT_TRUE(co_await comes_to("o1", "compensating"));
    EXPECT_EQ(co_await shop.settled("o1"), "cancelled");
    EXPECT_EQ(co_await reason("o1"), "payment_overdue");
    co_await simulation.clock().sleep_for(10s);
    const auto paid = co_await payment("o1");
    EXPECT_EQ(paid.at("status").as_string(), "refunded");
    EXPECT_EQ(paid.at("refunded").at("amount").as_string(), "3.50");
    EXPECT_EQ((co_await stock()).at("reserved"), 0);
    EXPECT_THAT(co_await history("o1"), Contains("SagaReplyIgnored")) << "the late success is on record";
    co_await shop.stop();
}

CORO_TEST_F(OrderSaga, ManyAtOnceEndEachByItself) {
    TALLY_COVERS("E21.6", "I9", "I10");
    co_await open({{"orders.pay_within_ms", "2000"}});
    const std::vector<std::string> methods{"card", "sim_decline", "sim_lose", "sim_late", "sim_twice"};
    for (int i = 0; i < 60; ++i)
        co_await place(fmt::format("o{}", i), methods[static_cast<std::size_t>(i) % methods.size()], "standard", 3);
    std::map<std::string, int> ends;
    for (int i = 0; i < 60; ++i) ++ends[co_await shop.settled(fmt::format("o{}", i))];
    EXPECT_EQ(ends["completed"] + ends["cancelled"], 60);
    EXPECT_GT(ends["completed"], 15);
    EXPECT_GT(ends["cancelled"], 23);
    co_await simulation.clock().sleep_for(10s);
    EXPECT_EQ((co_await stock()).at("on_hand"), 100 - 3 * ends["completed"]);
    EXPECT_EQ((co_await stock()).at("reserved"), 0);
    co_await shop.stop();
}

CORO_TEST_F(OrderSaga, ACancellationUndoesWhatWasBegunUntilTheOrderIsConfirmed) {
    TALLY_COVERS("E01.9", "E01.15");
    co_await open({{"shipping.transit_ms", "60000"}});
    co_await place("o1", "sim_late");
    EXPECT_TRUE(co_await comes_to("o1", "paying"));
    EXPECT_EQ((co_await post("/api/v1/orders/o1:cancel")).status, 202);
    EXPECT_EQ(co_await status("o1"), "compensating");
    EXPECT_EQ((co_await post("/api/v1/orders/o1:cancel")).status, 202) << "it is being undone already";
    EXPECT_EQ(co_await shop.settled("o1"), "cancelled");
    EXPECT_EQ(co_await reason("o1"), "customer_request");
    EXPECT_EQ((co_await post("/api/v1/orders/o1:cancel")).status, 409);
    co_await place("o2");
    EXPECT_TRUE(co_await comes_to("o2", "shipping"));
    EXPECT_EQ((co_await post("/api/v1/orders/o2:cancel")).status, 409);
    co_await simulation.clock().sleep_for(10s);
    EXPECT_EQ((co_await stock()).at("on_hand"), 99);
    EXPECT_EQ((co_await stock()).at("reserved"), 0);
    co_await shop.stop();
}

CORO_TEST_F(OrderSaga, AnOverdueParcelCallsAPersonWhoFindsIt) {
    TALLY_COVERS("E01.11", "E05.7", "E12.5");
    co_await open({{"orders.ship_within_ms", "1000"}});
    co_await place("o1", "card", "sim_lost");
    EXPECT_EQ(co_await shop.settled("o1"), "failed");
    const auto waiting = co_await shop.read("/api/v1/services/orders/sagas?status=running");
    EXPECT_EQ(waiting.at("items").at(0).at("id").as_string(), "place-order/o1");
    EXPECT_EQ((co_await post("/api/v1/shipments/o1:deliver")).status, 200);
    EXPECT_TRUE(co_await comes_to("o1", "completed"));
    co_await shop.stop();
}

CORO_TEST_F(OrderSaga, AStoppedShopGoesOnWhereItWas) {
    TALLY_COVERS("I2", "I10");
    co_await open({{"shipping.transit_ms", "10000"}});
    inventory.delay = 1;
    co_await place("o1", "sim_late");
    EXPECT_TRUE(co_await comes_to("o1", "paying"));
    co_await shop.stop();
    co_await simulation.clock().sleep_for(3s);
    shop.start();
    EXPECT_TRUE(co_await comes_to("o1", "shipping"));
    co_await shop.stop();
    shop.start();
    EXPECT_EQ(co_await shop.settled("o1"), "completed");
    EXPECT_EQ((co_await stock()).at("on_hand"), 99);
    co_await shop.stop();
}

CORO_TEST_F(OrderSaga, TheStateOfAnOrderIsShownAsItWasAtATime) {
    TALLY_COVERS("E01.17", "B10.1");
    co_await open();
    co_await place("o1", "sim_late");
    EXPECT_TRUE(co_await comes_to("o1", "paying"));
    const std::string then(to_text(simulation.clock().now()));
    EXPECT_EQ(co_await shop.settled("o1"), "completed");
    const auto was = co_await shop.read("/api/v1/orders/o1/state?at=" + then);
    EXPECT_EQ(was.at("status").as_string(), "paying");
    EXPECT_EQ((co_await shop.read("/api/v1/orders/o1/state")).at("status").as_string(), "completed");
    EXPECT_EQ((co_await shop.send(Method::get, "/api/v1/orders/o1/state?at=x")).status, 400);
    EXPECT_EQ((co_await shop.send(Method::get, "/api/v1/orders/o9/state")).status, 404);
    co_await shop.stop();
}

}  // namespace
}  // namespace tally::testing
