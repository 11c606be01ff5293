// Goods that come back, through all services of one process, over their routes, in virtual time.
#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "integration/parcels.hpp"
#include "support/shop.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/store_decorator.hpp"
#include "tally/testing/together.hpp"

namespace tally::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A store whose list of orders stands still when told to.
class SlowViews final : public StoreDecorator {
public:
    SlowViews(std::unique_ptr<Store> inner, Clock& clock, const bool& stopped)
        : StoreDecorator(*inner), owned_(std::move(inner)), clock_(clock), stopped_(stopped) {}

    Task<CommitResult> commit(Changes changes) override {
        const bool is_list = std::ranges::any_of(changes.documents, [](const DocumentWrite& write) {
            return write.key.collection.starts_with("order-list.");
        });
        while (is_list && stopped_) co_await clock_.sleep_for(100ms);
        co_return co_await inner_.commit(std::move(changes));
    }

private:
    std::unique_ptr<Store> owned_;
    Clock& clock_;
    const bool& stopped_;
};

class Returns : public CoroutineTest {
public:
    std::map<std::string, std::shared_ptr<MemoryDisk>> disks;
    bool views_stopped = false;
    Shop shop{simulation, [this](const std::string& service) -> std::unique_ptr<Store> {
                  auto store = open_memory_store(simulation, disks, service);
                  return std::make_unique<SlowViews>(std::move(store), simulation.clock(), views_stopped);
              }};

    Task<void> pause(Duration how_long = 5s) { return simulation.clock().sleep_for(how_long); }
    Task<HttpResponse> post(std::string target, std::string body = {}, Headers headers = {}) {
        return shop.send(Method::post, std::move(target), std::move(body), std::move(headers));
    }

    /// Starts with so many mugs in the house.
    Task<void> open(int mugs = 100) {
        shop.start();
        EXPECT_EQ((co_await post("/api/v1/stock/MUG:receive", fmt::format(R"({{"quantity":{}}})", mugs))).status, 201);
    }
    /// An order of mugs at that price, and of postage; completed when it returns.
    Task<void> buy(std::string order, int mugs, std::string price = "2.50", std::string more = R"("customer":"c1")") {
        const auto placed =
            co_await post("/api/v1/orders", fmt::format(R"({{"order":"{}",{},"lines":[{{"sku":"MUG","quantity":{},)"
                                                        R"("unit_price":{{"amount":"{}","currency":"GBP"}}}},)"
                                                        R"({{"sku":"POST","quantity":1,"stocked":false,)"
                                                        R"("unit_price":{{"amount":"1.00","currency":"GBP"}}}}]}})",
                                                        order, more, mugs, price));
        EXPECT_EQ(placed.status, 201) << placed.body;
        EXPECT_EQ(co_await shop.settled(order), "completed");
        co_await simulation.clock().sleep_for(1ms);  // what comes back did so after it was bought
    }
    static std::string mugs(std::string id, int quantity, std::string more = R"("customer":"c1")") {
        return fmt::format(R"({{"return_id":"{}",{},"lines":[{{"sku":"MUG","quantity":{}}}]}})", id, more, quantity);
    }
    Task<boost::json::value> give_back(std::string body, int status = 201) {
        const auto answer = co_await post("/api/v1/returns", std::move(body));
        EXPECT_EQ(answer.status, status) << answer.body;
        co_return boost::json::parse(answer.body);
    }
    /// `o1 5.00` of each order concerned.
    static std::vector<std::string> refunds(const boost::json::value& shown) {
        std::vector<std::string> texts;
        for (const auto& refund : shown.at("refunds").as_array())
            texts.push_back(std::string(refund.at("order").as_string()) + " " +
                            std::string(refund.at("amount").at("amount").as_string()));
        return texts;
    }
    Task<std::string> given_back(std::string order) {
        const auto payment = co_await shop.read("/api/v1/payments/" + order);
        co_return std::string(payment.at("refunded").at("amount").as_string());
    }
    Task<std::int64_t> in_the_house() { co_return (co_await shop.read("/api/v1/stock/MUG")).at("on_hand").as_int64(); }
    Task<std::vector<std::string>> listed(std::string query) {
        std::vector<std::string> ids;
        const auto page = co_await shop.read("/api/v1/returns" + query);
        if (page.is_object())
            for (const auto& item : page.at("items").as_array()) ids.emplace_back(item.at("return_id").as_string());
        co_return ids;
    }
    Task<std::vector<std::string>> types(std::string stream) {
        std::vector<std::string> types;
        const auto page = co_await shop.read("/api/v1/services/orders/streams/" + stream);
        for (const auto& event : page.at("items").as_array()) types.emplace_back(event.at("type").as_string());
        co_return types;
    }
};

CORO_TEST_F(Returns, GiveTheMoneyBackAndPutTheGoodsOnTheShelf) {
    TALLY_COVERS("B02.13", "E05.8");
    co_await open();
    co_await buy("o1", 4);
    EXPECT_EQ(co_await in_the_house(), 96);
    const auto shown = co_await give_back(
        R"({"return_id":"r1","customer":"c1","lines":[{"sku":"mug","quantity":3},{"sku":"POST","quantity":1}]})");
    EXPECT_EQ(shown.at("outcome").as_string(), "matched");
    EXPECT_THAT(refunds(shown), ElementsAre("o1 8.50"));
    co_await pause();
    EXPECT_EQ(co_await given_back("o1"), "8.50");
    EXPECT_EQ(co_await in_the_house(), 99);
    EXPECT_EQ((co_await shop.read("/api/v1/shipments/o1")).at("status").as_string(), "returned");
    EXPECT_THAT(co_await types("return-r1"), ElementsAre("ReturnReceived", "PaymentRefundRequested"));

    const auto order = co_await shop.read("/api/v1/orders/o1");
    EXPECT_EQ(order.at("status").as_string(), "completed");
    EXPECT_EQ(order.at("refunded").at("amount").as_string(), "8.50");
    EXPECT_EQ(order.at("lines").at(0).at("returned"), 3);
    EXPECT_EQ(order.at("lines").at(1).at("returned"), 1);
    const auto of_order = co_await shop.read("/api/v1/orders/o1/returns");
    EXPECT_EQ(of_order.at("items").as_array().size(), 1u);
    EXPECT_EQ(of_order.at("items").at(0).at("return_id").as_string(), "r1");
    EXPECT_EQ(of_order.at("items").at(0).at("refund").at("amount").as_string(), "8.50");
    EXPECT_EQ((co_await shop.send(Method::get, "/api/v1/orders/o9/returns")).status, 404);
    co_await shop.stop();
}

CORO_TEST_F(Returns, AreLookedForInTheLatestOrdersFirst) {
    TALLY_COVERS("E05.8");
    co_await open();
    co_await buy("o1", 2, "2.00", R"("customer":"c1","placed_at":"2010-12-03T08:00:00Z")");
    co_await buy("o2", 2, "3.00", R"("customer":"c1","placed_at":"2010-12-01T08:00:00Z")");
    co_await buy("o3", 2, "4.00", R"("customer":"c1","placed_at":"2010-12-02T08:00:00Z")");
    co_await buy("o4", 2, "5.00", R"("customer":"c2","placed_at":"2010-12-02T08:00:00Z")");
    const std::string early = R"("customer":"c1","returned_at":"2010-12-03T08:00:00Z")";
    EXPECT_THAT(refunds(co_await give_back(mugs("r1", 3, early))), ElementsAre("o3 8.00", "o2 3.00"));
    EXPECT_THAT(refunds(co_await give_back(mugs("r2", 9))), ElementsAre("o1 4.00", "o2 3.00"));
    const auto nothing = co_await give_back(mugs("r3", 1));
    EXPECT_EQ(nothing.at("outcome").as_string(), "unmatched");
    EXPECT_THAT(refunds(nothing), IsEmpty());
    co_await pause();
    EXPECT_EQ(co_await in_the_house(), 98);
    EXPECT_EQ(co_await given_back("o2"), "6.00");
    EXPECT_EQ(co_await given_back("o4"), "0.00");
    co_await shop.stop();
}

CORO_TEST_F(Returns, AreLookedForOnEveryPageOfOrders) {
    co_await open(1'000);
    for (int i = 0; i < 60; ++i) co_await buy(fmt::format("o{}", i), 1);
    const auto shown = co_await give_back(mugs("r1", 100));
    EXPECT_EQ(shown.at("lines").at(0).at("matched"), 60);
    EXPECT_EQ(refunds(shown).front(), "o59 2.50");
    EXPECT_EQ(refunds(shown).back(), "o0 2.50");
    co_await shop.stop();
}

CORO_TEST_F(Returns, OfUnknownCustomersAndOpenOrdersAreRecordedAndRefundNothing) {
    co_await open(3);
    co_await buy("o1", 2, "2.50", R"("country":"France")");
    EXPECT_EQ((co_await post("/api/v1/orders", order_json("o2", "MUG", 5))).status, 201);
    EXPECT_EQ(co_await shop.settled("o2"), "cancelled");
    for (const char* more : {R"("customer":"c1")", R"("customer":"c9")", R"("order":"o9")", R"("order":"o2")",
                             R"("order":"o1","customer":"c1")", R"("order":"o1","returned_at":"2001-01-01T00:00:00Z")",
                             R"("returned_at":"2012-01-01T00:00:00Z")"}) {
        const auto shown = co_await give_back(mugs(fmt::format("r{}", std::hash<std::string>()(more)), 1, more));
        EXPECT_EQ(shown.at("outcome").as_string(), "unmatched") << more;
        EXPECT_EQ(shown.at("lines").at(0).at("matched"), 0) << more;
    }
    co_await pause();
    EXPECT_EQ((co_await listed("?outcome=unmatched")).size(), 7u);
    // A guest names the order.
    EXPECT_THAT(refunds(co_await give_back(mugs("r1", 1, R"("order":"o1")"))), ElementsAre("o1 2.50"));
    co_await shop.stop();
}

CORO_TEST_F(Returns, AreReceivedOnce) {
    TALLY_COVERS("B20.1");
    co_await open();
    co_await buy("o1", 4);
    EXPECT_THAT(refunds(co_await give_back(mugs("r1", 1))), ElementsAre("o1 2.50"));
    EXPECT_THAT(refunds(co_await give_back(mugs("r1", 1), 200)), ElementsAre("o1 2.50"));
    EXPECT_EQ((co_await give_back(mugs("r1", 2), 409)).at("title").as_string().empty(), false);
    EXPECT_EQ((co_await give_back(mugs("r1", 1, R"("customer":"c2")"), 409)).is_object(), true);
    EXPECT_EQ((co_await post("/api/v1/returns", R"({"return_id":"r2","customer":"c1","lines":[]})")).status, 409);
    EXPECT_EQ((co_await post("/api/v1/returns", mugs("r2", 0))).status, 422);
    const auto first = co_await post("/api/v1/returns", mugs("r3", 1), {{"Idempotency-Key", "k"}});
    const auto again = co_await post("/api/v1/returns", mugs("r3", 1), {{"Idempotency-Key", "k"}});
    EXPECT_EQ(first.status, 201);
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.headers.find("Idempotent-Replayed"), "true");
    co_await pause();
    EXPECT_EQ(co_await given_back("o1"), "5.00");
    EXPECT_EQ((co_await shop.send(Method::get, "/api/v1/returns/r2")).status, 404);
    const auto shown = co_await shop.send(Method::get, "/api/v1/returns/r1");
    EXPECT_EQ(shown.status, 200);
    EXPECT_EQ(shown.headers.find("ETag"), "\"2\"");
    co_await shop.stop();
}

CORO_TEST_F(Returns, OfTheLastPiecesAtOnceShareThem) {
    TALLY_COVERS("I4", "I9");
    co_await open();
    co_await buy("o1", 3);
    std::vector<HttpResponse> answers(4);
    std::vector<Task<void>> tasks;
    const auto send = [](Returns& test, std::string body, HttpResponse& answer) -> Task<void> {
        answer = co_await test.post("/api/v1/returns", std::move(body));
    };
    for (std::size_t i = 0; i < answers.size(); ++i)
        tasks.push_back(send(*this, mugs(fmt::format("r{}", i), 2), answers[i]));
    co_await together(simulation.executor(), std::move(tasks));
    std::vector<std::int64_t> matched;
    for (const auto& answer : answers) {
        EXPECT_EQ(answer.status, 201) << answer.body;
        matched.push_back(boost::json::parse(answer.body).at("lines").at(0).at("matched").as_int64());
    }
    std::ranges::sort(matched);
    EXPECT_THAT(matched, ElementsAre(0, 0, 1, 2));
    co_await pause();
    EXPECT_EQ(co_await given_back("o1"), "7.50");
    EXPECT_EQ(co_await in_the_house(), 100);
    co_await shop.stop();
}

CORO_TEST_F(Returns, WaitUntilTheOrdersAreKnownAndRatherFailThanOverlookOne) {
    co_await open();
    co_await buy("o0", 1);
    co_await pause();
    views_stopped = true;
    co_await buy("o1", 1, "3.00");
    const Timestamp asked = simulation.clock().now();
    const auto refused = co_await post("/api/v1/returns", mugs("r1", 1), {{"Idempotency-Key", "k"}});
    EXPECT_EQ(refused.status, 503) << refused.body;
    EXPECT_TRUE(refused.headers.find("Retry-After"));
    EXPECT_GE(simulation.clock().now() - asked, 5s);
    EXPECT_EQ((co_await shop.send(Method::get, "/api/v1/returns/r1")).status, 404);

    const auto go_on = [](Returns& test) -> Task<void> {
        co_await test.pause(2s);
        test.views_stopped = false;
    };
    std::vector<Task<void>> tasks;
    tasks.push_back(go_on(*this));
    HttpResponse answer;
    const auto send = [](Returns& test, HttpResponse& to) -> Task<void> {
        to = co_await test.post("/api/v1/returns", mugs("r1", 1), {{"Idempotency-Key", "k"}});
    };
    tasks.push_back(send(*this, answer));
    co_await together(simulation.executor(), std::move(tasks));
    EXPECT_EQ(answer.status, 201);
    EXPECT_THAT(refunds(boost::json::parse(answer.body)), ElementsAre("o1 3.00"));
    co_await shop.stop();
}

CORO_TEST_F(Returns, AreCarriedOutAfterARestart) {
    TALLY_COVERS("I9", "I8");
    co_await open();
    co_await buy("o1", 4);
    co_await buy("o2", 4);
    (void)co_await give_back(mugs("r1", 6));
    co_await shop.stop();
    shop.start();
    co_await pause();
    EXPECT_EQ(co_await given_back("o1"), "5.00");
    EXPECT_EQ(co_await given_back("o2"), "10.00");
    EXPECT_EQ(co_await in_the_house(), 98);
    (void)co_await give_back(mugs("r1", 6), 200);
    co_await shop.stop();
    shop.start();
    EXPECT_THAT(refunds(co_await give_back(mugs("r2", 6))), ElementsAre("o1 5.00"));
    co_await pause();
    EXPECT_EQ(co_await given_back("o1"), "10.00");
    co_await shop.stop();
}

CORO_TEST_F(Returns, AreListedLatestFirst) {
    co_await open();
    co_await buy("o1", 1);
    (void)co_await give_back(mugs("r1", 1));
    (void)co_await give_back(mugs("r2", 1));
    (void)co_await give_back(mugs("r3", 1, R"("customer":"c2","returned_at":"2010-12-01T08:00:00Z")"));
    co_await pause();
    EXPECT_THAT(co_await listed(""), ElementsAre("r2", "r1", "r3"));
    EXPECT_THAT(co_await listed("?customer=c1"), ElementsAre("r2", "r1"));
    EXPECT_THAT(co_await listed("?outcome=matched"), ElementsAre("r1"));
    EXPECT_THAT(co_await listed("?outcome=unmatched&customer=c1"), ElementsAre("r2"));
    EXPECT_THAT(co_await listed("?to=2010-12-02T00:00:00Z"), ElementsAre("r3"));
    const auto page = co_await shop.read("/api/v1/returns?page_size=2");
    const std::string next(page.at("next_page_token").as_string());
    EXPECT_THAT(co_await listed("?page_size=2&page_token=" + next), ElementsAre("r3"));
    EXPECT_EQ(page.at("items").at(1).at("refunds").at(0).at("order").as_string(), "o1");
    EXPECT_EQ(
        (co_await shop.send(Method::get, "/api/v1/returns?from=2011-01-02T00:00:00Z&to=2011-01-01T00:00:00Z")).status,
        400);
    co_await shop.stop();
}

}  // namespace
}  // namespace tally::testing
