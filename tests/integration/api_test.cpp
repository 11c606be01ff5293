// The shop's API as clients use it: many at once, versions, times, lists that lag behind, keys that live on.
#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "integration/parcels.hpp"
#include "services/orders/orders_service.hpp"
#include "support/shop.hpp"
#include "tally/testing/coroutine_test.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/faults.hpp"
#include "tally/testing/together.hpp"

namespace tally::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Api : public CoroutineTest {
public:
    std::map<std::string, std::shared_ptr<MemoryDisk>> disks;
    Faults inventory{simulation.random(), simulation.clock()};  ///< slow where a test wants to be there first
    Shop shop{simulation, [this](const std::string& service) {
                  auto store = open_memory_store(simulation, disks, service);
                  return service == "inventory" ? create_faulty_store(std::move(store), inventory) : std::move(store);
              }};
    void slow_down_inventory() {
        inventory.delay = 1;
        inventory.longest = std::chrono::seconds(20);
    }

    struct Wanted {
        std::string target;
        std::string body;
        Headers headers{};
    };
    Task<std::vector<HttpResponse>> post_together(std::vector<Wanted> all) {
        std::vector<HttpResponse> responses(all.size());
        std::vector<Task<void>> tasks;
        tasks.reserve(all.size());
        for (std::size_t i = 0; i < all.size(); ++i) tasks.push_back(post_one(std::move(all[i]), responses[i]));
        co_await together(simulation.executor(), std::move(tasks));
        co_return responses;
    }
    Task<HttpResponse> get(std::string target, Headers headers = {}) {
        return shop.send(Method::get, std::move(target), {}, std::move(headers));
    }
    Task<HttpResponse> post(std::string target, std::string body = {}, Headers headers = {}) {
        return shop.send(Method::post, std::move(target), std::move(body), std::move(headers));
    }
    static std::map<int, int> by_status(const std::vector<HttpResponse>& responses) {
        std::map<int, int> counts;
        for (const auto& response : responses) ++counts[response.status];
        return counts;
    }
    static std::string header(const HttpResponse& response, std::string_view name) {
        return std::string(response.headers.find(name).value_or(""));
    }

private:
    Task<void> post_one(Wanted wanted, HttpResponse& response) {
        response = co_await post(std::move(wanted.target), std::move(wanted.body), std::move(wanted.headers));
    }
};

CORO_TEST_F(Api, FiftyReceiptsOfOneCodeAllLand) {
    TALLY_COVERS("sec-A07", "I9", "I3");
    shop.start();
    std::vector<Wanted> all;
    for (int i = 1; i <= 50; ++i)
        all.push_back({"/api/v1/stock/MUG:receive", "{\"quantity\":" + std::to_string(i) + "}"});
    EXPECT_EQ(by_status(co_await post_together(std::move(all))), (std::map<int, int>{{201, 50}}));
    EXPECT_EQ((co_await shop.read("/api/v1/stock/MUG")).at("on_hand"), 50 * 51 / 2);
    co_await shop.stop();
}

CORO_TEST_F(Api, FiftyTimesTheSameOrderIsOneOrder) {
    TALLY_COVERS("sec-A07", "B20.1", "I3");
    shop.start();
    std::vector<Wanted> all(50, {"/api/v1/orders", order_json("o1", "MUG", 1)});  // each with a key of its own
    EXPECT_EQ(by_status(co_await post_together(std::move(all))), (std::map<int, int>{{200, 49}, {201, 1}}));
    std::vector<Wanted> keyed(50, {"/api/v1/orders", order_json("o2", "MUG", 1), {{"Idempotency-Key", "one"}}});
    const auto responses = co_await post_together(std::move(keyed));
    EXPECT_EQ(by_status(responses), (std::map<int, int>{{201, 50}}));
    for (const auto& response : responses) EXPECT_EQ(response.body, responses.front().body);
    std::map<std::string, int> types;
    const auto events = co_await shop.read("/api/v1/services/orders/events");
    for (const auto& event : events.at("items").as_array()) ++types[std::string(event.at("type").as_string())];
    EXPECT_EQ(types["OrderCreated"], 2);
    EXPECT_EQ(types["InventoryReservationRequested"], 2);
    co_await shop.stop();
}

CORO_TEST_F(Api, OfFiftyForTheLastPiecesNoMoreGetThemThanThereAre) {
    TALLY_COVERS("sec-A07", "I9", "I10", "E03.1");
    shop.start();
    EXPECT_EQ((co_await post("/api/v1/stock/MUG:receive", R"({"quantity":7})")).status, 201);
    std::vector<Wanted> all;
    all.reserve(50);
    for (int i = 0; i < 50; ++i) all.push_back({"/api/v1/orders", order_json("o" + std::to_string(i), "MUG", 1)});
    EXPECT_EQ(by_status(co_await post_together(std::move(all))), (std::map<int, int>{{201, 50}}));
    std::map<std::string, int> statuses;
    for (int i = 0; i < 50; ++i) ++statuses[co_await shop.settled("o" + std::to_string(i))];
    EXPECT_EQ(statuses, (std::map<std::string, int>{{"completed", 7}, {"cancelled", 43}}));
    co_await simulation.clock().sleep_for(std::chrono::seconds(1));
    const auto stock = co_await shop.read("/api/v1/stock/MUG");
    EXPECT_EQ(stock.at("on_hand"), 0);
    EXPECT_EQ(stock.at("reserved"), 0);
    co_await shop.stop();
}

CORO_TEST_F(Api, FiftyCancellationsAreOne) {
    TALLY_COVERS("sec-A07");
    shop.start();
    slow_down_inventory();
    EXPECT_EQ((co_await post("/api/v1/orders", order_json("o1", "MUG", 1))).status, 201);
    std::vector<Wanted> all(50, {"/api/v1/orders/o1:cancel", ""});
    EXPECT_EQ(by_status(co_await post_together(std::move(all))), (std::map<int, int>{{202, 50}}));
    inventory.heal();
    EXPECT_EQ(co_await shop.settled("o1"), "cancelled");
    std::map<std::string, int> types;
    const auto events = co_await shop.read("/api/v1/services/orders/streams/order-o1");
    for (const auto& event : events.at("items").as_array()) ++types[std::string(event.at("type").as_string())];
    EXPECT_EQ(types,
              (std::map<std::string, int>{{"OrderCreated", 1}, {"OrderCancelRequested", 1}, {"OrderCancelled", 1}}));
    EXPECT_EQ((co_await post("/api/v1/orders/o1:cancel", "")).status, 409);
    co_await shop.stop();
}

/// What is shown of an order changes with its saga.
CORO_TEST_F(Api, AnOrderHasAVersionToBeDecidedOn) {
    shop.start();
    slow_down_inventory();
    const auto placed = co_await post("/api/v1/orders", order_json("o1", "MUG", 1));
    EXPECT_EQ(header(placed, "ETag"), "\"1\"");
    EXPECT_EQ(header(placed, "Location"), "/api/v1/orders/o1");
    co_await simulation.clock().sleep_for(100ms);
    const auto begun = co_await get("/api/v1/orders/o1", {{"If-None-Match", "\"1\""}});
    EXPECT_EQ(begun.status, 200);
    EXPECT_EQ(boost::json::parse(begun.body).at("status"), "reserving_stock");
    EXPECT_EQ(header(begun, "ETag"), "\"4\"");
    EXPECT_EQ((co_await get("/api/v1/orders/o1", {{"If-None-Match", "\"4\""}})).status, 304);
    const auto stale = co_await post("/api/v1/orders/o1:cancel", "", {{"If-Match", "\"1\""}});
    EXPECT_EQ(stale.status, 412);
    EXPECT_EQ(boost::json::parse(stale.body).at("current_version"), 4);
    const auto cancelled = co_await post("/api/v1/orders/o1:cancel", "", {{"If-Match", "\"4\""}});
    EXPECT_EQ(cancelled.status, 202);
    EXPECT_EQ(header(cancelled, "ETag"), "\"5\"");
    EXPECT_EQ((co_await get("/api/v1/orders/o1", {{"If-None-Match", "\"4\""}})).status, 200);
    EXPECT_EQ((co_await post("/api/v1/orders", order_json("o2", "MUG", 1), {{"If-Match", "\"1\""}})).status, 412);
    co_await shop.stop();
}

CORO_TEST_F(Api, AnOrderIsShownAsItWas) {
    TALLY_COVERS("B10.1", "B09.6");
    shop.start();
    const std::string before(to_text(simulation.clock().now()));
    co_await simulation.clock().sleep_for(1s);
    EXPECT_EQ((co_await post("/api/v1/stock/MUG:receive", R"({"quantity":7})")).status, 201);
    slow_down_inventory();
    EXPECT_EQ((co_await post("/api/v1/orders", order_json("o1", "MUG", 1))).status, 201);
    const std::string placed(to_text(simulation.clock().now()));
    const auto order = [this](const std::string& query) { return get("/api/v1/orders/o1" + query); };
    const auto status = [](const HttpResponse& response) {
        return std::string(boost::json::parse(response.body).at("status").as_string());
    };
    co_await simulation.clock().sleep_for(1ms);
    inventory.heal();
    EXPECT_EQ(co_await shop.settled("o1"), "completed");
    co_await simulation.clock().sleep_for(1s);
    const std::string now(to_text(simulation.clock().now()));
    EXPECT_EQ(status(co_await order("?version=1")), "created");
    EXPECT_EQ(header(co_await order("?version=1"), "ETag"), "\"1\"");
    EXPECT_EQ(status(co_await order("?version=2")), "shipping");
    EXPECT_EQ(status(co_await order("?version=3")), "completed");
    EXPECT_EQ(status(co_await order("?version=1000")), "completed");
    EXPECT_EQ(status(co_await order("?at=" + now)), "completed");
    EXPECT_EQ((co_await order("?at=" + before)).status, 404);
    EXPECT_EQ(status(co_await order("?at=" + placed)), "reserving_stock");
    for (const char* bad : {"?version=0", "?version=-1", "?version=x", "?at=yesterday", "?at=", "?when=now"})
        EXPECT_EQ((co_await order(bad)).status, 400) << bad;
    co_await shop.stop();
}

CORO_TEST_F(Api, AListShowsWhatItsReaderHasWritten) {
    TALLY_COVERS("B11.3");
    shop.start();
    for (int i = 0; i < 20; ++i) {
        const std::string order = "o" + std::to_string(i);
        const auto placed = co_await post("/api/v1/orders", order_json(order, "MUG", 1));
        const std::string position = header(placed, "X-Log-Position");
        EXPECT_TRUE(position.starts_with("orders:")) << position;
        const auto list = co_await shop.read("/api/v1/orders?min_position=" + position);
        EXPECT_EQ(list.at("items").as_array().size(), static_cast<std::size_t>(i + 1));
    }
    const Instant begun = simulation.clock().instant();
    const auto never = co_await get("/api/v1/orders?min_position=orders:100000");
    EXPECT_EQ(never.status, 503);
    EXPECT_EQ(simulation.clock().instant() - begun, 5s);
    for (const char* bad : {"inventory:1", "x", "", "-1", "orders:", "1&min_position=1"})
        EXPECT_EQ((co_await get(std::string("/api/v1/orders?min_position=") + bad)).status, 400) << bad;
    EXPECT_EQ((co_await get("/api/v1/stock?min_position=1")).status, 400);  // it is never behind
    co_await shop.stop();
}

CORO_TEST_F(Api, AKeyLivesOnAcrossRestartsAndThenExpires) {
    TALLY_COVERS("sec-A08", "I3");
    shop.options.application.keep_answers = 10min;
    shop.start();
    const Headers key{{"Idempotency-Key", "mine"}};
    const auto first = co_await post("/api/v1/stock/MUG:receive", R"({"quantity":7})", key);
    co_await shop.stop();
    shop.start();
    const auto again = co_await post("/api/v1/stock/MUG:receive", R"({"quantity":7})", key);
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(header(again, "Idempotent-Replayed"), "true");
    EXPECT_EQ((co_await shop.read("/api/v1/stock/MUG")).at("on_hand"), 7);
    co_await simulation.clock().sleep_for(12min);  // the host's own sweeper
    EXPECT_EQ(header(co_await post("/api/v1/stock/MUG:receive", R"({"quantity":7})", key), "Idempotent-Replayed"), "");
    EXPECT_EQ((co_await shop.read("/api/v1/stock/MUG")).at("on_hand"), 14);
    co_await shop.stop();
}

CORO_TEST_F(Api, AWalkThroughTheListSeesEachOrderOnceWhileOthersArrive) {
    TALLY_COVERS("A20.6");
    shop.start();
    std::string last;
    for (int i = 0; i < 60; ++i)
        last = header(co_await post("/api/v1/orders", order_json("o" + std::to_string(i), "MUG", 1)), "X-Log-Position");
    (void)co_await shop.read("/api/v1/orders?min_position=" + last);
    std::multiset<std::string> seen;
    std::string token;
    int size = 0;
    do {
        size = size % 7 + 1;
        const auto page = co_await shop.read("/api/v1/orders?page_size=" + std::to_string(size) +
                                             (token.empty() ? "" : "&page_token=" + token));
        for (const auto& item : page.at("items").as_array()) seen.emplace(item.at("order").as_string());
        const auto* next = page.as_object().if_contains("next_page_token");
        token = next == nullptr ? "" : std::string(next->as_string());
        (void)co_await post("/api/v1/orders", order_json("late" + std::to_string(seen.size()), "MUG", 1));
    } while (!token.empty());
    for (int i = 0; i < 60; ++i) EXPECT_EQ(seen.count("o" + std::to_string(i)), 1u) << i;
    EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), seen.size());
    co_await shop.stop();
}

/// Passes everything on but what is for `gone`.
class Unreachable final : public Transport {
public:
    explicit Unreachable(Transport& inner) : inner_(inner) {}
    Task<Result<HttpResponse>> send(std::string service, HttpRequest request) override {
        if (service == gone) co_return fail(ErrorCode::unavailable, gone + " is away");
        co_return co_await inner_.send(std::move(service), std::move(request));
    }
    std::vector<std::string> services() const override { return inner_.services(); }
    std::string gone;

private:
    Transport& inner_;
};
std::unique_ptr<Unreachable> way;  // services are made by plain functions

Manifest orders_with_a_way_to_cut(Platform& platform) {
    way = std::make_unique<Unreachable>(platform.transport);
    Platform own{platform.store, platform.clock,    platform.random, platform.metrics,
                 *way,           platform.settings, platform.keys,   platform.files};
    return orders::orders_service(own);
}

CORO_TEST_F(Api, ATimelineNamesTheServiceThatDoesNotAnswer) {
    TALLY_COVERS("I18");
    shop.services[0].make = &orders_with_a_way_to_cut;
    shop.start();
    EXPECT_EQ((co_await post("/api/v1/stock/MUG:receive", R"({"quantity":10})")).status, 201);
    EXPECT_EQ((co_await post("/api/v1/orders", order_json("o1", "MUG", 1))).status, 201);
    EXPECT_EQ(co_await shop.settled("o1"), "completed");
    co_await simulation.clock().sleep_for(std::chrono::seconds(1));
    way->gone = "inventory";
    const auto timeline = co_await shop.read("/api/v1/orders/o1/timeline");
    EXPECT_EQ(timeline.at("complete"), false);
    EXPECT_EQ(timeline.at("unreachable"), boost::json::array{"inventory"});
    for (const auto& item : timeline.at("items").as_array()) EXPECT_NE(item.at("service").as_string(), "inventory");
    way->gone.clear();
    const auto whole = co_await shop.read("/api/v1/orders/o1/timeline");
    EXPECT_EQ(whole.at("complete"), true);
    EXPECT_EQ(whole.at("unreachable").as_array().size(), 0u);
    std::set<std::string> services;
    for (const auto& item : whole.at("items").as_array()) services.emplace(item.at("service").as_string());
    EXPECT_EQ(services, (std::set<std::string>{"inventory", "orders", "payments", "shipping"}));
    EXPECT_EQ((co_await get("/api/v1/orders/o2/timeline")).status, 404);
    co_await shop.stop();
}

}  // namespace
}  // namespace tally::testing
