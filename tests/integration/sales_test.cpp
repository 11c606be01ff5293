// Goal: the days of sales show what has become of the orders that were placed on them, each thing once.
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
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Sales : public CoroutineTest {
public:
    std::map<std::string, std::shared_ptr<MemoryDisk>> disks;
    Faults analytics{simulation.random(), simulation.clock()};
    Shop shop{simulation, [this](const std::string& service) {
                  auto store = open_memory_store(simulation, disks, service);
                  return service == "analytics" ? create_faulty_store(std::move(store), analytics) : std::move(store);
              }};

    Task<void> open() {
        shop.settings = {{"orders.pay_within_ms", "2000"}};
        shop.start();
        EXPECT_EQ((co_await post("/api/v1/stock/MUG:receive", R"({"quantity":100})")).status, 201);
    }
    Task<HttpResponse> post(std::string target, std::string body = "{}") {
        return shop.send(Method::post, std::move(target), std::move(body));
    }
    /// One of three pieces at 3.50 each.
    Task<void> place(std::string order, std::string placed_at, std::string payment = "card",
                     std::string currency = "GBP", int quantity = 3) {
        const std::string when = placed_at.empty() ? "" : fmt::format(R"("placed_at":"{}",)", placed_at);
        const auto placed = co_await post(
            "/api/v1/orders", fmt::format(R"({{"order":"{}",{}"payment_method":"{}","lines":[{{"sku":"MUG",)"
                                          R"("quantity":{},"unit_price":{{"amount":"3.50","currency":"{}"}}}}]}})",
                                          order, when, payment, quantity, currency));
        EXPECT_EQ(placed.status, 201) << placed.body;
    }
    /// One after the other, through to their ends.
    Task<void> trade() {
        const std::string day = "2010-12-01T08:26:00Z";
        co_await place("o1", day);
        co_await place("o2", day, "sim_decline");
        co_await place("o3", day, "card", "GBP", 101);
        co_await place("o4", day, "sim_late");
        co_await place("o5", day, "sim_silent");
        EXPECT_EQ((co_await post("/api/v1/orders/o5:cancel")).status, 202);
        for (const char* order : {"o1", "o2", "o3", "o4", "o5"}) (void)co_await shop.settled(order);
        const auto returned =
            co_await post("/api/v1/returns", R"({"return_id":"r1","order":"o1","lines":[{"sku":"MUG","quantity":1}]})");
        EXPECT_EQ(returned.status, 201) << returned.body;
        co_await pause();
    }
    /// Lets virtual time pass, for what is late to come and for analytics to get on.
    Task<void> pause() { return simulation.clock().sleep_for(30s); }

    Task<boost::json::array> days(std::string below) {
        const auto page = co_await shop.read("/api/v1/sales/days" + below);
        co_return page.is_object() ? page.at("items").as_array() : boost::json::array{};
    }
    /// `2010-12-01 GBP 2`: with the orders that were created.
    Task<std::vector<std::string>> listed(std::string query) {
        std::vector<std::string> found;
        for (const auto& item : co_await days(std::move(query)))
            found.push_back(fmt::format("{} {} {}", std::string(item.at("day").as_string()),
                                        std::string(item.at("currency").as_string()), item.at("created").as_int64()));
        co_return found;
    }
    static std::string amount(const boost::json::value& day, const char* member) {
        return std::string(day.at(member).at("amount").as_string());
    }
    static void expect_what_was_traded(const boost::json::array& items) {
        ASSERT_EQ(items.size(), 1U);
        const auto& day = items.front();
        EXPECT_EQ(day.at("day"), "2010-12-01");
        EXPECT_EQ(day.at("created"), 5);
        EXPECT_EQ(day.at("paid"), 2) << "o4 too late";
        EXPECT_EQ(day.at("confirmed"), 1);
        EXPECT_EQ(day.at("delivered"), 1);
        EXPECT_EQ(day.at("cancelled"), 4);
        const boost::json::value reasons{
            {"customer_request", 1}, {"out_of_stock", 1}, {"payment_overdue", 1}, {"payment_refused", 1}};
        EXPECT_EQ(day.at("cancelled_by"), reasons);
        EXPECT_EQ(day.at("reservations_refused"), 1);
        EXPECT_EQ(day.at("payments_refused"), 1);
        EXPECT_EQ(amount(day, "placed"), "395.50");
        EXPECT_EQ(amount(day, "captured"), "21.00");
        EXPECT_EQ(amount(day, "refunded"), "14.00") << "all of o4, and a piece of o1";
    }
};

CORO_TEST_F(Sales, ADayShowsWhatHasBecomeOfItsOrders) {
    TALLY_COVERS("E11.6", "E07.1", "E07.2", "E07.3", "E07.4", "E07.7", "E18.1", "E18.2", "E18.3", "E18.4", "E18.5",
                 "E18.6", "E18.7", "E18.8", "E18.10");
    co_await open();
    co_await trade();
    expect_what_was_traded(co_await days("/2010-12-01"));
    EXPECT_THAT(co_await days("/2010-12-02"), IsEmpty());
    std::vector<std::string> topics;
    const auto consumers = co_await shop.read("/api/v1/services/analytics/consumers");
    for (const auto& consumer : consumers.at("items").as_array()) topics.emplace_back(consumer.at("topic").as_string());
    EXPECT_THAT(topics, ElementsAre("orders.events", "inventory.events", "payments.events", "shipping.events"));
    co_await shop.stop();
}

CORO_TEST_F(Sales, WhatIsHandledAgainAndARestartChangeNothing) {
    TALLY_COVERS("E11.6", "I3");
    analytics.forget = 0.3;
    co_await open();
    co_await trade();
    analytics.heal();
    EXPECT_GT(analytics.hits["forget"], 0U) << "batches are handled again whose commit was not answered";
    co_await pause();
    expect_what_was_traded(co_await days("/2010-12-01"));
    co_await shop.stop();
    shop.start();
    co_await pause();
    expect_what_was_traded(co_await days("/2010-12-01"));
    co_await shop.stop();
}

CORO_TEST_F(Sales, WhatIsCountedAnewIsTheSame) {
    TALLY_COVERS("E07.1");
    co_await open();
    co_await trade();
    const auto before = co_await days("");
    co_await shop.stop();
    disks.erase("analytics");
    shop.start();
    co_await pause();
    EXPECT_EQ(co_await days(""), before);
    co_await shop.stop();
}

CORO_TEST_F(Sales, ListsShowDaysInTheirOrder) {
    TALLY_COVERS("E07.7");
    co_await open();
    co_await place("o1", "2010-12-03T00:00:00Z");
    co_await place("o2", "2010-12-01T23:59:59Z", "card", "EUR");
    co_await place("o3", "2010-12-02T12:00:00Z");
    co_await place("o4", "2010-12-01T00:00:00Z");
    co_await place("o5", "2010-12-01T12:00:00Z");
    co_await pause();
    EXPECT_THAT(co_await listed(""),
                ElementsAre("2010-12-01 EUR 1", "2010-12-01 GBP 2", "2010-12-02 GBP 1", "2010-12-03 GBP 1"));
    EXPECT_THAT(co_await listed("?from=2010-12-02"), ElementsAre("2010-12-02 GBP 1", "2010-12-03 GBP 1"));
    EXPECT_THAT(co_await listed("?from=2010-12-02&to=2010-12-03"), ElementsAre("2010-12-02 GBP 1"));
    EXPECT_THAT(co_await listed("?currency=EUR"), ElementsAre("2010-12-01 EUR 1"));
    EXPECT_THAT(co_await listed("?currency=GBP&to=2010-12-03&backward=true"),
                ElementsAre("2010-12-02 GBP 1", "2010-12-01 GBP 2"));
    EXPECT_THAT(co_await listed("?currency=JPY"), IsEmpty());
    EXPECT_THAT(co_await listed("/2010-12-01"), ElementsAre("2010-12-01 EUR 1", "2010-12-01 GBP 2"));
    const auto page = co_await shop.read("/api/v1/sales/days?page_size=3");
    const std::string next(page.at("next_page_token").as_string());
    EXPECT_THAT(co_await listed("?page_size=3&page_token=" + next), ElementsAre("2010-12-03 GBP 1"));
    const auto front = co_await shop.send(Method::get, "/");
    EXPECT_TRUE(front.body.contains("<a href=\"/api/v1/sales/days/2010-12-03\">2010-12-03</a>")) << front.body;
    co_await shop.stop();
}

CORO_TEST_F(Sales, AnOrderWithoutADateOfItsOwnCountsOnTheDayOfItsCreation) {
    TALLY_COVERS("E07.7");
    co_await open();
    const std::string today = to_text(simulation.clock().now()).substr(0, 10);
    co_await place("o1", "");
    co_await pause();
    EXPECT_THAT(co_await listed(""), ElementsAre(today + " GBP 1"));
    co_await shop.stop();
}

}  // namespace
}  // namespace tally::testing
