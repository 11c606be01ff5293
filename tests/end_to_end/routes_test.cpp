// One real request for each route of the server's own OpenAPI document, and its answer held to the document.
#include <algorithm>
#include <map>
#include <set>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "end_to_end/binary.hpp"
#include "support/openapi_check.hpp"
#include "tally/base/uuid.hpp"
#include "tally/store/sqlite/sqlite_store.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

NewEvent message(Clock& clock, UuidGenerator& ids, const std::string& type, const std::string& key,
                 const std::string& data) {
    NewEvent event;
    event.envelope.id = ids.next();
    event.envelope.type = type;
    event.envelope.correlation = "published";
    event.envelope.actor = "test";
    event.envelope.key = key;
    event.envelope.occurred_at = clock.now();
    event.data = data;
    return event;
}

Task<void> write(Store& store, Changes changes) {
    const auto outcome = co_await store.commit(std::move(changes));
    EXPECT_TRUE(outcome);
    co_await store.close();
}

/// Publishes a message for each key.
void publish(const std::string& file, const std::string& type, const std::map<std::string, std::string>& data_by_key) {
    boost::asio::io_context loop;
    const auto clock = create_system_clock();
    const auto random = create_system_random();
    UuidGenerator ids(*clock, *random);
    SqliteStoreOptions options;
    options.file = file;
    const Executor executor = loop.get_executor();
    auto store = open_sqlite_store(options, {executor, executor, executor}, *clock, *random);
    ASSERT_TRUE(store) << store.error().text;
    Changes changes;
    for (const auto& [key, data] : data_by_key)
        changes.appends.push_back(
            {"published-" + key, ExpectedVersion::any(), {message(*clock, ids, type, key, data)}});
    boost::asio::co_spawn(loop, write(**store, std::move(changes)), [](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);
    });
    loop.run();
}

/// What a consumer can read but not handle: messages of a known type without their content.
void publish_poison(const std::string& file, const std::string& type, const std::vector<std::string>& keys) {
    std::map<std::string, std::string> data;
    for (const std::string& key : keys) data[key] = "{}";
    publish(file, type, data);
}

std::string payment_of(const std::string& order) {
    return R"({"order":")" + order + R"(","amount":{"amount":"7.00","currency":"GBP"},"method":"card"})";
}

struct Request {
    std::string operation;  ///< `GET /api/v1/orders/{order}`, as in the document
    std::map<std::string, std::string> parameters{};
    int status = 200;
    std::string query{};
    std::string body{};

    [[nodiscard]] std::string target() const {
        std::string path = operation.substr(operation.find(' ') + 1);
        for (const auto& [name, value] : parameters)
            if (const auto at = path.find("{" + name + "}"); at != std::string::npos)
                path.replace(at, name.size() + 2, percent_encode(value));
        return path + query;
    }
};

std::vector<std::string> without_request(const OpenApiCheck& document, const std::vector<Request>& requests) {
    std::vector<std::string> missing;
    for (const std::string& operation : document.operations())
        if (std::ranges::find(requests, operation, &Request::operation) == requests.end())
            missing.push_back("no request for " + operation);
    return missing;
}

constexpr auto order_body = R"({"order":"NAME","customer":"c1","lines":[{"sku":"MUG","quantity":2,)"
                            R"("unit_price":{"amount":"3.50","currency":"GBP"}}]})";

std::string order_of(const std::string& name) { return std::string(order_body).replace(10, 4, name); }

std::string order_with_contact(const std::string& name) {
    return order_of(name).insert(1, R"("contact":{"name":"Ann","email":"ann@example.org",)"
                                    R"("address":{"street":"1 Way","city":"Town","country":"France"}},)");
}

/// A server that has traded, and whose services each hold two dead letters: those that inventory holds are of the
/// orders `stuck` and `stuck-too`, which therefore stay undecided.
class RoutesOfTheDocument : public BinaryTest {
protected:
    void SetUp() override {
        BinaryTest::SetUp();
        std::string csv = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
        for (int i = 0; i < 5; ++i)
            csv += std::to_string(500'000 + i) + ",10001,mug,4,2010-12-01 08:26:00,2.50,17850.0,France\n";
        const Ended imported = run({"import", "online-retail", write("year.csv", csv), "--data", path("data")});
        ASSERT_EQ(imported.code, 0) << imported.err;
        publish_poison(path("data/orders.db"), "InventoryReservationRequested", {"stuck", "stuck-too"});
        publish_poison(path("data/inventory.db"), "InventoryReservationConfirmed", {"lost", "lost-too"});
        publish_poison(path("data/orders.db"), "OrderConfirmed", {"astray", "astray-too"});
        publish_poison(path("data/orders.db"), "PaymentRequested", {"unpaid", "unpaid-too"});
        publish_poison(path("data/orders.db"), "OrderCancelled", {"untold", "untold-too"});
        publish(path("data/orders.db"), "PaymentRequested",
                {{"paid", payment_of("paid")}, {"paid-too", payment_of("paid-too")}});
        server_ = serve(path("data"));
        document_ = fetch(server_.url, "/openapi.json").body;
        ASSERT_EQ(send({"POST /api/v1/orders", {}, 201, "", order_with_contact("told")}, "told").status, 201);
    }

    /// The first two items of a page, when it has them.
    std::vector<boost::json::value> two_of(const std::string& target) {
        for (int i = 0; i < 1'000; ++i) {
            const auto answer = fetch(server_.url, target);
            EXPECT_EQ(answer.status, 200) << answer.body;
            if (answer.status != 200) break;
            const auto page = boost::json::parse(answer.body);
            const auto& items = page.at("items").as_array();
            if (items.size() >= 2) return {items.begin(), items.begin() + 2};
            EXPECT_FALSE(server_.process->wait(Process::Seconds(0.02))) << server_.process->err();
        }
        ADD_FAILURE() << target << " has no two items";
        return {boost::json::object{{"id", ""}}, boost::json::object{{"id", ""}}};
    }

    void add_admin(std::vector<Request>& requests, const std::string& service, const std::string& consumer) {
        const std::string root = "/api/v1/services/" + service;
        const auto letters = two_of(root + "/dead-letters");
        // Analytics records nothing: there the answer is that there is no such event.
        const bool records = service != "analytics";
        const auto events = two_of(records ? root + "/events" : "/api/v1/services/orders/events");
        const int found = records ? 200 : 404;
        const auto text = [](const boost::json::value& parent, const char* name) {
            return std::string(parent.at(name).as_string());
        };
        const std::string first = text(letters.at(0), "id");
        const std::string second = text(letters.at(1), "id");
        const std::string collection = service == "inventory" ? "stock" : "tally.dead_letters";
        requests.insert(
            requests.end(),
            {
                {"GET " + root + "/events", {}, 200, "?page_size=2&after=1"},
                {"GET " + root + "/events/{event}", {{"event", text(events.at(0), "id")}}, found},
                {"GET " + root + "/streams/{stream}", {{"stream", text(events.at(0), "stream")}}, found},
                {"GET " + root + "/documents", {}, 200, "?collection=" + collection},
                {"GET " + root + "/dead-letters", {}, 200, "?page_size=1"},
                {"GET " + root + "/dead-letters/{id}", {{"id", first}}},
                {"POST " + root + "/dead-letters:redrive", {}, 200, "", R"({"all":true,"dry_run":true})"},
                {"POST " + root + "/dead-letters:skip", {}, 202, "", R"({"filter":{"key":"none"}})"},
                {"POST " + root + "/dead-letters/{id}:redrive", {{"id", first}}, 202, "", R"({"reason":"mended"})"},
                {"POST " + root + "/dead-letters/{id}:skip", {{"id", second}}, 202, "", "{}"},
                {"GET " + root + "/consumers"},
                {"GET " + root + "/consumers/{consumer}/lag",
                 {{"consumer", consumer}},
                 200,
                 "?topic=orders.events&page_size=2"},
                {"GET " + root + "/consumers/{consumer}/lag/statistics",
                 {{"consumer", consumer}},
                 200,
                 "?topic=orders.events"},
                {"GET " + root + "/projections"},
            });
        const std::map<std::string, std::string> lists{{"orders", "order-list"},
                                                       {"inventory", "none"},
                                                       {"payments", "payment-list"},
                                                       {"shipping", "shipment-list"},
                                                       {"notifications", "notification-list"},
                                                       {"analytics", "none"}};
        add_projections(requests, root, lists.at(service), lists.at(service) != "none");
        add_timers(requests, root);
        add_sagas(requests, root);
    }

    /// There is none of that name: timers_test has the answers about others.
    static void add_timers(std::vector<Request>& requests, const std::string& root) {
        const std::map<std::string, std::string> none{{"id", "none/none"}};
        requests.push_back({"GET " + root + "/timers", {}, 200, "?page_size=2&type=none"});
        requests.push_back({"GET " + root + "/timer-status"});
        requests.push_back({"GET " + root + "/timers/{id}", none, 404});
        requests.push_back({"POST " + root + "/timers/{id}:cancel", none, 404, "", "{}"});
        requests.push_back({"POST " + root + "/timers/{id}:fire", none, 404, "", "{}"});
        requests.push_back({"POST " + root + "/timers/{id}:move", none, 404, "", R"({"due":"2012-01-01T00:00:00Z"})"});
        requests.push_back({"POST " + root + "/timers:resume", {}, 200, "", "{}"});
    }

    /// There is none of that name: sagas_test has the answers about others.
    static void add_sagas(std::vector<Request>& requests, const std::string& root) {
        const std::map<std::string, std::string> none{{"saga", "none"}, {"instance", "none"}};
        const std::string one = root + "/sagas/{saga}/{instance}";
        requests.push_back({"GET " + root + "/sagas", {}, 200, "?page_size=2&saga=none"});
        requests.push_back({"GET " + root + "/saga-status"});
        requests.push_back({"GET " + root + "/sagas/{saga}:what-if", none, 404, "?version=1"});
        requests.push_back({"GET " + one, none, 404});
        requests.push_back({"POST " + one + ":retry", none, 404, "", "{}"});
        requests.push_back({"POST " + one + ":skip", none, 404, "", R"({"reason":"none"})"});
        requests.push_back({"POST " + one + ":resolve", none, 404, "", R"({"reason":"none"})"});
    }

    /// Inventory and analytics have no projection: there the answer is the problem that says so.
    static void add_projections(std::vector<Request>& requests, const std::string& root, const std::string& name,
                                bool any) {
        const std::map<std::string, std::string> list{{"projection", name}};
        const std::string one = root + "/projections/{projection}";
        requests.push_back({"GET " + one, list, any ? 200 : 404});
        requests.push_back({"POST " + one + ":cancel-rebuild", list, any ? 409 : 404, "", "{}"});  // none runs
        requests.push_back({"POST " + one + ":rebuild", list, any ? 202 : 404, "", "{}"});
    }

    std::string a_notification() {
        return std::string(two_of("/api/v1/notifications").at(0).at("notification").as_string());
    }

    std::vector<Request> all_requests() {
        std::vector<Request> requests{
            {"POST /api/v1/stock/{sku}:receive", {{"sku", "MUG"}}, 201, "", R"({"quantity":100})"},
            {"GET /api/v1/stock/{sku}", {{"sku", "MUG"}}},
            {"GET /api/v1/stock", {}, 200, "?below=1000"},
            {"POST /api/v1/orders", {}, 201, "", order_of("stuck")},
            {"POST /api/v1/orders/{order}:cancel", {{"order", "stuck"}}, 202, "", "{}"},
            {"GET /api/v1/orders/{order}", {{"order", "500000"}}, 200, "?version=1"},
            {"GET /api/v1/orders", {}, 200, "?status=completed&page_size=2"},
            {"GET /api/v1/orders/{order}/state", {{"order", "500000"}}},
            {"GET /api/v1/orders/{order}/timeline", {{"order", "500000"}}},
            {"POST /api/v1/returns", {}, 201, "", R"({"return_id":"r1","lines":[{"sku":"MUG","quantity":1}]})"},
            {"GET /api/v1/returns", {}, 200, "?outcome=unmatched"},
            {"GET /api/v1/returns/{return_id}", {{"return_id", "r1"}}},
            {"GET /api/v1/orders/{order}/returns", {{"order", "500000"}}},
            {"GET /api/v1/payments", {}, 200, "?status=captured"},
            {"GET /api/v1/payments/{order}", {{"order", "paid"}}},
            {"GET /api/v1/shipments", {}, 200, "?status=delivered"},
            {"GET /api/v1/shipments/{order}", {{"order", "500000"}}},
            {"POST /api/v1/shipments/{order}:deliver", {{"order", "500000"}}, 409, "", "{}"},
            {"GET /api/v1/notifications", {}, 200, "?order=told&status=sent"},
            {"GET /api/v1/notifications/{notification}", {{"notification", a_notification()}}},
            {"GET /api/v1/sales/days", {}, 200, "?from=2010-12-01&currency=GBP"},
            {"GET /api/v1/sales/days/{day}", {{"day", "2010-12-01"}}},
            {"GET /api/v1/services"},
            {"POST /api/v1/persons/{subject}:erase",
             {{"subject", "customer:nobody"}},
             404,
             "",
             R"({"reason":"none","for_ever":true})"},
        };
        add_admin(requests, "orders", "place-order");
        add_admin(requests, "inventory", "inventory");
        add_admin(requests, "payments", "payments");
        add_admin(requests, "shipping", "shipping");
        add_admin(requests, "notifications", "notifications");
        add_admin(requests, "analytics", "analytics");
        return requests;
    }

    HttpResponse send(const Request& request, const std::string& key) {
        HttpRequest sent{.method = request.operation.starts_with("POST") ? Method::post : Method::get,
                         .target = request.target(),
                         .headers = {},
                         .body = request.body};
        if (sent.method == Method::post)
            sent.headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", key}};
        return fetch(server_.url, std::move(sent));
    }

    Server server_;
    std::string document_;
};

TEST_F(RoutesOfTheDocument, AnswerOneRequestEachAsItSays) {
    TALLY_COVERS("A26.1");
    OpenApiCheck document(document_);
    ASSERT_THAT(document.faults(), IsEmpty());
    const auto requests = all_requests();
    EXPECT_THAT(without_request(document, requests), IsEmpty());
    int key = 0;
    for (const Request& request : requests) {
        const auto answer = send(request, fmt::format("key-{}", ++key));
        const Method method = request.operation.starts_with("POST") ? Method::post : Method::get;
        EXPECT_EQ(answer.status, request.status) << request.operation << ": " << answer.body;
        EXPECT_THAT(document.faults_of(method, request.target(), answer), IsEmpty());
        if (request.status < 300)
            EXPECT_THAT(document.unseen(), Not(Contains(request.operation))) << "another route has answered";
    }
}

TEST_F(RoutesOfTheDocument, ANewRouteNeedsARequest) {
    auto changed = boost::json::parse(document_);
    auto& paths = changed.at("paths").as_object();
    paths["/api/v1/baskets"] = boost::json::object{{"get", paths.at("/api/v1/services").at("get")}};
    const OpenApiCheck document(boost::json::serialize(changed));
    EXPECT_THAT(without_request(document, all_requests()),
                ::testing::ElementsAre("no request for GET /api/v1/baskets"));
}

TEST_F(RoutesOfTheDocument, WhatTheDocumentDoesNotDeclareIsAFault) {
    OpenApiCheck document(document_);
    const std::string target = "/api/v1/orders/500000";
    const auto answer = fetch(server_.url, target);
    ASSERT_THAT(document.faults_of(Method::get, target, answer), IsEmpty());

    auto body = boost::json::parse(answer.body);
    auto with_field = answer;
    body.as_object()["undeclared"] = 1;
    with_field.body = boost::json::serialize(body);
    EXPECT_THAT(document.faults_of(Method::get, target, with_field), Contains(HasSubstr("undeclared")));

    auto in_line = boost::json::parse(answer.body);
    in_line.at("lines").at(0).as_object()["undeclared"] = 1;
    with_field.body = boost::json::serialize(in_line);
    EXPECT_THAT(document.faults_of(Method::get, target, with_field), Not(IsEmpty()));

    auto with_status = answer;
    with_status.status = 418;
    EXPECT_THAT(document.faults_of(Method::get, target, with_status), Contains(HasSubstr("the status")));
}

}  // namespace
}  // namespace tally::testing
