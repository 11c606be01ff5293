// A published event is taken out of a store's file behind the engine's back, while its consumer lives.
#include <filesystem>

#include <boost/json.hpp>
#include <sqlite3.h>

#include "support/shop.hpp"
#include "tally/store/planner.hpp"
#include "tally/store/sqlite/sqlite_store.hpp"
#include "tally/testing/coroutine_test.hpp"
#include "tally/testing/faults.hpp"

namespace tally::testing {
namespace {

void execute(const std::string& file, const std::string& sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
    sqlite3_busy_timeout(database, 5'000);
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK) << (error ? error : "");
    sqlite3_free(error);
    sqlite3_close(database);
}

/// An order id whose events go to the shard of `like`, or to another one.
std::string order_in_shard(const std::string& like, bool same) {
    for (int i = 0;; ++i) {
        const std::string id = "x" + std::to_string(i);
        if ((shard_of(id, 8) == shard_of(like, 8)) == same) return id;
    }
}

class DeletedRow : public CoroutineTest {
public:
    DeletedRow() {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
    }
    ~DeletedRow() override { std::filesystem::remove_all(folder); }

    std::string file(const std::string& service) const { return folder + "/" + service + ".db"; }

    /// Inventory is slow, so that there is time to take away what it has not read yet.
    std::unique_ptr<Store> open(const std::string& service) {
        const Executor loop = simulation.executor();
        auto store =
            open_sqlite_store({.file = file(service)}, {loop, loop, loop}, simulation.clock(), simulation.random());
        if (!store) throw std::runtime_error(store.error().text);
        return service == "inventory" ? create_faulty_store(std::move(*store), slow) : std::move(*store);
    }

    std::string folder = ::testing::TempDir() + "tally-deleted-row-" + std::to_string(::getpid());
    Faults slow{simulation.random(), simulation.clock()};
    Shop shop{simulation, [this](const std::string& service) { return open(service); }};
};

CORO_TEST_F(DeletedRow, PausesItsShardAndIsNamedWhileOthersGoOn) {
    shop.start();
    const auto received = co_await shop.send(Method::post, "/api/v1/stock/10001:receive", R"({"quantity":50})");
    EXPECT_EQ(received.status, 201);
    slow.delay = 1;
    slow.longest = std::chrono::seconds(20);
    (void)co_await shop.send(Method::post, "/api/v1/orders", order_json("first", "10001", 1));
    co_await simulation.clock().sleep_for(std::chrono::milliseconds(100));

    const auto lost = co_await shop.send(Method::post, "/api/v1/orders", order_json("lost", "10001", 1));
    const std::string log_position(lost.headers.find("X-Log-Position").value_or(""));
    const auto position = std::stoull(log_position.substr(log_position.find(':') + 1));
    execute(file("orders"),
            "DROP TRIGGER events_stay; DELETE FROM events WHERE position = " + std::to_string(position));
    slow.heal();

    const std::string behind = order_in_shard("lost", true);
    const std::string elsewhere = order_in_shard("lost", false);
    (void)co_await shop.send(Method::post, "/api/v1/orders", order_json(behind, "10001", 1));
    (void)co_await shop.send(Method::post, "/api/v1/orders", order_json(elsewhere, "10001", 1));
    EXPECT_EQ(co_await shop.settled(elsewhere), "completed");
    EXPECT_EQ(co_await shop.settled(behind), "compensating") << "overdue, and its release waits as well";

    const auto consumers = co_await shop.read("/api/v1/services/inventory/consumers");
    const auto& paused = consumers.at("items").at(0).at("paused_shards").as_object();
    EXPECT_EQ(paused.size(), 1u);
    const auto* why = paused.if_contains(std::to_string(shard_of("lost", 8)));
    EXPECT_NE(why, nullptr) << boost::json::serialize(consumers);
    if (why != nullptr)
        EXPECT_NE(why->as_string().find("position " + std::to_string(position)), std::string::npos) << *why;
    EXPECT_EQ((co_await shop.send(Method::get, "/health/ready")).status, 503);
    co_await shop.stop();
}

}  // namespace
}  // namespace tally::testing
