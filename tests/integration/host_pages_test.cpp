// What a host shows of itself: readiness, front page, problems, metrics; and what it refuses to start with.
#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "integration/parcels.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/hostile_text.hpp"

namespace tally::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class HostPages : public Parcels {
public:
    Task<std::vector<std::string>> reasons(int expected_status) {
        const auto response = co_await send(Method::get, "/health/ready");
        EXPECT_EQ(response.status, expected_status) << response.body;
        std::vector<std::string> all;
        for (const auto& reason : boost::json::parse(response.body).at("reasons").as_array())
            all.emplace_back(reason.as_string());
        co_return all;
    }
    Task<std::string> page() {
        const auto response = co_await send(Method::get, "/");
        EXPECT_EQ(response.status, 200);
        co_return response.body;
    }
};

CORO_TEST_F(HostPages, ReadyWhenEverythingRuns) {
    TALLY_COVERS("C17.1", "C17.2");
    start();
    EXPECT_EQ((co_await send(Method::get, "/health")).status, 200);
    co_await pause();
    EXPECT_THAT(co_await reasons(200), ElementsAre());
    EXPECT_TRUE(host->ready());
    co_await stop();
}

CORO_TEST_F(HostPages, AConsumerThatBacksOffIsNamedUntilItGoesOn) {
    TALLY_COVERS("I15", "C17.2");
    start();
    depot_trouble = Error{ErrorCode::unavailable, "the lift is stuck"};
    EXPECT_EQ(co_await post_parcel("a", "Ann"), 201);
    co_await pause();
    EXPECT_THAT(co_await reasons(503), ElementsAre(HasSubstr("depot: consumer depot is backing_off: ")));
    EXPECT_THAT((co_await reasons(503)).at(0), HasSubstr("the lift is stuck"));
    EXPECT_THAT(host->ready().error().text, HasSubstr("the lift is stuck"));
    EXPECT_THAT(co_await page(), HasSubstr("the lift is stuck"));
    EXPECT_EQ((co_await send(Method::get, "/health")).status, 200);  // alive all the same
    depot_trouble.reset();
    co_await pause(std::chrono::minutes(2));
    EXPECT_THAT(co_await reasons(200), ElementsAre());
    EXPECT_TRUE(co_await shelved("a"));
    co_await stop();
}

CORO_TEST_F(HostPages, AProjectionThatPausesIsNamed) {
    TALLY_COVERS("I15", "C17.2");
    start();
    illegible = "b";
    EXPECT_EQ(co_await post_parcel("a", "Ann"), 201);
    EXPECT_EQ(co_await post_parcel("b", "Ann"), 201);
    co_await pause();
    EXPECT_THAT(co_await reasons(503), ElementsAre(HasSubstr("post: projection parcels is paused: event 2")));
    const auto waited = co_await send(Method::get, "/api/v1/parcels?min_position=post:2");
    EXPECT_EQ(waited.status, 503);
    EXPECT_THAT(waited.body, HasSubstr("it cannot be read"));
    EXPECT_EQ((co_await send(Method::get, "/api/v1/parcels?min_position=post:1")).status, 200);
    co_await stop();
}

CORO_TEST_F(HostPages, TheFrontPageEscapesWhatItShows) {
    start();
    const std::string script = R"(<script>alert("x")</script> & 'quoted' "&lt;")";
    EXPECT_EQ(co_await post_parcel("a", script), 201);
    co_await pause();
    const auto html = co_await page();
    EXPECT_THAT(html, Not(HasSubstr("<script")));
    EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;quoted&#39; "
                                "&quot;&amp;lt;&quot;"));
    EXPECT_THAT(html, HasSubstr("<h2>Parcels &lt;all&gt;</h2>"));
    EXPECT_THAT(html, HasSubstr("Sends &lt;parcels&gt; &amp; &quot;letters&quot;"));
    EXPECT_THAT(html, HasSubstr("<a href=\"/api/v1/shelves/a?to=%3Cscript%3Ealert%28%22x%22%29"));
    EXPECT_THAT(html, HasSubstr("not to be had now (404)"));
    const auto response = co_await send(Method::get, "/");
    EXPECT_EQ(response.headers.find("Content-Type"), "text/html; charset=utf-8");
    EXPECT_THAT(std::string(response.headers.find("Content-Security-Policy").value_or("")),
                HasSubstr("default-src 'none'"));
    co_await stop();
}

CORO_TEST_F(HostPages, NoTextMakesMarkup) {
    start();
    int number = 0;
    for (const auto& hostile : hostile_texts()) {
        if (!hostile.clean || hostile.text.empty() || hostile.text.size() > 4'000) continue;
        EXPECT_EQ(co_await post_parcel("p" + std::to_string(++number), hostile.text), 201) << hostile.name;
    }
    co_await pause();
    std::string html = co_await page();
    const std::set<std::string> known{"!doctype", "html",   "head",   "meta",   "title", "style", "body",
                                      "h1",       "h2",     "p",      "a",      "table", "tr",    "th",
                                      "td",       "/title", "/style", "/head",  "/body", "/html", "/h1",
                                      "/h2",      "/p",     "/a",     "/table", "/tr",   "/th",   "/td"};
    for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
        const std::string tag = html.substr(at + 1, html.find_first_of(" >\n", at) - at - 1);
        EXPECT_TRUE(known.contains(tag)) << tag;
    }
    co_await stop();
}

CORO_TEST_F(HostPages, EveryProblemTypeLeadsToItsDescription) {
    TALLY_COVERS("A25.1");
    start();
    const auto catalogue = co_await read("/problems");
    std::set<std::string> types;
    for (const auto& type : catalogue.as_array()) {
        EXPECT_TRUE(types.emplace(type.at("type").as_string()).second) << type;
        const std::string uri(type.at("type").as_string());
        const std::string base = "http://127.0.0.1:8080";
        EXPECT_TRUE(uri.starts_with(base + "/problems/")) << uri;
        EXPECT_EQ(co_await read(uri.substr(base.size())), type);
    }
    for (const auto& type : platform_problems())
        EXPECT_TRUE(types.contains("http://127.0.0.1:8080/problems/" + std::string(type.slug))) << type.slug;
    for (const char* slug : {"parcel-sent", "rejected"})
        EXPECT_TRUE(types.contains(std::string("http://127.0.0.1:8080/problems/") + slug)) << slug;
    EXPECT_EQ(co_await post_parcel("a", "Ann"), 201);
    const auto again = co_await send(Method::post, "/api/v1/parcels", R"({"parcel":"a","to":"Bob"})");
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(boost::json::parse(again.body).at("type").as_string(), "http://127.0.0.1:8080/problems/parcel-sent");
    co_await stop();
}

CORO_TEST_F(HostPages, MetricsAreReadOffWhenAsked) {
    TALLY_COVERS("B14.1", "B14.2");
    start();
    EXPECT_EQ(co_await post_parcel("a", "Ann"), 201);
    co_await pause();
    const auto response = co_await send(Method::get, "/metrics");
    EXPECT_EQ(response.headers.find("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_THAT(response.body, HasSubstr("event_store_size{service=\"post\"} 1"));
    EXPECT_THAT(response.body, HasSubstr("events_stored_total{service=\"post\"} 1"));
    EXPECT_THAT(response.body, HasSubstr("http_requests_total{"));
    co_await stop();
}

Manifest empty(std::string name) {
    return {.name = std::move(name),
            .summary = "",
            .events = {},
            .routes = {},
            .consumers = {},
            .projections = {},
            .collections = {}};
}
struct Rung {
    std::int64_t bell = 0;
};
BOOST_DESCRIBE_STRUCT(Rung, (), (bell))
TALLY_EVENT(Rung, "Rung", 1, published)
struct RungOtherwise {
    std::string bell;
};
BOOST_DESCRIBE_STRUCT(RungOtherwise, (), (bell))
TALLY_EVENT(RungOtherwise, "Rung", 1, published)

Manifest first(Platform&) {
    Manifest manifest = empty("first");
    manifest.events = EventList<Rung>::describe();
    manifest.routes.add(get, "/api/v1/bells", {.summary = "", .scope = ""},
                        [](Nothing, Query&) -> Task<Reply<Nothing>> { co_return Nothing{}; });
    return manifest;
}
Manifest same_event(Platform&) {
    Manifest manifest = empty("second");
    manifest.events = EventList<RungOtherwise>::describe();
    return manifest;
}
Manifest same_route(Platform& platform) {
    Manifest manifest = first(platform);
    manifest.name = "second";
    manifest.events = {};
    return manifest;
}

CORO_TEST_F(HostPages, AHostRefusesServicesThatClash) {
    TALLY_COVERS("A07.1");
    const auto metrics = create_metrics();
    const Config settings;
    std::map<std::string, std::shared_ptr<MemoryDisk>> disks;
    const auto error_of = [&](const Service& second) {
        auto made = Host::create({simulation.executor(), simulation.clock(), simulation.random(), *metrics, settings},
                                 {}, {{"first", &first}, second},
                                 [&](const std::string& service) -> Result<std::unique_ptr<Store>> {
                                     if (service == "closed") return fail(ErrorCode::locked, "somebody has it");
                                     return open_memory_store(simulation, disks, service);
                                 });
        return made ? std::string() : made.error().text;
    };
    EXPECT_THAT(error_of({"first", &first}), HasSubstr("two services first"));
    EXPECT_THAT(error_of({"second", &same_event}), HasSubstr("Rung"));
    EXPECT_THAT(error_of({"second", &same_route}), HasSubstr("GET /api/v1/bells"));
    EXPECT_EQ(error_of({"closed", &first}), "somebody has it");
    co_return;
}

}  // namespace
}  // namespace tally::testing
