#include <csignal>
#include <fstream>

#include <gmock/gmock.h>

#include "end_to_end/binary.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Serve : public BinaryTest {
protected:
    static HttpResponse post(const std::string& url, const std::string& target, const std::string& body,
                             const std::string& key) {
        return fetch(url, {.method = Method::post,
                           .target = target,
                           .headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", key}},
                           .body = body});
    }
    /// A stocked order that is confirmed soon.
    static void place_one(const std::string& url, const std::string& order) {
        EXPECT_EQ(post(url, "/api/v1/stock/MUG:receive", R"({"quantity":100})", "r-" + order).status, 201);
        const auto placed = post(url, "/api/v1/orders",
                                 R"({"order":")" + order +
                                     R"(","lines":[{"sku":"MUG","quantity":2,)"
                                     R"("unit_price":{"amount":"3.50","currency":"GBP"}}]})",
                                 order);
        EXPECT_EQ(placed.status, 201) << placed.body;
    }
    std::string status_of(const std::string& order, const std::vector<std::string>& where) {
        std::string status;
        for (int i = 0; i < 200 && status != "completed" && status != "cancelled"; ++i) {
            std::vector<std::string> arguments{"orders", "show", order, "--json"};
            arguments.insert(arguments.end(), where.begin(), where.end());
            const Ended shown = run(arguments);
            EXPECT_EQ(shown.code, 0) << shown.err;
            if (shown.code != 0) return "";
            status = shown.json().at("status").as_string();
        }
        return status;
    }
};

TEST_F(Serve, AnswersItsPagesAndEndsAtSigterm) {
    TALLY_COVERS("A26.1", "A10.1");
    Server server = serve(path("data"));
    for (const char* target : {"/", "/health", "/health/ready", "/metrics", "/openapi.json", "/problems"})
        EXPECT_EQ(fetch(server.url, target).status, 200) << target;
    EXPECT_THAT(fetch(server.url, "/metrics").body, HasSubstr("http_requests_total"));
    EXPECT_EQ(fetch(server.url, "/nothing").status, 404);
    EXPECT_THAT(server.process->out(), AllOf(HasSubstr("Data folder: " + path("data")), HasSubstr("Try:\n")));

    server.process->signal(SIGTERM);
    EXPECT_EQ(server.process->wait(Process::Seconds(10)), 0) << server.process->err();
    EXPECT_FALSE(std::filesystem::exists(path("data/endpoint")));
    EXPECT_EQ(fetch(server.url, "/health").status, 0);
}

TEST_F(Serve, ASecondProcessIsToldWhoOwnsTheFolder) {
    const Server server = serve(path("data"));
    const Ended second = run({"serve", "--data", path("data"), "--listen", "127.0.0.1:0"});
    EXPECT_EQ(second.code, 3);
    EXPECT_THAT(second.err, AllOf(HasSubstr("locked"), HasSubstr(server.url)));
}

TEST_F(Serve, ATakenPortIsUnavailable) {
    const Server server = serve(path("data"));
    const Ended second =
        run({"serve", "--data", path("other"), "--listen", server.url.substr(std::string("http://").size())});
    EXPECT_EQ(second.code, 3);
    EXPECT_THAT(second.err, HasSubstr(server.url.substr(server.url.rfind(':') + 1)));
}

TEST_F(Serve, AClientOfALockedFolderAsksItsOwner) {
    {
        const Server server = serve(path("data"));
        place_one(server.url, "first");
        EXPECT_EQ(status_of("first", {"--data", path("data")}), "completed");
        EXPECT_EQ(status_of("first", {"--server", server.url}), "completed");
    }
    // The owner was killed: its endpoint stands there still, but nobody holds the lock.
    ASSERT_TRUE(std::filesystem::exists(path("data/endpoint")));
    EXPECT_EQ(status_of("first", {"--data", path("data")}), "completed");
    EXPECT_FALSE(std::filesystem::exists(path("data/endpoint")));
}

TEST_F(Serve, WhatIsStoredIsShownByEveryCommand) {
    TALLY_COVERS("E01.13", "E01.14", "E01.16");
    const Server server = serve(path("data"));
    place_one(server.url, "one");
    EXPECT_EQ(status_of("one", {"--server", server.url}), "completed");
    for (int i = 0; i < 100 && run({"verify", "--server", server.url}).code != 0; ++i) continue;
    const auto client = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--server", server.url});
        Ended ended = run(arguments);
        EXPECT_EQ(ended.code, 0) << ::testing::PrintToString(arguments) << ended.err;
        return ended;
    };
    EXPECT_THAT(client({"orders", "list"}).out, AllOf(HasSubstr("one"), HasSubstr("7.00 GBP")));
    EXPECT_THAT(client({"orders", "show", "one"}).out, HasSubstr("completed"));
    EXPECT_EQ(client({"orders", "show", "one", "--version", "1", "--json"}).json().at("status"), "created");
    const auto timeline = client({"orders", "timeline", "one", "--json"}).json();
    EXPECT_EQ(timeline.at("complete"), true);
    std::map<std::string, std::string> events;  // by type
    for (const auto& item : timeline.at("items").as_array())
        events.emplace(item.at("type").as_string(), item.at("event").as_string());
    EXPECT_EQ(events.size(), 18U);
    EXPECT_THAT(client({"orders", "timeline", "one"}).out, HasSubstr("InventoryReservationConfirmed"));
    EXPECT_THAT(client({"events", "tail", "--last", "100"}).out,
                AllOf(HasSubstr("InventoryRestocked"), HasSubstr("OrderConfirmed")));
    EXPECT_THAT(client({"events", "stream", "order-one"}).out, HasSubstr("OrderCreated"));
    EXPECT_THAT(client({"events", "get", events["ShipmentDelivered"]}).out, HasSubstr("shipment-one"));
    EXPECT_THAT(client({"payments", "show", "one"}).out, AllOf(HasSubstr("captured"), HasSubstr("7.00 GBP")));
    EXPECT_THAT(client({"payments", "list", "--status", "captured"}).out, HasSubstr("one"));
    EXPECT_THAT(client({"shipments", "show", "one"}).out, HasSubstr("delivered"));
    EXPECT_THAT(client({"shipments", "list"}).out, HasSubstr("one"));
    EXPECT_THAT(client({"sales", "list", "--latest", "--limit", "1"}).out, HasSubstr("7.00 GBP"));
    EXPECT_EQ(run({"shipments", "deliver", "one", "--server", server.url}).code, 1);
    EXPECT_THAT(client({"sagas", "show", "place-order/one"}).out, HasSubstr("SagaCompleted"));
    EXPECT_EQ(client({"dead-letters", "list", "--json"}).json().at("items").as_array().size(), 0U);
    EXPECT_EQ(client({"projections", "list", "--json"}).json().at("items").as_array().size(), 6U);
    EXPECT_THAT(client({"projections", "rebuild", "order-list"}).out, HasSubstr("generation 2"));
    EXPECT_THAT(client({"openapi"}).out, HasSubstr(server.url));
}

TEST_F(Serve, WhatIsNotThereEndsWithOne) {
    const Server server = serve(path("data"));
    for (const auto& arguments : std::vector<std::vector<std::string>>{{"orders", "show", "none"},
                                                                       {"orders", "timeline", "none"},
                                                                       {"events", "stream", "order-none"},
                                                                       {"dead-letters", "show", "none"},
                                                                       {"dead-letters", "redrive", "none"},
                                                                       {"projections", "rebuild", "none"}}) {
        auto command = arguments;
        command.insert(command.end(), {"--server", server.url});
        const Ended ended = run(command);
        EXPECT_EQ(ended.code, 1) << ::testing::PrintToString(command);
        EXPECT_THAT(ended.err, HasSubstr("none")) << ::testing::PrintToString(command);
    }
}

TEST_F(Serve, PageTokensOutliveTheProcess) {
    std::string token;
    {
        const Server server = serve(path("data"));
        for (const char* order : {"a", "b", "c"}) place_one(server.url, order);
        const auto events = fetch(server.url, "/api/v1/services/orders/events?page_size=1");
        token = boost::json::parse(events.body).at("next_page_token").as_string();
    }
    const Server again = serve(path("data"));
    const auto next = fetch(again.url, "/api/v1/services/orders/events?page_size=1&page_token=" + token);
    ASSERT_EQ(next.status, 200) << next.body;
    EXPECT_EQ(boost::json::parse(next.body).at("items").at(0).at("position"), 2);
    const auto mode = std::filesystem::status(path("data/page.key")).permissions();
    EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(Serve, TheDemoHasOrdersThatEndInEveryWayAndThreeThatNeedAPerson) {
    const Server server = serve(path("data"), {"--demo.orders", "150", "--demo.interval_ms", "60000"});
    const auto client = [&](std::vector<std::string> words) {
        words.insert(words.end(), {"--json", "--server", server.url});
        return run(words).json();
    };
    std::map<std::string, int> ends;
    std::map<std::string, std::string> open;
    const std::map<std::string, std::string> needy{
        {"demo-0050", "compensating"}, {"demo-0100", "shipping"}, {"demo-0150", "failed"}};
    for (int i = 0; i < 200 && open != needy; ++i) {
        ends.clear();
        open.clear();
        for (const auto& order : client({"orders", "list", "--limit", "1000"}).at("items").as_array()) {
            const std::string status(order.at("status").as_string());
            const auto* reason = order.as_object().if_contains("reason");
            if (status == "completed" || status == "cancelled")
                ++ends[reason == nullptr ? status : std::string(reason->as_string())];
            else
                open.emplace(order.at("order").as_string(), status);
        }
    }
    ASSERT_EQ(open, needy);
    EXPECT_GT(ends["completed"], 100);
    EXPECT_GT(ends["customer_request"], 0);
    EXPECT_GT(ends["out_of_stock"], 0);
    EXPECT_GT(ends["payment_refused"], 0);
    const auto scarce = fetch(server.url, "/api/v1/stock?below=10");
    EXPECT_FALSE(boost::json::parse(scarce.body).at("items").as_array().empty()) << scarce.body;

    const auto undone = client({"sagas", "list", "--status", "compensating"}).at("items").as_array();
    ASSERT_EQ(undone.size(), 1U);
    EXPECT_EQ(undone.at(0).at("id"), "place-order/demo-0050");
    const auto parked = client({"dead-letters", "list"}).at("items").as_array();
    ASSERT_EQ(parked.size(), 1U);
    EXPECT_EQ(parked.at(0).at("letter").at("key"), "demo-0100");
    const auto lost = client({"shipments", "list", "--status", "exception"}).at("items").as_array();
    ASSERT_EQ(lost.size(), 1U);
    EXPECT_EQ(lost.at(0).at("order"), "demo-0150");
}

TEST_F(Serve, ADemoGoesOnWhereItEndedAndLeavesOtherOrdersAlone) {
    const std::vector<std::string> demo{"--demo.orders", "5", "--demo.interval_ms", "100"};
    const auto count = [&](const Server& server) {
        const auto page = run({"orders", "list", "--limit", "1000", "--json", "--server", server.url}).json();
        return page.at("items").as_array().size();
    };
    std::size_t before = 0;
    {
        const Server server = serve(path("data"), demo);
        for (int i = 0; i < 200 && before < 7; ++i) before = count(server);
    }
    ASSERT_GE(before, 7U);
    {
        const Server server = serve(path("data"), demo);
        std::size_t after = 0;
        for (int i = 0; i < 200 && after <= before; ++i) after = count(server);
        EXPECT_GT(after, before);
    }
    {
        const Server server = serve(path("other"));
        place_one(server.url, "real");
    }
    const Server server = serve(path("other"), demo);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(count(server), 1U);
}

TEST_F(Serve, AFolderThatCannotBeMadeIsSaid) {
    TALLY_COVERS("F10");
    const std::string file = write("file", "not a folder");
    const Ended ended = run({"serve", "--data", file + "/data", "--listen", "127.0.0.1:0"});
    EXPECT_EQ(ended.code, 3);
    EXPECT_THAT(ended.err, HasSubstr(path("file/data")));
}

}  // namespace
}  // namespace tally::testing
