// What an operator may ask of the services: events, streams, documents, projections, consumers, lag.
#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "support/shop.hpp"
#include "tally/testing/coroutine_test.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

using ::testing::ElementsAre;

const std::string orders = "/api/v1/services/orders";
const std::string inventory = "/api/v1/services/inventory";

class Admin : public CoroutineTest {
public:
    Shop shop{simulation};

    /// Stock and so many confirmed orders `o0`, `o1`, …
    Task<void> trade(int count) {
        shop.start();
        EXPECT_EQ((co_await post("/api/v1/stock/MUG:receive", R"({"quantity":1000})")).status, 201);
        for (int i = 0; i < count; ++i) {
            const std::string order = "o" + std::to_string(i);
            EXPECT_EQ((co_await post("/api/v1/orders", order_json(order, "MUG", 1))).status, 201);
            EXPECT_EQ(co_await shop.settled(order), "completed");
        }
    }
    Task<HttpResponse> post(std::string target, std::string body = {}, Headers headers = {}) {
        return shop.send(Method::post, std::move(target), std::move(body), std::move(headers));
    }
    Task<int> status_of(std::string target) { co_return (co_await shop.send(Method::get, std::move(target))).status; }

    /// All items, page by page, with another page size each time.
    Task<std::vector<boost::json::value>> walk(std::string target) {
        std::vector<boost::json::value> items;
        std::string token;
        int size = 0;
        do {
            size = size % 5 + 1;
            const auto page =
                co_await shop.read(target + (target.contains('?') ? "&" : "?") + "page_size=" + std::to_string(size) +
                                   (token.empty() ? "" : "&page_token=" + token));
            EXPECT_TRUE(page.is_object()) << target;
            if (!page.is_object()) break;
            EXPECT_LE(page.at("items").as_array().size(), static_cast<std::size_t>(size));
            for (const auto& item : page.at("items").as_array()) items.push_back(item);
            const auto* next = page.as_object().if_contains("next_page_token");
            token = next == nullptr ? "" : std::string(next->as_string());
        } while (!token.empty());
        co_return items;
    }
    /// A short rebuild may be over before it is cancelled, so until one is not. Generations made last, and kept.
    Task<std::pair<std::int64_t, std::int64_t>> rebuild_and_cancel() {
        const std::string path = orders + "/projections/order-list";
        int status = 0;
        std::int64_t made = 0;
        for (int i = 0; i < 50 && status != 202; ++i) {
            const auto asked = co_await post(path + ":rebuild");
            EXPECT_EQ(asked.status, 202) << asked.body;
            made = boost::json::parse(asked.body).at("rebuild").at("generation").as_int64();
            status = (co_await post(path + ":cancel-rebuild")).status;
            co_await simulation.clock().sleep_for(std::chrono::seconds(30));
        }
        EXPECT_EQ(status, 202);
        co_return std::pair(made, made - 1);
    }
    static std::vector<std::int64_t> numbers(const std::vector<boost::json::value>& items, std::string_view name) {
        std::vector<std::int64_t> all;
        all.reserve(items.size());
        for (const auto& item : items) all.push_back(item.at(name).as_int64());
        return all;
    }
};

CORO_TEST_F(Admin, EventsAlongTheLog) {
    TALLY_COVERS("A15.1", "A20.6");
    co_await trade(4);
    const auto forward = numbers(co_await walk(orders + "/events"), "position");
    EXPECT_EQ(forward.size(), 40u);  // of each order: 3, 2 requests and 5 of its saga
    EXPECT_TRUE(std::ranges::is_sorted(forward));
    auto backward = numbers(co_await walk(orders + "/events?backward=true"), "position");
    std::ranges::reverse(backward);
    EXPECT_EQ(backward, forward);
    EXPECT_EQ(numbers(co_await walk(orders + "/events?after=37"), "position"), (std::vector<std::int64_t>{38, 39, 40}));
    EXPECT_EQ((co_await shop.read(orders + "/events?after=12")).at("head"), 40);
    for (const char* bad : {"?after=-1", "?after=x", "?backward=1", "?page_size=-1", "?page_token=x", "?sort=a"})
        EXPECT_EQ(co_await status_of(orders + "/events" + bad), 400) << bad;
    co_await shop.stop();
}

CORO_TEST_F(Admin, EventsOfACorrelation) {
    TALLY_COVERS("A15.4", "A20.2", "A12.3", "B18.3");
    co_await trade(1);
    EXPECT_EQ((co_await post("/api/v1/orders", order_json("mine", "MUG", 1), {{"X-Correlation-Id", "cor-1"}})).status,
              201);
    EXPECT_EQ(co_await shop.settled("mine"), "completed");
    const auto items = co_await walk(orders + "/events?correlation_id=cor-1");
    std::vector<std::string> types;
    types.reserve(items.size());
    for (const auto& item : items) types.emplace_back(item.at("type").as_string());
    EXPECT_THAT(types, ElementsAre("OrderCreated", "SagaStarted", "InventoryReservationRequested", "SagaStepStarted",
                                   "PaymentRequested", "SagaStepStarted", "OrderConfirmed", "SagaStepStarted",
                                   "OrderCompleted", "SagaCompleted"));
    for (const auto& item : co_await walk(inventory + "/events?correlation_id=cor-1"))
        EXPECT_EQ(item.at("correlation_id").as_string(), "cor-1");
    EXPECT_EQ((co_await walk(orders + "/events?correlation_id=nothing")).size(), 0u);
    co_await shop.stop();
}

CORO_TEST_F(Admin, APageTokenBelongsToItsFiltersAndPath) {
    TALLY_COVERS("sec-N04");
    co_await trade(2);
    const auto page = co_await shop.read(orders + "/events?page_size=1&backward=true");
    const std::string token = "&page_token=" + std::string(page.at("next_page_token").as_string());
    EXPECT_EQ(co_await status_of(orders + "/events?backward=true" + token), 200);
    EXPECT_EQ(co_await status_of(orders + "/events?page_size=7&backward=true" + token), 200);
    EXPECT_EQ(co_await status_of(orders + "/events?backward=false" + token), 400);
    EXPECT_EQ(co_await status_of(orders + "/events?backward=true&correlation_id=a" + token), 400);
    EXPECT_EQ(co_await status_of(orders + "/events?page_size=1" + token), 400);
    EXPECT_EQ(co_await status_of(inventory + "/events?backward=true" + token), 400);
    EXPECT_EQ(co_await status_of(orders + "/events?backward=true" + token + token), 400);
    co_await shop.stop();
}

CORO_TEST_F(Admin, OneEvent) {
    TALLY_COVERS("A15.2", "B04.5", "B04.6", "B04.12", "B04.13");
    co_await trade(1);
    const auto events = co_await walk(orders + "/events");
    const std::string path = orders + "/events/" + std::string(events.at(2).at("id").as_string());
    const auto response = co_await shop.send(Method::get, path);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(boost::json::parse(response.body), events.at(2));
    EXPECT_EQ(response.headers.find("Cache-Control"), "private, max-age=31536000, immutable");
    EXPECT_EQ(events.at(2).at("type").as_string(), "InventoryReservationRequested");
    EXPECT_FALSE(events.at(2).at("causation_id").as_string().empty());
    EXPECT_EQ(events.at(2).at("data").at("order").as_string(), "o0");
    EXPECT_EQ(co_await status_of(inventory + "/events/" + std::string(events.at(2).at("id").as_string())), 404);
    EXPECT_EQ(co_await status_of(orders + "/events/00000000-0000-7000-8000-000000000000"), 404);
    EXPECT_EQ(co_await status_of(orders + "/events/1"), 400);
    co_await shop.stop();
}

CORO_TEST_F(Admin, EventsOfAStream) {
    TALLY_COVERS("A15.3", "A20.1", "B09.4", "I4");
    co_await trade(2);
    const std::string stream(co_await [](Admin& test) -> Task<std::string> {
        const auto events = co_await test.walk(orders + "/events");
        co_return std::string(events.back().at("stream").as_string());
    }(*this));
    const auto items = co_await walk(orders + "/streams/" + percent_encode(stream));
    EXPECT_EQ(numbers(items, "version"), (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7}));
    for (const auto& item : items) EXPECT_EQ(item.at("stream").as_string(), stream);
    EXPECT_EQ(numbers(co_await walk(orders + "/streams/" + stream + "?from=7"), "version"),
              (std::vector<std::int64_t>{7}));
    EXPECT_EQ(co_await status_of(orders + "/streams/nothing"), 404);
    EXPECT_EQ(co_await status_of(orders + "/streams/" + stream + "?from=8"), 200);
    for (const char* bad : {"?from=0", "?from=-1", "?from=-9223372036854775808", "?from=x", "?page_token=x"})
        EXPECT_EQ(co_await status_of(orders + "/streams/" + stream + bad), 400) << bad;
    co_await shop.stop();
}

CORO_TEST_F(Admin, ServicesAndTheirDocuments) {
    co_await trade(3);
    const auto services = co_await shop.read("/api/v1/services");
    EXPECT_EQ(services.at("items").as_array().size(), shop.services.size());
    EXPECT_EQ(services.at("items").at(0).at("head"), 30);
    EXPECT_EQ(services.at("items").at(0).at("topic").as_string(), "orders.events");
    for (const auto& service : services.at("items").as_array()) {
        const std::string path = "/api/v1/services/" + std::string(service.at("name").as_string()) + "/documents";
        for (const auto& collection : service.at("collections").as_array())
            EXPECT_EQ(co_await status_of(path + "?collection=" + percent_encode(std::string(collection.as_string()))),
                      200);
        EXPECT_EQ(co_await status_of(path), 400);
    }
    const auto lists = co_await walk(orders + "/documents?collection=order-list.g1");
    EXPECT_EQ(lists.size(), 3u);
    for (const auto& document : lists) EXPECT_EQ(document.at("key"), document.at("body").at("order"));
    co_await shop.stop();
}

CORO_TEST_F(Admin, ProjectionsAreShownAndRebuilt) {
    TALLY_COVERS("C17.3", "C16.5");
    co_await trade(3);
    co_await simulation.clock().sleep_for(std::chrono::seconds(1));
    const std::string path = orders + "/projections/order-list";
    const auto before = co_await shop.read(path);
    EXPECT_EQ(before.at("generation"), 1);
    EXPECT_EQ(before.at("position"), 30);
    EXPECT_EQ(before.at("head"), 30);
    EXPECT_EQ((co_await shop.read(orders + "/projections")).at("items").at(0), before);

    const auto asked = co_await post(path + ":rebuild");
    EXPECT_EQ(asked.status, 202) << asked.body;
    EXPECT_EQ(boost::json::parse(asked.body).at("rebuild").at("generation"), 2);
    const auto twice = co_await post(path + ":rebuild");
    EXPECT_EQ(twice.status, 409);
    EXPECT_TRUE(boost::json::parse(twice.body).at("type").as_string().ends_with("/rejected"));
    co_await simulation.clock().sleep_for(std::chrono::seconds(30));
    const auto after = co_await shop.read(path);
    EXPECT_EQ(after.at("generation"), 2);
    EXPECT_FALSE(after.as_object().contains("rebuild"));
    EXPECT_EQ((co_await walk("/api/v1/orders")).size(), 3u);

    EXPECT_EQ((co_await post(path + ":cancel-rebuild")).status, 409);  // none is running
    const auto [made, kept] = co_await rebuild_and_cancel();
    EXPECT_EQ((co_await shop.read(path)).at("generation"), kept);
    EXPECT_GT(made, kept);
    for (const char* verb : {":rebuild", ":cancel-rebuild"})
        EXPECT_EQ((co_await post(orders + "/projections/nothing" + verb)).status, 404);
    EXPECT_EQ(co_await status_of(orders + "/projections/nothing"), 404);
    co_await shop.stop();
}

CORO_TEST_F(Admin, ConsumersAndTheirLag) {
    TALLY_COVERS("C17.4", "C06.4", "C06.5", "C05.1", "C05.2", "C05.4", "C05.9", "C05.10");
    co_await trade(5);
    const auto consumers = co_await shop.read(inventory + "/consumers");
    EXPECT_EQ(consumers.at("items").as_array().size(), 1u);
    EXPECT_EQ(consumers.at("items").at(0).at("state").as_string(), "running");
    EXPECT_EQ(consumers.at("items").at(0).at("handled"), 10);

    const std::string path = inventory + "/consumers/inventory/lag";
    const auto rows = co_await walk(path);
    EXPECT_EQ(rows.size(), 25u);  // what orders publish
    std::set<std::int64_t> positions;
    for (const auto& row : rows) {
        positions.insert(row.at("position").to_number<std::int64_t>());
        EXPECT_EQ(row.at("status").as_string(), "PROCESSED") << row;
        EXPECT_GE(row.at("total_lag_ms").to_number<double>(), 0);
    }
    EXPECT_EQ(positions.size(), 25u);
    EXPECT_EQ((co_await walk(path + "?after=40")).size(), 5u);
    const auto statistics = co_await shop.read(path + "/statistics");
    std::int64_t counted = 0;
    for (const auto& row : statistics.at("items").as_array()) {
        counted += row.at("count").to_number<std::int64_t>();
        EXPECT_LE(row.at("p50_ms").to_number<double>(), row.at("p99_ms").to_number<double>());
    }
    EXPECT_EQ(counted, 25);
    for (const char* bad : {"?after=-1", "?page_size=x", "?page_token=x"})
        EXPECT_EQ(co_await status_of(path + bad), 400) << bad;
    EXPECT_EQ(co_await status_of(inventory + "/consumers/nobody/lag"), 404);
    EXPECT_EQ(co_await status_of(inventory + "/consumers/nobody/lag/statistics"), 404);
    EXPECT_EQ(co_await status_of(inventory + "/consumers/inventory/lag?topic=payments.events"), 404);
    const std::string of_several = "/api/v1/services/analytics/consumers/analytics/lag";
    EXPECT_EQ(co_await status_of(of_several), 400);
    EXPECT_EQ(co_await status_of(of_several + "/statistics"), 400);
    EXPECT_EQ(co_await status_of(of_several + "?topic=shipping.events"), 200);
    co_await shop.stop();
}

CORO_TEST_F(Admin, UnknownServicesAreNotFound) {
    shop.start();
    for (const char* path : {"/api/v1/services/nobody/events", "/api/v1/services/orders", "/api/v1/services/orders/x"})
        EXPECT_EQ(co_await status_of(path), 404) << path;
    co_await shop.stop();
}

}  // namespace
}  // namespace tally::testing
