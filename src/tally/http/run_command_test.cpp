// Commands that meet others, versions, and what a GET makes of them.
#include <boost/json.hpp>

#include "tally/http/application_test_kit.hpp"
#include "tally/testing/covers.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;
using testing::header_of;
using testing::json_of;
using testing::slug_of;

class Commands : public testing::Jars {
public:
    std::vector<HttpRequest> fills(int count, int amount, const std::string& etag = {}) const {
        std::vector<HttpRequest> requests;
        for (int i = 0; i < count; ++i) {
            requests.push_back(
                {.method = Method::post,
                 .target = "/api/v1/jars/a:fill",
                 .headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", "fill-" + std::to_string(i)}},
                 .body = "{\"amount\":" + std::to_string(amount) + "}"});
            if (!etag.empty()) requests.back().headers.set("If-Match", etag);
        }
        return requests;
    }
    Task<HttpResponse> get_jar(Headers headers = {}) {
        return send(Method::get, "/api/v1/jars/a", {}, std::move(headers));
    }
    static std::map<int, int> by_status(const std::vector<HttpResponse>& responses) {
        std::map<int, int> counts;
        for (const auto& response : responses) ++counts[response.status];
        return counts;
    }
};

CORO_TEST_F(Commands, FiftyAtOnceAllLand) {
    TALLY_COVERS("I3", "I4", "sec-A07");
    const auto responses = co_await send_together(fills(50, 2));
    EXPECT_EQ(by_status(responses), (std::map<int, int>{{200, 50}}));
    std::set<std::string> etags;
    for (const auto& response : responses) etags.insert(header_of(response, "ETag"));
    EXPECT_EQ(etags.size(), 50u);
    EXPECT_EQ(json_of(co_await get_jar()).at("content"), 100);
    EXPECT_EQ(header_of(co_await get_jar(), "ETag"), "\"50\"");
}

CORO_TEST_F(Commands, FiftyAtOnceAreDecidedAnew) {
    TALLY_COVERS("sec-A07");
    const auto responses = co_await send_together(fills(50, 30));
    EXPECT_EQ(by_status(responses), (std::map<int, int>{{200, 3}, {409, 47}}));
    for (const auto& response : responses)
        if (response.status == 409) EXPECT_EQ(slug_of(response), "jar-full");
    EXPECT_EQ(json_of(co_await get_jar()).at("content"), 90);
}

CORO_TEST_F(Commands, OfFiftyThatExpectOneVersionOneWins) {
    TALLY_COVERS("sec-A07", "I4");
    EXPECT_EQ((co_await fill("a", 1, "first")).status, 200);
    const auto responses = co_await send_together(fills(50, 1, "\"1\""));
    EXPECT_EQ(by_status(responses), (std::map<int, int>{{200, 1}, {412, 49}}));
    EXPECT_EQ(events(), 2u);
}

/// Somebody who fills the jar in the midst of another's command.
struct Meddler {
    int most = 1;
    int done = 0;
    bool busy = false;  ///< the command that is met is its own
};

Task<void> meddle(testing::Jars& jars, Meddler& meddler) {
    if (meddler.busy || meddler.done == meddler.most) co_return;
    meddler.busy = true;
    EXPECT_EQ((co_await jars.fill("a", 1, "other-" + std::to_string(++meddler.done))).status, 200);
    meddler.busy = false;
}

CORO_TEST_F(Commands, TheHandlerRunsAgainWhenSomethingHasChanged) {
    Meddler meddler;
    before_fill = [&] { return meddle(*this, meddler); };
    const auto response = co_await fill("a", 7, "mine");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(json_of(response).at("content"), 8);
    EXPECT_EQ(header_of(response, "ETag"), "\"2\"");
    EXPECT_EQ(runs, 3);
}

CORO_TEST_F(Commands, ThatAlwaysMeetOthersGiveUp) {
    Meddler meddler{.most = 100};
    before_fill = [&] { return meddle(*this, meddler); };
    const auto response = co_await fill("a", 7, "mine");
    EXPECT_EQ(response.status, 409);
    EXPECT_EQ(slug_of(response), "conflict");
    EXPECT_EQ(json_of(response).at("current_version"), meddler.done);
    EXPECT_GT(meddler.done, 3);
    EXPECT_LT(meddler.done, 20);
    before_fill = {};
    EXPECT_EQ((co_await fill("a", 7, "mine")).status, 200);  // it was not kept under the key
}

CORO_TEST_F(Commands, IfMatchNamesTheVersionThatWasDecidedOn) {
    EXPECT_EQ((co_await fill("a", 1, "k1")).status, 200);
    EXPECT_EQ((co_await fill("a", 1, "k2", {{"If-Match", "\"1\""}})).status, 200);
    const auto stale = co_await fill("a", 1, "k3", {{"If-Match", "\"1\""}});
    EXPECT_EQ(stale.status, 412);
    EXPECT_EQ(slug_of(stale), "precondition-failed");
    EXPECT_EQ(json_of(stale).at("current_version"), 2);
    EXPECT_EQ((co_await fill("a", 1, "k3", {{"If-Match", "\"2\""}})).status, 200);  // it was not kept under the key
    EXPECT_EQ((co_await fill("a", 1, "k4", {{"If-Match", "*"}})).status, 200);
    for (const char* bad : {"", "2", "\"\"", "\"x\"", "W/\"4\"", "\"4\", \"5\"", "\"-1\"", "\"4 \""})
        EXPECT_EQ((co_await fill("a", 1, "k5", {{"If-Match", bad}})).status, 400) << bad;
    EXPECT_EQ(events(), 4u);
}

CORO_TEST_F(Commands, IfMatchIsNotIgnoredWhereNothingHasAVersion) {
    const auto response =
        co_await send(Method::put, "/api/v1/labels/a", R"({"colour":"red"})", {{"If-Match", "\"1\""}});
    EXPECT_EQ(response.status, 412);
    EXPECT_EQ(slug_of(response), "precondition-failed");
    EXPECT_EQ((co_await send(Method::get, "/api/v1/labels")).body, R"({"items":[],"complete":true})");
}

CORO_TEST_F(Commands, AnETagThatTheCallerHasIsA304) {
    EXPECT_EQ((co_await fill("a", 1, "k1")).status, 200);
    EXPECT_EQ(header_of(co_await get_jar(), "ETag"), "\"1\"");
    for (const char* known : {"\"1\"", "W/\"1\"", "*", "\"7\", \"1\"", "\"1\",\"7\"", " W/\"7\" ,W/\"1\""}) {
        const auto response = co_await get_jar({{"If-None-Match", known}});
        EXPECT_EQ(response.status, 304) << known;
        EXPECT_EQ(response.body, "");
        EXPECT_EQ(header_of(response, "ETag"), "\"1\"");
        EXPECT_EQ(header_of(response, "Cache-Control"), "private");
        EXPECT_FALSE(response.headers.find("Content-Type"));
    }
    for (const char* other : {"", "\"2\"", "1", "\"11\"", "W/\"2\", \"3\"", "\"1"})
        EXPECT_EQ((co_await get_jar({{"If-None-Match", other}})).status, 200) << other;
    EXPECT_EQ((co_await fill("a", 1, "k2")).status, 200);
    EXPECT_EQ((co_await get_jar({{"If-None-Match", "\"1\""}})).status, 200);
}

CORO_TEST_F(Commands, TellThePositionThatShowsThem) {
    EXPECT_EQ(header_of(co_await fill("a", 1, "k1"), "X-Log-Position"), "jars:1");
    EXPECT_EQ(header_of(co_await fill("b", 1, "k2"), "X-Log-Position"), "jars:2");
    EXPECT_EQ(header_of(co_await fill("a", 1, "k1"), "X-Log-Position"), "jars:2");  // not before its own
    EXPECT_EQ(header_of(co_await fill("a", 200, "k3"), "X-Log-Position"), "");
    const auto put = co_await send(Method::put, "/api/v1/labels/a", R"({"colour":"red"})");
    EXPECT_EQ(put.status, 200);
    EXPECT_EQ(header_of(put, "X-Log-Position"), "jars:2");
}

CORO_TEST_F(Commands, APageWalkSeesEachItemOnce) {
    TALLY_COVERS("A20.6", "A29.3");
    for (int i = 0; i < 137; ++i) {
        const std::string colour = i % 3 == 0 ? "red" : "green";
        const auto put =
            co_await send(Method::put, "/api/v1/labels/" + std::to_string(i), R"({"colour":")" + colour + "\"}");
        EXPECT_EQ(put.status, 200);
    }
    for (const std::string filter : {"", "&colour=red"}) {
        std::multiset<std::string> seen;
        std::string token;
        int size = 0;
        do {
            size = size % 7 + 1;  // another one for each page
            const auto response =
                co_await send(Method::get, "/api/v1/labels?page_size=" + std::to_string(size) + filter +
                                               (token.empty() ? "" : "&page_token=" + token));
            EXPECT_EQ(response.status, 200) << response.body;
            const auto page = json_of(response);
            EXPECT_LE(page.at("items").as_array().size(), static_cast<std::size_t>(size));
            for (const auto& item : page.at("items").as_array()) seen.emplace(item.at("text").as_string());
            const auto* next = page.as_object().if_contains("next_page_token");
            token = next == nullptr ? "" : std::string(next->as_string());
        } while (!token.empty());
        EXPECT_EQ(seen.size(), filter.empty() ? 137u : 46u);
        EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), seen.size());
    }
}

CORO_TEST_F(Commands, APageTokenBelongsToItsRequest) {
    TALLY_COVERS("sec-N04", "A24.5");
    for (const char* text : {"a", "b", "c"})
        EXPECT_EQ((co_await send(Method::put, std::string("/api/v1/labels/") + text, R"({"colour":"red"})")).status,
                  200);
    const std::string list = "/api/v1/labels?colour=red&page_size=1";
    const auto first = co_await send(Method::get, list);
    const std::string token(json_of(first).at("next_page_token").as_string());
    const auto with = [&](const std::string& target, Headers headers = {}) {
        return send(Method::get, target + "&page_token=" + token, {}, std::move(headers));
    };
    EXPECT_EQ((co_await with(list)).status, 200);
    EXPECT_EQ((co_await with("/api/v1/labels?page_size=2&colour=red")).status, 200);  // neither order nor size matter
    EXPECT_EQ((co_await with("/api/v1/labels?colour=green")).status, 400);
    EXPECT_EQ((co_await with("/api/v1/labels?page_size=1")).status, 400);
    EXPECT_EQ((co_await with(list, {{"X-Principal", "user:other"}})).status, 400);
    const auto altered = co_await send(Method::get, list + "&page_token=A" + token);
    EXPECT_EQ(altered.status, 400);
    EXPECT_EQ(slug_of(altered), "invalid-request");
    co_await simulation.clock().sleep_for(PageTokens::lifetime + 1s);
    EXPECT_EQ((co_await with(list)).status, 400);
}

CORO_TEST_F(Commands, PageSizesAreCheckedAndCoerced) {
    TALLY_COVERS("sec-D06", "A24.5");
    for (const char* size : {"-1", "abc", "1e9", "", "1.5"})
        EXPECT_EQ((co_await send(Method::get, std::string("/api/v1/labels?page_size=") + size)).status, 400) << size;
    for (const char* size : {"0", "1", "1001", "1000000000"})
        EXPECT_EQ((co_await send(Method::get, std::string("/api/v1/labels?page_size=") + size)).status, 200) << size;
}

}  // namespace
}  // namespace tally
