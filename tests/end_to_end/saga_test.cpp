// Goal: the six ways that an order goes, through the real binary over HTTP.
#include <map>
#include <set>
#include <thread>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "end_to_end/binary.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

using ::testing::Contains;
using ::testing::Not;

class SagaOverHttp : public BinaryTest {
protected:
    void SetUp() override {
        BinaryTest::SetUp();
        server_ = serve(path("data"), {"--demo", "off", "--orders.pay_within_ms", "2000"});
        EXPECT_EQ(post("/api/v1/stock/MUG:receive", R"({"quantity":100})", "r1").status, 201);
    }
    [[nodiscard]] HttpResponse post(const std::string& target, const std::string& body, const std::string& key) const {
        return fetch(server_.url, {.method = Method::post,
                                   .target = target,
                                   .headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", key}},
                                   .body = body});
    }
    [[nodiscard]] int place(const std::string& order, const std::string& payment, int quantity = 1) const {
        return post("/api/v1/orders",
                    fmt::format(R"({{"order":"{}","payment_method":"{}","lines":[{{"sku":"MUG","quantity":{},)"
                                R"("unit_price":{{"amount":"3.50","currency":"GBP"}}}}]}})",
                                order, payment, quantity),
                    "key-" + order + payment)
            .status;
    }
    [[nodiscard]] boost::json::value read(const std::string& target) const {
        const auto answer = fetch(server_.url, target);
        return answer.status == 200 ? boost::json::parse(answer.body) : boost::json::value();
    }
    /// Its status and, where it was cancelled, why; after some seconds at the latest.
    [[nodiscard]] std::string end_of(const std::string& order) const {
        std::string status;
        for (int i = 0; i < 600 && status != "completed" && !status.starts_with("cancelled"); ++i) {
            if (i > 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
            const auto shown = read("/api/v1/orders/" + order);
            status = shown.at("status").as_string();
            if (status == "cancelled") status += fmt::format(" {}", std::string(shown.at("reason").as_string()));
        }
        return status;
    }
    [[nodiscard]] std::multiset<std::string> history(const std::string& order) const {
        std::multiset<std::string> types;
        for (const auto& event : read("/api/v1/orders/" + order + "/timeline").at("items").as_array())
            types.emplace(event.at("type").as_string());
        return types;
    }
    /// Everything that follows is done, and holds.
    void verify() {
        Ended ended;
        for (int i = 0; i < 100 && ended.code != 0; ++i) ended = run({"verify", "--server", server_.url});
        EXPECT_EQ(ended.code, 0) << ended.out;
    }

    Server server_;
};

TEST_F(SagaOverHttp, AllGoesWell) {
    TALLY_COVERS("E21.1");
    EXPECT_EQ(place("o1", "card"), 201);
    EXPECT_EQ(end_of("o1"), "completed");
    EXPECT_EQ(read("/api/v1/payments/o1").at("status"), "captured");
    EXPECT_EQ(read("/api/v1/shipments/o1").at("status"), "delivered");
    verify();
    EXPECT_EQ(read("/api/v1/stock/MUG").at("on_hand"), 99);
}

TEST_F(SagaOverHttp, ThePaymentFails) {
    TALLY_COVERS("E21.2");
    EXPECT_EQ(place("o1", "sim_decline"), 201);
    EXPECT_EQ(end_of("o1"), "cancelled payment_refused");
    verify();
    EXPECT_EQ(read("/api/v1/stock/MUG").at("reserved"), 0);
    EXPECT_EQ(read("/api/v1/stock/MUG").at("on_hand"), 100);
}

TEST_F(SagaOverHttp, TheStockIsMissing) {
    TALLY_COVERS("E21.3");
    EXPECT_EQ(place("o1", "card", 101), 201);
    EXPECT_EQ(end_of("o1"), "cancelled out_of_stock");
    EXPECT_THAT(history("o1"), Not(Contains("PaymentRequested")));
    verify();
}

TEST_F(SagaOverHttp, AnEventComesTwice) {
    TALLY_COVERS("E21.4");
    EXPECT_EQ(place("o1", "sim_twice"), 201);
    EXPECT_EQ(place("o1", "sim_twice"), 201) << "the stored answer";
    EXPECT_EQ(end_of("o1"), "completed");
    EXPECT_EQ(history("o1").count("OrderCreated"), 1U);
    EXPECT_EQ(history("o1").count("PaymentConfirmed"), 1U);
    EXPECT_EQ(history("o1").count("PaymentAnswerRepeated"), 1U);
    verify();
}

TEST_F(SagaOverHttp, AStepTimesOut) {
    TALLY_COVERS("E21.5");
    EXPECT_EQ(place("o1", "sim_late"), 201);
    EXPECT_EQ(end_of("o1"), "cancelled payment_overdue");
    verify();
    EXPECT_EQ(read("/api/v1/payments/o1").at("status"), "refunded");
    EXPECT_EQ(read("/api/v1/stock/MUG").at("reserved"), 0);
}

TEST_F(SagaOverHttp, ManyOrdersAtOnce) {
    TALLY_COVERS("E21.6");
    std::vector<std::thread> clients;
    for (int client = 0; client < 8; ++client)
        clients.emplace_back([this, client] {
            for (int i = 0; i < 5; ++i)
                EXPECT_EQ(place(fmt::format("o{}-{}", client, i), i == 0 ? "sim_decline" : "card", 4), 201);
        });
    for (std::thread& client : clients) client.join();
    std::map<std::string, int> ends;
    for (int client = 0; client < 8; ++client)
        for (int i = 0; i < 5; ++i) ++ends[end_of(fmt::format("o{}-{}", client, i))];
    EXPECT_EQ(ends["completed"] + ends["cancelled payment_refused"] + ends["cancelled out_of_stock"], 40);
    EXPECT_GT(ends["completed"], 0);
    EXPECT_LE(ends["completed"], 25) << "there are 100 pieces";
    verify();
    EXPECT_EQ(read("/api/v1/stock/MUG").at("on_hand"), 100 - 4 * ends["completed"]);
}

}  // namespace
}  // namespace tally::testing
