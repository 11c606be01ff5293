// What an operator does, over HTTP, about timers; and that whatever a service schedules wakes its runner.
#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "integration/parcels.hpp"
#include "support/openapi_check.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const std::string depot = "/api/v1/services/depot";

class TimersOverHttp : public Parcels {
public:
    Task<std::vector<std::string>> ids(std::string query = {}) {
        const auto page = co_await read(depot + "/timers" + query);
        std::vector<std::string> ids;
        for (const auto& item : page.at("items").as_array()) ids.emplace_back(item.at("id").as_string());
        co_return ids;
    }
    static std::string path_of(const std::string& parcel) {
        return depot + "/timers/" + percent_encode("return/" + parcel);
    }
    Task<int> act(std::string parcel, std::string verb, std::string body = {}) {
        co_return (co_await send(Method::post, path_of(parcel) + ":" + verb, std::move(body))).status;
    }
    /// Parcels that are to be returned, each a minute after the one before it.
    Task<void> shelve(std::vector<std::string> parcels) {
        start();
        for (const std::string& parcel : parcels) {
            keep_for = keep_for.value_or(9min) + 1min;
            EXPECT_EQ(co_await post_parcel(parcel, "Ann"), 201);
            co_await pause(1s);
        }
    }
    Task<std::vector<std::string>> reasons() {
        std::vector<std::string> all;
        for (const auto& reason : (co_await read("/health/ready")).at("reasons").as_array())
            all.emplace_back(reason.as_string());
        co_return all;
    }
};

CORO_TEST_F(TimersOverHttp, WhatAConsumerOrACommandSchedulesFiresAtItsTime) {
    TALLY_COVERS("I13");
    start();
    co_await pause(2s + 350ms);
    remind_after = 137ms;
    keep_for = 211ms;
    const Timestamp sent = simulation.clock().now();
    EXPECT_EQ(co_await post_parcel("a", "Ann"), 201);
    co_await pause(210ms);
    EXPECT_EQ(reminded["a"], sent + 137ms);
    EXPECT_TRUE(co_await shelved("a"));
    co_await pause(2ms);
    EXPECT_FALSE(co_await shelved("a"));
    const auto metrics = (co_await send(Method::get, "/metrics")).body;
    EXPECT_THAT(metrics, HasSubstr(R"(timers_fired_total{service="depot",type="return"} 1)"));
    EXPECT_THAT(metrics, HasSubstr(R"(timer_lateness_seconds_count{service="post",type="reminder"} 1)"));
    co_await stop();
}

CORO_TEST_F(TimersOverHttp, TheyAreListedTheSoonestFirstAndOutliveARestart) {
    co_await shelve({"c", "b", "a"});
    EXPECT_THAT(co_await ids(), ElementsAre("return/c", "return/b", "return/a"));
    EXPECT_THAT(co_await ids("?type=return"), ElementsAre("return/c", "return/b", "return/a"));
    EXPECT_THAT(co_await ids("?type=none"), IsEmpty());
    const auto first = co_await read(depot + "/timers?page_size=2");
    const std::string token(first.at("next_page_token").as_string());
    EXPECT_THAT(co_await ids("?page_size=2&page_token=" + token), ElementsAre("return/a"));
    EXPECT_EQ((co_await send(Method::get, depot + "/timers?type=return&page_token=" + token)).status, 400);
    co_await stop();
    start();
    const auto shown = co_await read(path_of("b"));
    EXPECT_EQ(shown.at("service").as_string(), "depot");
    EXPECT_EQ(shown.at("timer").at("type").as_string(), "return");
    EXPECT_EQ(shown.at("timer").at("data").at("parcel").as_string(), "b");
    co_await pause(15min);
    EXPECT_FALSE(co_await shelved("b"));
    EXPECT_THAT(co_await ids(), IsEmpty());
    co_await stop();
}

CORO_TEST_F(TimersOverHttp, OneIsCancelledMovedOrFiredAtOnce) {
    co_await shelve({"cancelled", "moved", "fired"});
    EXPECT_EQ(co_await act("cancelled", "cancel"), 200);
    const auto later = to_text(simulation.clock().now() + 20min);
    EXPECT_EQ(co_await act("moved", "move", R"({"due":")" + later + R"("})"), 200);
    EXPECT_EQ(co_await act("fired", "fire"), 202);
    co_await pause(1ms);
    EXPECT_FALSE(co_await shelved("fired"));
    EXPECT_THAT(co_await ids(), ElementsAre("return/moved"));
    co_await pause(19min);
    EXPECT_TRUE(co_await shelved("cancelled"));
    EXPECT_TRUE(co_await shelved("moved"));
    co_await pause(2min);
    EXPECT_TRUE(co_await shelved("cancelled"));
    EXPECT_FALSE(co_await shelved("moved"));
    co_await stop();
}

CORO_TEST_F(TimersOverHttp, WhatCannotBeDoneIsRefused) {
    co_await shelve({"a"});
    EXPECT_EQ((co_await send(Method::get, path_of("none"))).status, 404);
    for (const char* verb : {"cancel", "fire"}) {
        EXPECT_EQ(co_await act("none", verb), 404);
        EXPECT_EQ(co_await act("a", verb, R"({"why":"x"})"), 422);
    }
    EXPECT_EQ(co_await act("none", "move", R"({"due":"2012-01-01T00:00:00Z"})"), 404);
    EXPECT_EQ(co_await act("a", "move"), 422);
    EXPECT_EQ(co_await act("a", "move", R"({"due":"tomorrow"})"), 422);
    EXPECT_THAT(co_await ids(), ElementsAre("return/a"));
    co_await stop();
}

CORO_TEST_F(TimersOverHttp, AFailingOneIsShownAndNeverDropped) {
    TALLY_COVERS("F29");
    stuck = {"a"};
    co_await shelve({"a", "b"});
    co_await pause(20min);
    EXPECT_FALSE(co_await shelved("b"));
    const auto status = co_await read(depot + "/timer-status");
    EXPECT_EQ(status.at("state").as_string(), "running");
    EXPECT_EQ(status.at("failing"), (boost::json::array{"return/a"}));
    const auto timer = (co_await read(path_of("a"))).at("timer");
    EXPECT_GE(timer.at("attempts").as_int64(), 5);
    EXPECT_EQ(timer.at("error").as_string(), "rejected: a is stuck");
    EXPECT_EQ((co_await send(Method::get, "/health/ready")).status, 200);
    stuck.clear();
    EXPECT_EQ(co_await act("a", "fire"), 202);
    co_await pause(1ms);
    EXPECT_FALSE(co_await shelved("a"));
    EXPECT_EQ((co_await read(depot + "/timer-status")).at("failing"), boost::json::array());
    co_await stop();
}

CORO_TEST_F(TimersOverHttp, AClockThatJumpsIsToldUntilAnOperatorResumes) {
    TALLY_COVERS("I13", "I15", "F25");
    co_await shelve({"a"});
    simulation.set_wall_clock_by(24h);
    co_await pause(2s);
    EXPECT_TRUE(co_await shelved("a"));
    EXPECT_THAT(co_await reasons(), ElementsAre(HasSubstr("post: timers are clock_jumped: the wall clock was moved"),
                                                HasSubstr("depot: timers are clock_jumped: ")));
    EXPECT_EQ((co_await read(depot + "/timer-status")).at("state").as_string(), "clock_jumped");
    const auto resumed = co_await send(Method::post, depot + "/timers:resume");
    EXPECT_EQ(resumed.status, 200) << resumed.body;
    EXPECT_EQ(boost::json::parse(resumed.body).at("state").as_string(), "running");
    co_await pause(1ms);
    EXPECT_FALSE(co_await shelved("a"));
    EXPECT_THAT(co_await reasons(), ElementsAre(HasSubstr("post: timers are clock_jumped")));
    co_await pause(61s);
    EXPECT_THAT(co_await reasons(), IsEmpty());
    co_await stop();
}

CORO_TEST_F(TimersOverHttp, ATypeThatNobodyHandlesIsNamedAndKept) {
    TALLY_COVERS("I15");
    remind_after = 1s;
    reminds = false;
    start();
    EXPECT_EQ(co_await post_parcel("a", "Ann"), 201);
    co_await pause(1min);
    EXPECT_THAT(co_await reasons(), ElementsAre("post: nobody handles timers of type reminder"));
    co_await stop();
    reminds = true;
    start();
    co_await pause(1s);
    EXPECT_TRUE(reminded.contains("a"));
    EXPECT_THAT(co_await reasons(), IsEmpty());
    co_await stop();
}

CORO_TEST_F(TimersOverHttp, EveryAnswerIsAsDescribed) {
    TALLY_COVERS("A26.1");
    co_await shelve({"a", "b", "c"});
    OpenApiCheck check((co_await send(Method::get, "/openapi.json")).body);
    EXPECT_THAT(check.faults(), IsEmpty());
    const std::string due = R"({"due":"2012-01-01T00:00:00Z"})";
    const std::vector<std::tuple<int, Method, std::string, std::string>> requests{
        {200, Method::get, depot + "/timers", ""},
        {200, Method::get, depot + "/timer-status", ""},
        {200, Method::get, path_of("a"), ""},
        {200, Method::post, path_of("a") + ":move", due},
        {422, Method::post, path_of("a") + ":move", "{}"},
        {202, Method::post, path_of("b") + ":fire", ""},
        {200, Method::post, path_of("c") + ":cancel", ""},
        {404, Method::post, path_of("c") + ":cancel", ""},
        {200, Method::post, depot + "/timers:resume", ""}};
    for (const auto& [status, method, target, body] : requests) {
        const auto response = co_await send(method, target, body);
        EXPECT_EQ(response.status, status) << target << response.body;
        EXPECT_THAT(check.faults_of(method, target, response), IsEmpty());
    }
    co_await stop();
}

}  // namespace
}  // namespace tally::testing
