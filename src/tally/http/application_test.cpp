// How requests find their routes, what is refused before and after, and what every answer carries.
#include "tally/http/application.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "tally/http/application_test_kit.hpp"
#include "tally/testing/covers.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;
using testing::header_of;
using testing::json_of;
using testing::slug_of;

class ApplicationTest : public testing::Jars {
public:
    using Jars::Jars;
    Task<HttpResponse> ask(std::string target, Headers headers = {}) {
        return send(Method::get, std::move(target), {}, std::move(headers));
    }
};

CORO_TEST_F(ApplicationTest, UnknownPathsAreNotFound) {
    TALLY_COVERS("sec-A09", "A25.1");
    for (const char* target : {"/", "/api/v0/jars/a", "/api/v1", "/api/v1/jars", "/debug", "/actuator", "/.git/config",
                               "/swagger", "/api/v1/jars/a/b", "/API/V1/JARS/a"}) {
        const auto response = co_await ask(target);
        EXPECT_EQ(response.status, 404) << target;
        EXPECT_EQ(slug_of(response), "not-found") << target;
    }
}

CORO_TEST_F(ApplicationTest, TargetsThatReadersCouldDisagreeAboutAreRefused) {
    TALLY_COVERS("sec-H09");
    for (const char* target :
         {"/api/v1//jars", "/api/v1/jars/", "/api/v1/jars/..", "/api/v1/%2e%2e/jars", "/api/v1/..%2fjars",
          "/api/v1/jars;a", "/api/v1/jars/a;b", "/api/v1/jars/a#b", "/api/v1/jars/%00", "/api/v1/jars/%c0%ae",
          "/api/v1/jars/\xc3\xa9", "/api\\v1\\jars", "*", "http://other/api/v1/jars/a"}) {
        const auto response = co_await ask(target);
        EXPECT_EQ(response.status, 400) << target;
        EXPECT_EQ(slug_of(response), "invalid-request") << target;
    }
}

CORO_TEST_F(ApplicationTest, APathIsDecodedOnce) {
    TALLY_COVERS("sec-H09");
    EXPECT_EQ((co_await fill("a", 1, "k1")).status, 200);
    EXPECT_EQ((co_await ask("/api/v1/jars/%61")).status, 200);
    EXPECT_EQ((co_await ask("/api/v1/jars/%2561")).status, 400);  // "%61" is no id
}

CORO_TEST_F(ApplicationTest, LimitsOfTargetAndBody) {
    const std::string fits = "/api/v1/echo?word=" + std::string(8 * 1024 - 18, 'x');
    EXPECT_EQ((co_await ask(fits)).status, 200);
    const auto too_long = co_await ask(fits + "x");
    EXPECT_EQ(too_long.status, 414);
    EXPECT_EQ(slug_of(too_long), "target-too-long");

    const std::string box = R"({"name":"a","parts":[]})";
    const std::string blanks(1024 * 1024 - box.size(), ' ');
    EXPECT_EQ((co_await send(Method::post, "/api/v1/boxes", box + blanks)).status, 200);
    const auto too_large = co_await send(Method::post, "/api/v1/boxes", box + blanks + " ");
    EXPECT_EQ(too_large.status, 413);
    EXPECT_EQ(slug_of(too_large), "too-large");
}

CORO_TEST_F(ApplicationTest, OtherMethodsAreNamed) {
    TALLY_COVERS("A25.1");
    const auto deleted = co_await send(Method::delete_, "/api/v1/jars/a");
    EXPECT_EQ(deleted.status, 405);
    EXPECT_EQ(slug_of(deleted), "method-not-allowed");
    EXPECT_EQ(header_of(deleted, "Allow"), "GET, HEAD, OPTIONS");
    const auto got = co_await ask("/api/v1/boxes");
    EXPECT_EQ(got.status, 405);
    EXPECT_EQ(header_of(got, "Allow"), "OPTIONS, POST");
    EXPECT_EQ((co_await send(Method::other, "/api/v1/boxes")).status, 405);
    EXPECT_EQ((co_await send(Method::head, "/api/v1/boxes")).status, 405);
    EXPECT_EQ((co_await send(Method::other, "/nowhere")).status, 404);

    const auto options = co_await send(Method::options, "/api/v1/jars/a");
    EXPECT_EQ(options.status, 204);
    EXPECT_EQ(header_of(options, "Allow"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(options.body, "");
    EXPECT_EQ((co_await send(Method::options, "/nowhere")).status, 404);
}

CORO_TEST_F(ApplicationTest, HeadIsAnsweredLikeGet) {
    const auto got = co_await ask("/api/v1/echo?word=a");
    const auto head = co_await send(Method::head, "/api/v1/echo?word=a");
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.body.size(), got.body.size());  // the server sends its length and keeps it
    EXPECT_EQ((co_await send(Method::head, "/nowhere")).status, 404);
}

CORO_TEST_F(ApplicationTest, AGetHasNoContent) {
    for (const Method method : {Method::get, Method::head}) {
        const auto response = co_await send(method, "/api/v1/echo?word=a", "{}");
        EXPECT_EQ(response.status, 400);
        EXPECT_EQ(slug_of(response), "invalid-request");
    }
}

CORO_TEST_F(ApplicationTest, ContentIsJson) {
    TALLY_COVERS("sec-N03");
    const std::string box = R"({"name":"a","parts":[]})";
    for (const char* type : {"text/plain", "application/json; charset=utf-16", "multipart/form-data"}) {
        const auto response = co_await send(Method::post, "/api/v1/boxes", box, {{"Content-Type", type}});
        EXPECT_EQ(response.status, 415) << type;
        EXPECT_EQ(slug_of(response), "unsupported-media-type");
    }
    HttpRequest bare{.method = Method::post, .target = "/api/v1/boxes", .headers = {}, .body = box};
    EXPECT_EQ((co_await application->handle(std::move(bare))).status, 415);
    EXPECT_EQ((co_await send(Method::post, "/api/v1/boxes", box, {{"Content-Encoding", "gzip"}})).status, 415);
    EXPECT_EQ((co_await send(Method::post, "/api/v1/boxes", box)).status, 200);
}

CORO_TEST_F(ApplicationTest, AnswersAreJson) {
    TALLY_COVERS("sec-N03");
    const auto response = co_await ask("/api/v1/echo?word=a", {{"Accept", "text/xml"}});
    EXPECT_EQ(response.status, 406);
    EXPECT_EQ(slug_of(response), "not-acceptable");
    const auto json = co_await ask("/api/v1/echo?word=a", {{"Accept", "text/html, */*;q=0.1"}});
    EXPECT_EQ(json.status, 200);
    EXPECT_EQ(header_of(json, "Content-Type"), "application/json");
}

CORO_TEST_F(ApplicationTest, ARouteNeedsItsScope) {
    TALLY_COVERS("A23.1", "A23.2");
    const auto refused = co_await ask("/api/v1/secret", {{"X-Principal", "user:a"}});
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(slug_of(refused), "forbidden");
    EXPECT_EQ((co_await ask("/api/v1/secret")).status, 200);  // the development principal may do all

    application->authenticate([](const HttpRequest&) { return Principal{"user:reader", {"jars:read"}}; });
    EXPECT_EQ((co_await ask("/api/v1/labels")).status, 200);
    EXPECT_EQ((co_await fill("a", 1, "k")).status, 403);
    EXPECT_EQ((co_await ask("/api/v1/echo?word=a")).status, 200);  // public
    application->authenticate([](const HttpRequest&) { return Principal{}; });
    EXPECT_EQ((co_await ask("/api/v1/labels")).status, 403);
    EXPECT_EQ(events(), 0u);
}

CORO_TEST_F(ApplicationTest, ACorrelationIdIsTakenEchoedAndStored) {
    TALLY_COVERS("A12.1", "A12.3", "B18.3", "C01.2");
    const auto response = co_await fill("a", 1, "k", {{"X-Correlation-Id", "mine-1"}});
    EXPECT_EQ(header_of(response, "X-Correlation-Id"), "mine-1");
    const auto batch = co_await store->read(LogRead{});
    EXPECT_EQ(batch->begin()->correlation, "mine-1");
    EXPECT_EQ(batch->begin()->actor, "user:developer");
    EXPECT_EQ(header_of(co_await ask("/nowhere", {{"X-Correlation-Id", "mine-2"}}), "X-Correlation-Id"), "mine-2");
}

CORO_TEST_F(ApplicationTest, ABadCorrelationIdIsReplacedByTheTrace) {
    TALLY_COVERS("sec-H12");
    const std::string trace = "0af7651916cd43dd8448eb211c80319c";
    const std::string parent = "00-" + trace + "-b7ad6b7169203331-01";
    for (const std::string& bad : {std::string(), std::string("a b"), std::string("a\r\nX: y"), std::string("\xc3\xa9"),
                                   std::string(129, 'x')}) {
        const auto response = co_await ask("/nowhere", {{"X-Correlation-Id", bad}, {"traceparent", parent}});
        EXPECT_EQ(header_of(response, "X-Correlation-Id"), trace);
    }
    EXPECT_EQ(header_of(co_await ask("/nowhere", {{"X-Correlation-Id", std::string(128, 'x')}}), "X-Correlation-Id"),
              std::string(128, 'x'));
}

CORO_TEST_F(ApplicationTest, AnExceptionIsAProblemThatTellsNothing) {
    TALLY_COVERS("sec-T03", "A25.1");
    trouble = [](std::string) -> Task<Reply<Nothing>> {
        throw std::runtime_error("SELECT secret");
        co_return Nothing{};
    };
    const auto thrown = co_await send(Method::post, "/api/v1/trouble", R"({"kind":"x"})", {{"Idempotency-Key", "k"}});
    EXPECT_EQ(thrown.status, 500);
    EXPECT_EQ(slug_of(thrown), "internal");
    EXPECT_FALSE(thrown.body.contains("SELECT"));
    trouble = [](std::string) -> Task<Reply<Nothing>> {
        throw 1;
        co_return Nothing{};
    };
    const auto other = co_await send(Method::post, "/api/v1/trouble", R"({"kind":"x"})", {{"Idempotency-Key", "k"}});
    EXPECT_EQ(other.status, 500);
    EXPECT_EQ((co_await ask("/api/v1/labels")).status, 200);
}

Task<Reply<Nothing>> answer_after(Clock& clock, Duration pause) {
    co_await clock.sleep_for(pause);
    co_return Nothing{};
}

CORO_TEST_F(ApplicationTest, ARequestEndsAtItsDeadline) {
    TALLY_COVERS("A24.6");
    trouble = [this](std::string) { return answer_after(simulation.clock(), 1h); };
    const Instant begun = simulation.clock().instant();
    const auto late = co_await send(Method::post, "/api/v1/trouble", R"({"kind":"x"})", {{"Idempotency-Key", "k"}});
    EXPECT_EQ(late.status, 503);
    EXPECT_EQ(slug_of(late), "deadline-exceeded");
    EXPECT_EQ(header_of(late, "Retry-After"), "1");
    EXPECT_EQ(simulation.clock().instant() - begun, 30s);
}

CORO_TEST_F(ApplicationTest, EveryAnswerIsMarked) {
    TALLY_COVERS("A24.4");
    for (const char* target : {"/nowhere", "/api/v1/echo?word=a", "//"}) {
        const auto response = co_await ask(target);
        EXPECT_EQ(header_of(response, "X-Content-Type-Options"), "nosniff");
        EXPECT_EQ(header_of(response, "Cache-Control"), "no-store");
        EXPECT_EQ(header_of(response, "X-Request-Id").size(), 36u);
    }
}

CORO_TEST_F(ApplicationTest, RequestsAreMeasuredByRouteNotByPath) {
    TALLY_COVERS("A10.1", "A10.2");
    for (const char* jar : {"a", "b", "c"}) (void)co_await ask(std::string("/api/v1/jars/") + jar);
    (void)co_await ask("/nowhere/1");
    (void)co_await ask("/nowhere/2");
    const std::string exposed = metrics->expose();
    EXPECT_THAT(exposed,
                ::testing::HasSubstr(R"(http_requests_total{method="GET",route="/api/v1/jars/{jar}",status="404"} 3)"));
    EXPECT_THAT(exposed, ::testing::HasSubstr(R"(http_requests_total{method="GET",route="unmatched",status="404"} 2)"));
    EXPECT_THAT(exposed, ::testing::HasSubstr("http_request_duration_seconds_count"));
    EXPECT_FALSE(exposed.contains("/nowhere"));
}

CORO_TEST_F(ApplicationTest, RawRoutesStandBesideTypedOnes) {
    application->mount_raw(get, "/raw", [](const HttpRequest& request) -> Task<HttpResponse> {
        HttpResponse response{.status = 200, .headers = {{"Cache-Control", "private"}}, .body = request.target};
        co_return response;
    });
    EXPECT_EQ((co_await ask("/raw?x=1")).body, "/raw?x=1");
    EXPECT_EQ(header_of(co_await ask("/raw"), "Cache-Control"), "private");
    EXPECT_EQ((co_await send(Method::head, "/raw")).status, 200);
    const auto wrong = co_await send(Method::post, "/raw");
    EXPECT_EQ(wrong.status, 405);
    EXPECT_EQ(header_of(wrong, "Allow"), "GET, HEAD, OPTIONS");
    EXPECT_EQ((co_await send(Method::options, "/raw")).status, 204);
}

CORO_TEST_F(ApplicationTest, MountingRefusesWhatCouldNotBeReached) {
    const auto handler = [](Nothing, Query&) -> Task<Reply<Nothing>> { co_return Nothing{}; };
    Routes twice;
    twice.add(get, "/api/v1/echo", {.summary = "again", .scope = ""}, handler);
    EXPECT_EQ(application->mount("other", twice, Sources{*store, {}}).error().code, ErrorCode::invalid);
    Routes renamed;
    renamed.add(get, "/api/v1/jars/{other}", {.summary = "the same by another name", .scope = ""}, handler);
    EXPECT_EQ(application->mount("other", renamed, Sources{*store, {}}).error().code, ErrorCode::invalid);
    Routes waiting;
    waiting.add(get, "/api/v1/other", {.summary = "waits", .scope = "", .waits_for = "nobody"}, handler);
    EXPECT_EQ(application->mount("other", waiting, Sources{*store, {}}).error().code, ErrorCode::invalid);
    EXPECT_THROW(twice.add(post, "/api/v1/x", {}, handler), std::logic_error);
    co_return;
}

}  // namespace
}  // namespace tally
