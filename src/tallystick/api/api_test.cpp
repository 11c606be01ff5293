#include "tallystick/api/api.hpp"

#include <deque>

#include <gmock/gmock.h>

#include "tally/testing/coroutine_test.hpp"
#include "tally/testing/covers.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

/// Answers from a list, and remembers what it was asked.
class ScriptedTransport final : public Transport {
public:
    Task<Result<HttpResponse>> send(std::string, HttpRequest request) override {
        requests.push_back(std::move(request));
        auto next = std::move(answers.front());
        answers.pop_front();
        co_return next;
    }
    std::vector<std::string> services() const override { return {"orders"}; }

    std::deque<Result<HttpResponse>> answers;
    std::vector<HttpRequest> requests;
};

HttpResponse away(const std::string& retry_after) {
    return {.status = 503, .headers = {{"Retry-After", retry_after}}, .body = R"({"detail":"too much waits"})"};
}

class ApiTest : public testing::CoroutineTest {
protected:
    ScriptedTransport transport;
    Api patient{transport, simulation.clock(), 60s};
    Api hasty{transport, simulation.clock()};
};

CORO_TEST_F(ApiTest, WaitsAsLongAsTheServerAsksAndSendsTheSameKeyAgain) {
    TALLY_COVERS("A28.2");
    transport.answers = {away("3"), HttpResponse{.status = 201, .headers = {}, .body = "{}"}};
    const Instant begun = simulation.clock().instant();
    const auto answer = co_await patient.post("orders", "/api/v1/orders", "{}", "key");
    EXPECT_TRUE(answer && answer->status == 201);
    EXPECT_GE(simulation.clock().instant() - begun, 3s);
    EXPECT_EQ(transport.requests.size(), 2U);
    for (const HttpRequest& request : transport.requests) EXPECT_EQ(request.headers.find("Idempotency-Key"), "\"key\"");
}

CORO_TEST_F(ApiTest, ABrokenConnectionLeavesOpenWhatHappened) {
    transport.answers = {fail(ErrorCode::io, "broken"),
                         HttpResponse{.status = 201, .headers = {{"Idempotent-Replayed", "true"}}, .body = "{}"}};
    auto answer = co_await patient.post("orders", "/api/v1/orders", "{}", "key");
    EXPECT_TRUE(answer && answer->replayed && answer->uncertain);

    transport.answers = {fail(ErrorCode::unavailable, "not connected"),
                         HttpResponse{.status = 200, .headers = {}, .body = {}}};
    answer = co_await patient.post("orders", "/api/v1/orders", "{}", "key");
    EXPECT_TRUE(answer && !answer->replayed && !answer->uncertain);
}

CORO_TEST_F(ApiTest, PatienceEnds) {
    transport.answers = {fail(ErrorCode::unavailable, "nobody is there")};
    auto answer = co_await hasty.get("orders", "/");
    EXPECT_EQ(answer.error().text, "nobody is there");
    EXPECT_EQ(transport.requests.size(), 1U);

    for (int i = 0; i < 30; ++i) transport.answers.push_back(away("20"));
    answer = co_await patient.get("orders", "/");
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
    EXPECT_EQ(transport.requests.size(), 1U + 4U);  // at once, and after 20, 40 and 60 s
}

CORO_TEST_F(ApiTest, AProblemIsAnErrorThatSaysWhere) {
    const std::vector<std::pair<int, ErrorCode>> codes{{400, ErrorCode::invalid},   {404, ErrorCode::not_found},
                                                       {409, ErrorCode::rejected},  {412, ErrorCode::rejected},
                                                       {413, ErrorCode::too_large}, {422, ErrorCode::invalid},
                                                       {500, ErrorCode::internal},  {418, ErrorCode::internal}};
    for (const auto& [status, code] : codes) {
        transport.answers.push_back(HttpResponse{.status = status, .headers = {}, .body = "not JSON"});
        const auto answer = co_await patient.get("orders", "/");
        EXPECT_EQ(answer.error().code, code) << status;
        EXPECT_THAT(answer.error().text, HasSubstr(std::to_string(status)));
    }
    transport.answers.push_back(
        HttpResponse{.status = 422,
                     .headers = {},
                     .body = R"({"detail":"two things","errors":[{"pointer":"/lines/0/sku","detail":"too long"}]})"});
    const auto answer = co_await patient.get("orders", "/");
    EXPECT_EQ(answer.error().text, "two things\n  /lines/0/sku: too long");

    transport.answers.push_back(
        HttpResponse{.status = 422, .headers = {}, .body = R"({"type":"http://x/problems/idempotency-key-reused"})"});
    EXPECT_EQ((co_await patient.get("orders", "/")).error().code, ErrorCode::rejected);
}

CORO_TEST_F(ApiTest, WhatIsNotThereIsEmpty) {
    transport.answers.push_back(HttpResponse{.status = 200, .headers = {}, .body = R"({"n":7,"t":"x","items":[1]})"});
    const auto value = (co_await hasty.get_json("orders", "/")).value();
    EXPECT_EQ(number_at(value, "n"), 7);
    EXPECT_EQ(number_at(value, "t"), 0);
    EXPECT_EQ(text_at(value, "t"), "x");
    EXPECT_EQ(text_at(value, "other"), "");
    EXPECT_EQ(items_of(value).size(), 1U);
    EXPECT_TRUE(items_of(boost::json::value{}).empty());

    transport.answers.push_back(HttpResponse{.status = 200, .headers = {}, .body = "{"});
    EXPECT_EQ((co_await hasty.get_json("orders", "/")).error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace tally
