// The header, and commands that carry it.
#include "tally/http/idempotency.hpp"

#include <boost/json.hpp>

#include "tally/flow/sweeper.hpp"
#include "tally/http/application_test_kit.hpp"
#include "tally/testing/covers.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;
using testing::header_of;
using testing::json_of;
using testing::slug_of;

std::expected<detail::IdempotencyKey, HttpProblem> key_of(Headers headers, std::string body = "{}") {
    const HttpRequest request{
        .method = Method::post, .target = "/a", .headers = std::move(headers), .body = std::move(body)};
    return detail::idempotency_key(request, "/a", {"user:a", {}});
}

TEST(IdempotencyKey, IsAQuotedStringOrABareToken) {
    TALLY_COVERS("sec-A08");
    const auto bare = key_of({{"Idempotency-Key", "8e03978e-40d5-43dd"}});
    ASSERT_TRUE(bare);
    EXPECT_EQ(key_of({{"idempotency-key", "\"8e03978e-40d5-43dd\""}})->document, bare->document);
    EXPECT_TRUE(key_of({{"Idempotency-Key", std::string(255, 'x')}}));
    EXPECT_TRUE(key_of({{"Idempotency-Key", '"' + std::string(255, 'x') + '"'}}));
    EXPECT_EQ(key_of({}).error().slug, "idempotency-key-missing");
    for (const std::string& bad : {std::string(), std::string("\"\""), std::string("\""), std::string("\"a"),
                                   std::string("a b"), std::string("\"a\\\"b\""), std::string("a\"b"),
                                   std::string("\xc3\xa9"), std::string(256, 'x'), '"' + std::string(256, 'x') + '"'})
        EXPECT_EQ(key_of({{"Idempotency-Key", bad}}).error().slug, "invalid-request") << bad;
    EXPECT_EQ(key_of({{"Idempotency-Key", "a"}, {"Idempotency-Key", "a"}}).error().slug, "invalid-request");
}

TEST(IdempotencyKey, TheFingerprintIsOfMethodPathAndBody) {
    const HttpRequest request{
        .method = Method::post, .target = "/a", .headers = {{"Idempotency-Key", "k"}}, .body = "x"};
    const Principal principal{"user:a", {}};
    const auto key = detail::idempotency_key(request, "/a", principal);
    HttpRequest other = request;
    other.body = "y";
    EXPECT_NE(detail::idempotency_key(other, "/a", principal)->fingerprint, key->fingerprint);
    other = request;
    other.method = Method::put;
    EXPECT_NE(detail::idempotency_key(other, "/a", principal)->fingerprint, key->fingerprint);
    EXPECT_NE(detail::idempotency_key(request, "/ax", principal)->fingerprint, key->fingerprint);
    EXPECT_EQ(detail::idempotency_key(request, "/ax", principal)->document, key->document);
    EXPECT_NE(detail::idempotency_key(request, "/a", {"user:ak", {}})->document, key->document);
}

class Keys : public testing::Jars {
public:
    using Jars::Jars;
    Task<HttpResponse> make_trouble(std::string key) {
        return send(Method::post, "/api/v1/trouble", R"({"kind":"x"})", {{"Idempotency-Key", std::move(key)}});
    }
    Task<std::int64_t> content(std::string jar) {
        const auto response = co_await send(Method::get, "/api/v1/jars/" + jar);
        co_return response.status == 200 ? json_of(response).at("content").as_int64() : 0;
    }
    HttpRequest fill_request(int amount, std::string key) const {
        return {.method = Method::post,
                .target = "/api/v1/jars/a:fill",
                .headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", std::move(key)}},
                .body = "{\"amount\":" + std::to_string(amount) + "}"};
    }
};

CORO_TEST_F(Keys, AreDemanded) {
    TALLY_COVERS("sec-A08");
    const auto none = co_await send(Method::post, "/api/v1/jars/a:fill", R"({"amount":1})");
    EXPECT_EQ(none.status, 400);
    EXPECT_EQ(slug_of(none), "idempotency-key-missing");
    EXPECT_EQ((co_await fill("a", 1, std::string(256, 'x'))).status, 400);
    EXPECT_EQ(runs, 0);
    EXPECT_EQ((co_await fill("a", 1, std::string(255, 'x'))).status, 200);
}

CORO_TEST_F(Keys, TheSameRequestGetsTheStoredAnswer) {
    TALLY_COVERS("sec-A08", "I3", "C01.5");
    const auto first = co_await fill("a", 7, "k", {{"X-Correlation-Id", "one"}});
    EXPECT_EQ(first.status, 200);
    EXPECT_FALSE(first.headers.find("Idempotent-Replayed"));
    const auto again = co_await fill("a", 7, "\"k\"", {{"X-Correlation-Id", "two"}});
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(header_of(again, "ETag"), header_of(first, "ETag"));
    EXPECT_EQ(header_of(again, "Content-Type"), "application/json");
    EXPECT_EQ(header_of(again, "Idempotent-Replayed"), "true");
    EXPECT_EQ(header_of(again, "X-Log-Position"), "jars:1");
    EXPECT_EQ(header_of(again, "X-Correlation-Id"), "two");
    EXPECT_NE(header_of(again, "X-Request-Id"), header_of(first, "X-Request-Id"));
    EXPECT_EQ(runs, 1);
    EXPECT_EQ(co_await content("a"), 7);
}

CORO_TEST_F(Keys, OfAnotherRequestAreRefused) {
    TALLY_COVERS("sec-A08");
    EXPECT_EQ((co_await fill("a", 7, "k")).status, 200);
    const auto other_body = co_await fill("a", 8, "k");
    EXPECT_EQ(other_body.status, 422);
    EXPECT_EQ(slug_of(other_body), "idempotency-key-reused");
    EXPECT_EQ((co_await fill("b", 7, "k")).status, 422);
    EXPECT_EQ((co_await make_trouble("k")).status, 422);
    EXPECT_EQ((co_await fill("a", 7, "k2")).status, 200);
    EXPECT_EQ(co_await content("a"), 14);
    EXPECT_EQ(events(), 2u);
}

CORO_TEST_F(Keys, OfAnotherPrincipalAreIndependent) {
    TALLY_COVERS("sec-A08");
    EXPECT_EQ((co_await fill("a", 7, "k", {{"X-Principal", "user:a"}})).status, 200);
    const auto other = co_await fill("a", 8, "k", {{"X-Principal", "user:b"}});
    EXPECT_EQ(other.status, 200);
    EXPECT_FALSE(other.headers.find("Idempotent-Replayed"));
    EXPECT_EQ(co_await content("a"), 15);
}

CORO_TEST_F(Keys, ASecondRequestWaitsForTheFirst) {
    TALLY_COVERS("sec-A08", "I3");
    before_fill = [this] { return simulation.clock().sleep_for(10s); };
    const Instant begun = simulation.clock().instant();
    std::vector<HttpRequest> requests(20, fill_request(7, "k"));
    const auto responses = co_await send_together(std::move(requests));
    int replayed = 0;
    for (const auto& response : responses) {
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.body, responses.front().body);
        if (response.headers.find("Idempotent-Replayed")) ++replayed;
    }
    EXPECT_EQ(replayed, 19);
    EXPECT_EQ(runs, 1);
    EXPECT_EQ(simulation.clock().instant() - begun, 10s);
    EXPECT_EQ(co_await content("a"), 7);
}

CORO_TEST_F(Keys, WhoWaitsTooLongIsToldThatTheKeyIsInUse) {
    TALLY_COVERS("sec-A08");
    before_fill = [this] { return simulation.clock().sleep_for(1h); };
    const auto responses = co_await send_together({fill_request(7, "k"), fill_request(7, "k")});
    std::multiset<std::string> slugs;
    for (const auto& response : responses) {
        slugs.insert(slug_of(response));
        EXPECT_EQ(header_of(response, "Retry-After"), "1");
    }
    EXPECT_EQ(slugs, (std::multiset<std::string>{"deadline-exceeded", "idempotency-key-in-use"}));
    EXPECT_EQ(events(), 0u);
    before_fill = {};
    EXPECT_EQ((co_await fill("a", 7, "k")).status, 200);  // nothing was stored, nothing is held
}

CORO_TEST_F(Keys, OtherKeysDoNotWait) {
    before_fill = [this] { return simulation.clock().sleep_for(10s); };
    const Instant begun = simulation.clock().instant();
    const auto responses = co_await send_together({fill_request(1, "k1"), fill_request(1, "k2")});
    EXPECT_EQ(responses[0].status, 200);
    EXPECT_EQ(responses[1].status, 200);
    EXPECT_EQ(simulation.clock().instant() - begun, 20s);  // both ran at once; the one that lost ran again
    EXPECT_EQ(runs, 3);
}

CORO_TEST_F(Keys, ARefusalByARuleIsStored) {
    TALLY_COVERS("sec-A08");
    const auto refused = co_await fill("a", 101, "k");
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(slug_of(refused), "jar-full");
    EXPECT_EQ(json_of(refused).at("instance").as_string(), "/api/v1/jars/a:fill");
    EXPECT_EQ(events(), 0u);  // what the handler had recorded before it refused does not happen
    const auto again = co_await fill("a", 101, "k");
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(again.body, refused.body);
    EXPECT_EQ(header_of(again, "Content-Type"), "application/problem+json");
    EXPECT_EQ(header_of(again, "Idempotent-Replayed"), "true");
    EXPECT_EQ(runs, 1);
}

using Answer = std::function<Reply<Nothing>()>;

Task<Reply<Nothing>> give(Answer answer) { co_return answer(); }

CORO_TEST_F(Keys, WhatMayEndOtherwiseNextTimeIsNotStored) {
    TALLY_COVERS("sec-A08");
    const std::vector<std::pair<int, Answer>> answers{
        {503, [] { return Reply<Nothing>(Error{ErrorCode::unavailable, "away"}); }},
        {503, [] { return Reply<Nothing>(Error{ErrorCode::overloaded, "much"}); }},
        {500, [] { return Reply<Nothing>(Error{ErrorCode::corrupt, "broken"}); }},
        {409, [] { return Reply<Nothing>(Error{ErrorCode::conflict, "changed"}); }},
        {409, [] { return Reply<Nothing>(Error{ErrorCode::fenced, "taken over"}); }},
        {412, [] { return Reply<Nothing>(problem("precondition-failed", "other version")); }},
        {404, [] { return Reply<Nothing>(Error{ErrorCode::not_found, "no such thing"}); }},
        {500, []() -> Reply<Nothing> { throw std::runtime_error("bug"); }}};
    int key = 0;
    for (const auto& [status, answer] : answers) {
        const std::string name = "k" + std::to_string(++key);
        trouble = [answer](std::string) { return give(answer); };
        EXPECT_EQ((co_await make_trouble(name)).status, status);
        EXPECT_EQ(co_await stored_answers(), static_cast<std::size_t>(key - 1));
        trouble = [](std::string) -> Task<Reply<Nothing>> { co_return Nothing{}; };
        const auto later = co_await make_trouble(name);
        EXPECT_EQ(later.status, 204);
        EXPECT_FALSE(later.headers.find("Idempotent-Replayed"));
    }
}

CORO_TEST_F(Keys, BadContentDoesNotUseUpAKey) {
    const Headers key{{"Idempotency-Key", "k"}};
    EXPECT_EQ((co_await send(Method::post, "/api/v1/jars/a:fill", R"({"amount":"1"})", key)).status, 422);
    EXPECT_EQ((co_await send(Method::post, "/api/v1/jars/a:fill", R"({"amount":)", key)).status, 400);
    EXPECT_EQ((co_await fill("a", 1, "k")).status, 200);
}

CORO_TEST_F(Keys, AnEmptyAnswerIsStoredToo) {
    trouble = [](std::string) -> Task<Reply<Nothing>> { co_return Nothing{}; };
    EXPECT_EQ((co_await make_trouble("k")).status, 204);
    const auto again = co_await make_trouble("k");
    EXPECT_EQ(again.status, 204);
    EXPECT_EQ(again.body, "");
    EXPECT_EQ(header_of(again, "Idempotent-Replayed"), "true");
    EXPECT_EQ(runs, 1);
}

CORO_TEST_F(Keys, SurviveARestart) {
    TALLY_COVERS("sec-A08", "I3");
    const auto first = co_await fill("a", 7, "k");
    co_await restart();
    const auto again = co_await fill("a", 7, "k");
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(header_of(again, "Idempotent-Replayed"), "true");
    EXPECT_EQ(runs, 1);
    EXPECT_EQ((co_await fill("a", 8, "k")).status, 422);
}

CORO_TEST_F(Keys, AreFreeAgainWhenTheyHaveExpired) {
    TALLY_COVERS("sec-A08");
    TaskGroup tasks(simulation.executor());
    tasks.spawn("sweeper", sweep(*store, simulation.clock()));
    EXPECT_EQ((co_await fill("a", 7, "k")).status, 200);
    co_await simulation.clock().sleep_for(24h - 1min);
    EXPECT_EQ(header_of(co_await fill("a", 7, "k"), "Idempotent-Replayed"), "true");
    co_await simulation.clock().sleep_for(3min);
    EXPECT_EQ(co_await stored_answers(), 0u);
    EXPECT_FALSE((co_await fill("a", 7, "k")).headers.find("Idempotent-Replayed"));
    EXPECT_EQ(co_await content("a"), 14);
    co_await tasks.close();
}

}  // namespace
}  // namespace tally
