// Goal: who waits until everything is at rest finds all of it done, and is not told so before.
#include "tallystick/import/standing.hpp"

#include <boost/json.hpp>

#include "integration/parcels.hpp"
#include "support/shop.hpp"
#include "tally/testing/coroutine_test.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/faults.hpp"

namespace tally::testing {
namespace {

class StandingOfAll : public CoroutineTest {
public:
    std::map<std::string, std::shared_ptr<MemoryDisk>> disks;
    Faults inventory{simulation.random(), simulation.clock()};
    Shop shop{simulation, [this](const std::string& service) {
                  auto store = open_memory_store(simulation, disks, service);
                  return service == "inventory" ? create_faulty_store(std::move(store), inventory) : std::move(store);
              }};

    Task<Standing> look() {
        Api api(shop.host().transport(), simulation.clock());
        const auto found = co_await standing(api);
        EXPECT_TRUE(found) << found.error().text;
        co_return found.value_or(Standing{});
    }
};

CORO_TEST_F(StandingOfAll, EverythingThatFollowsIsDoneThen) {
    shop.settings = {{"orders.reserve_within_ms", "3600000"}};  // inventory may take longer than the default
    shop.start();
    co_await simulation.clock().sleep_for(std::chrono::seconds(1));
    EXPECT_TRUE((co_await look()).at_rest);
    EXPECT_EQ((co_await shop.send(Method::post, "/api/v1/stock/MUG:receive", R"({"quantity":9})")).status, 201);
    inventory.delay = 1;
    inventory.longest = std::chrono::seconds(20);
    EXPECT_EQ((co_await shop.send(Method::post, "/api/v1/orders", order_json("o1", "MUG", 2))).status, 201);
    Standing before = co_await look();
    EXPECT_FALSE(before.at_rest);
    int looks = 0;
    for (; !before.at_rest && looks < 10'000; ++looks) {
        co_await simulation.clock().sleep_for(std::chrono::milliseconds(100));
        const Standing now = co_await look();
        EXPECT_GE(now.done, before.done);
        before = now;
    }
    EXPECT_TRUE(before.at_rest);
    EXPECT_GT(looks, 1);
    EXPECT_EQ((co_await shop.read("/api/v1/stock/MUG")).at("on_hand"), 7);
    EXPECT_EQ((co_await shop.read("/api/v1/shipments/o1")).at("status").as_string(), "delivered");
    EXPECT_EQ((co_await shop.read("/api/v1/shipments")).at("items").at(0).at("status").as_string(), "delivered");
    const auto confirmed = co_await shop.read("/api/v1/orders?status=completed");
    EXPECT_EQ(confirmed.at("items").as_array().size(), 1u);
    inventory.heal();
    co_await shop.stop();
    shop.start();
    co_await simulation.clock().sleep_for(std::chrono::seconds(1));
    EXPECT_TRUE((co_await look()).at_rest) << "a process that has nothing left to do";
    co_await shop.stop();
}

}  // namespace
}  // namespace tally::testing
