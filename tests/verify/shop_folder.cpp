#include "verify/shop_folder.hpp"

#include <cstdlib>
#include <stdexcept>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "tally/store/sqlite/sqlite_store.hpp"
#include "tallystick/verify/verify.hpp"

namespace tally::testing {
namespace {

using namespace std::chrono_literals;

std::filesystem::path new_folder() {
    std::string name = ::testing::TempDir() + "tally_shop_XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder can be made");
    return name;
}

template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().text);
    return std::move(*result);
}

void must(const Result<void>& result) {
    if (!result) throw std::runtime_error(result.error().text);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error(from + " is not in " + text);
    return text.replace(at, from.size(), to);
}

}  // namespace

ShopFolder::ShopFolder()
    : folder(new_folder()), shop(simulation, [this](const std::string& service) { return open(service); }) {}

ShopFolder::~ShopFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

std::unique_ptr<Store> ShopFolder::open(const std::string& service) {
    SqliteStoreOptions options;
    options.file = file(service);
    const Executor executor = simulation.executor();
    return must(open_sqlite_store(options, {executor, executor, executor}, simulation.clock(), simulation.random()));
}

Task<int> ShopFolder::receive(std::string sku, int quantity) {
    const auto response = co_await shop.send(Method::post, "/api/v1/stock/" + sku + ":receive",
                                             fmt::format(R"({{"quantity":{}}})", quantity));
    co_return response.status;
}

Task<int> ShopFolder::place(std::string order, std::string sku, int quantity) {
    const auto response = co_await shop.send(Method::post, "/api/v1/orders", order_json(order, sku, quantity));
    co_return response.status;
}

Task<void> ShopFolder::settle() {
    for (int i = 0; i < 1'000; ++i) {
        co_await simulation.clock().sleep_for(100ms);
        const auto page = co_await shop.read("/api/v1/services/orders/projections");
        const auto& projection = page.at("items").at(0);
        if (projection.at("position") == projection.at("head")) break;
    }
    co_await simulation.clock().sleep_for(5s);
}

Task<void> ShopFolder::trade() {
    shop.start();
    EXPECT_EQ(co_await receive("85123A", 1'000), 201);
    EXPECT_EQ(co_await receive("22423", 5), 201);
    EXPECT_EQ(co_await place("o1", "85123A", 4), 201);
    EXPECT_EQ(co_await shop.settled("o1"), "completed");
    EXPECT_EQ(co_await place("o2", "22423", 9), 201);
    EXPECT_EQ(co_await shop.settled("o2"), "cancelled");
    const std::string price = R"("unit_price":{"amount":"1.250","currency":"GBP"})";
    const auto placed = co_await shop.send(
        Method::post, "/api/v1/orders",
        fmt::format(R"({{"order":"o3","customer":"c1","placed_at":"2010-12-01T08:26:00Z","lines":[)"
                    R"({{"sku":"85123A","quantity":2,{0}}},{{"sku":"22423","quantity":1,{0}}},)"
                    R"({{"sku":"85123a","quantity":3,{0}}},{{"sku":"POST","quantity":1,"stocked":false,{0}}}]}})",
                    price));
    EXPECT_EQ(placed.status, 201) << placed.body;
    EXPECT_EQ(co_await shop.settled("o3"), "completed");
    // An order can be cancelled until inventory's answer is there.
    for (int i = 0; i < 50 && cancelled.empty(); ++i) {
        const std::string order = fmt::format("c{}", i);
        EXPECT_EQ(co_await place(order, "85123A", 7), 201);
        const auto response = co_await shop.send(Method::post, "/api/v1/orders/" + order + ":cancel", "{}");
        if (response.status == 202) cancelled = order;
        EXPECT_NE(co_await shop.settled(order), "");
    }
    EXPECT_NE(cancelled, "");
    co_await settle();
    co_await shop.stop();
}

verify::Verdict ShopFolder::verdict(bool in_flight_ok) {
    verify::Verdict found;
    const auto ask = [](ShopFolder& test, bool tolerant, verify::Verdict& to) -> Task<void> {
        const auto source = verify::create_folder_source(test.folder);
        to = must(co_await verify::verify(*source, test.simulation.clock(), tolerant));
    };
    simulation.run(ask(*this, in_flight_ok, found));
    return found;
}

std::vector<std::string> ShopFolder::violated(bool in_flight_ok) {
    std::vector<std::string> names;
    for (const verify::Violation& violation : verdict(in_flight_ok).violations)
        if (names.empty() || names.back() != violation.invariant) names.push_back(violation.invariant);
    return names;
}

std::unique_ptr<sqlite::Connection> ShopFolder::connect(const std::string& service) const {
    auto connection = must(sqlite::Connection::open({.file = file(service), .vfs = {}}));
    for (const char* trigger : {"events_stay", "events_keep", "streams_stay", "streams_keep"})
        must(connection->execute(std::string("DROP TRIGGER IF EXISTS ") + trigger));
    return connection;
}

void ShopFolder::sql(const std::string& service, const std::string& statements) {
    must(connect(service)->execute(statements));
}

std::int64_t ShopFolder::number(const std::string& service, const std::string& query) {
    return must(connect(service)->number(query));
}

Position ShopFolder::find(const std::string& service, const std::string& type, const std::string& part) {
    const auto found = number(
        service, fmt::format("SELECT position FROM events WHERE type = '{}' AND instr(data, CAST('{}' AS BLOB)) > 0 "
                             "ORDER BY position LIMIT 1",
                             type, part.empty() ? "{" : part));
    if (found == 0) throw std::runtime_error("there is no " + type + " with " + part);
    return static_cast<Position>(found);
}

void ShopFolder::forge(const std::string& service, Position position, const std::string& from, const std::string& to,
                       const std::string& type) {
    const auto connection = connect(service);
    std::string found_type, key, subject, data;
    int schema = 0;
    must(sqlite::Statement(*connection,
                           "SELECT type, schema, partition_key, subject, data FROM events WHERE position = ?")
             .each(
                 [&](sqlite::Row& row) -> Result<void> {
                     found_type = row.bytes();
                     schema = static_cast<int>(row.number());
                     key = row.bytes();
                     subject = row.bytes();
                     data = row.bytes();
                     return {};
                 },
                 position));
    data = replaced(data, from, to);
    if (!type.empty()) found_type = type;
    const Digest digest = content_digest(found_type, schema, key, subject, data);
    must(sqlite::Statement(*connection, "UPDATE events SET type = ?, data = ?, content_digest = ? WHERE position = ?")
             .run(found_type, sqlite::Blob{data}, sqlite::blob(digest), position));
}

void ShopFolder::edit(const std::string& service, const std::string& collection, const std::string& key,
                      const std::string& from, const std::string& to) {
    const auto connection = connect(service);
    std::string body;
    must(sqlite::Statement(*connection, "SELECT body FROM documents WHERE collection = ? AND key = ?")
             .each(
                 [&](sqlite::Row& row) -> Result<void> {
                     body = row.bytes();
                     return {};
                 },
                 collection, key));
    body = replaced(body, from, to);
    must(sqlite::Statement(*connection, "UPDATE documents SET body = ? WHERE collection = ? AND key = ?")
             .run(sqlite::Blob{body}, collection, key));
}

void ShopFolder::append(const std::string& service, const std::string& stream, const std::string& type,
                        const std::string& key, const std::string& data) {
    const auto commit = [](ShopFolder& test, std::string into, Changes changes) -> Task<void> {
        const auto store = test.open(into);
        const auto outcome = co_await store->commit(std::move(changes));
        EXPECT_TRUE(outcome);
        co_await store->close();
    };
    NewEvent event;
    event.envelope.id = UuidGenerator(simulation.clock(), simulation.random()).next();
    event.envelope.type = type;
    event.envelope.correlation = "test";
    event.envelope.actor = "test";
    event.envelope.key = key;
    event.envelope.occurred_at = simulation.clock().now();
    event.data = data;
    Changes changes;
    changes.appends.push_back({stream, ExpectedVersion::any(), {event}});
    simulation.run(commit(*this, service, std::move(changes)));
}

}  // namespace tally::testing
