// What an operator does, over HTTP, about sagas: trips, whose participants answer late, refuse, or keep silent.
#include <gmock/gmock.h>

#include "integration/trips.hpp"
#include "support/openapi_check.hpp"
#include "tally/testing/covers.hpp"

namespace tally::trips {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

CORO_TEST_F(SagasOverHttp, ThoseThatWaitForAnOperatorAreListedFirst) {
    start();
    co_await plan("done");
    co_await plan_stuck("stuck");
    answer_after.erase("FlightRequested");
    co_await plan("older");
    co_await plan("younger");
    EXPECT_THAT(co_await ids(),
                ElementsAre("book-trip/stuck", "book-trip/older", "book-trip/younger", "book-trip/done"));
    EXPECT_THAT(co_await ids("?status=completed"), ElementsAre("book-trip/done"));
    EXPECT_THAT(co_await ids("?status=running"),
                ElementsAre("book-trip/stuck", "book-trip/older", "book-trip/younger"));
    EXPECT_THAT(co_await ids("?status=running&saga=book-trip"), SizeIs(3));
    EXPECT_THAT(co_await ids("?saga=book-trip"), SizeIs(4));
    EXPECT_THAT(co_await ids("?saga=none"), IsEmpty());
    const auto first = co_await read(sagas + "?page_size=3");
    EXPECT_EQ(first.at("items").at(0).at("service").as_string(), "trips");
    const auto& stuck = first.at("items").at(0).at("instance");
    EXPECT_EQ(stuck.at("step").as_string(), "ticket");
    EXPECT_EQ(stuck.at("operator_called").as_string(), "no answer to 2 requests");
    const std::string token(first.at("next_page_token").as_string());
    EXPECT_THAT(co_await ids("?page_size=3&page_token=" + token), ElementsAre("book-trip/done"));
    EXPECT_EQ((co_await send(Method::get, sagas + "?status=asleep")).status, 400);
    EXPECT_THAT((co_await read("/api/v1/services/agency/sagas")).at("items").as_array(), IsEmpty());
    co_await stop();
}

CORO_TEST_F(SagasOverHttp, OneIsShownWithItsStepsItsDeadlineAndItsHistory) {
    answer_after.erase("FlightRequested");
    start();
    const Timestamp before = simulation.clock().now();
    co_await plan("a");
    const auto shown = co_await read(path_of("a"));
    EXPECT_EQ(shown.at("id").as_string(), "book-trip/a");
    const auto& state = shown.at("state");
    EXPECT_EQ(state.at("version"), 1);
    EXPECT_EQ(state.at("status").as_string(), "running");
    EXPECT_EQ(state.at("waiting").as_string(), "flight");
    EXPECT_EQ(state.at("steps").as_array().size(), 2U);
    EXPECT_EQ(state.at("steps").at(0).at("status").as_string(), "done");
    EXPECT_EQ(state.at("steps").at(1).at("status").as_string(), "started");
    EXPECT_EQ(state.at("steps").at(1).at("attempts"), 1);
    const auto deadline = parse_timestamp(std::string(shown.at("deadline").as_string())).value();
    EXPECT_GE(deadline, before + 60s);
    EXPECT_LE(deadline, before + 65s);
    EXPECT_THAT(co_await history("a"),
                ElementsAre("SagaStarted", "HotelRequested", "SagaStepStarted", "FlightRequested", "SagaStepStarted"));
    const auto& start_of_flight = shown.at("history").at(4);
    EXPECT_EQ(start_of_flight.at("data").at("done"), (boost::json::array{"hotel"}));
    EXPECT_EQ(start_of_flight.at("actor").as_string(), "saga:book-trip");
    EXPECT_EQ(shown.at("stream").as_string(), "saga-book-trip-a");
    EXPECT_EQ((co_await send(Method::get, path_of("none"))).status, 404);
    EXPECT_EQ((co_await send(Method::get, sagas + "/none/a")).status, 404);
    co_await stop();
}

CORO_TEST_F(SagasOverHttp, ADeadlineThatPassesUndoesWhatWasStarted) {
    TALLY_COVERS("E21.5", "I10");
    answer_after["FlightRequested"] = 2min;
    answer_after["HotelCancelRequested"] = 3s;
    start();
    co_await plan("a");
    co_await pause(54s);
    EXPECT_EQ(co_await status("a"), "running");
    co_await pause(3s);
    EXPECT_EQ(co_await status("a"), "compensating");
    EXPECT_THAT(co_await ids("?status=compensating"), ElementsAre("book-trip/a"));
    co_await pause(5s);
    const auto shown = co_await read(path_of("a"));
    EXPECT_EQ(shown.at("state").at("status").as_string(), "compensated");
    EXPECT_EQ(shown.at("state").at("failure").at("reason").as_string(), "overdue");
    EXPECT_EQ(shown.at("state").at("failure").at("step").as_string(), "flight");
    EXPECT_FALSE(shown.as_object().contains("deadline"));
    EXPECT_THAT(co_await history("a"), Not(Contains("SagaReplyIgnored")));
    co_await pause(2min);
    EXPECT_THAT(co_await history("a"), Contains("SagaReplyIgnored")) << "the late answer";
    EXPECT_EQ((co_await read(sagas)).at("items").at(0).at("instance").at("late"), 1);
    co_await stop();
}

CORO_TEST_F(SagasOverHttp, ARefusalIsShownAsTheFailure) {
    is_full = true;
    start();
    co_await plan("a");
    const auto state_now = co_await state("a");
    EXPECT_EQ(state_now.at("status").as_string(), "compensated");
    EXPECT_EQ(state_now.at("failure").at("reason").as_string(), "refused");
    EXPECT_EQ(state_now.at("steps").at(0).at("status").as_string(), "refused");
    co_await stop();
}

CORO_TEST_F(SagasOverHttp, RetryAsksAgainOncePerKeyAndInTheNameOfWhoAsked) {
    start();
    co_await plan_stuck("a");
    answer_after["TicketRequested"] = 30s;
    const auto events = (co_await state("a")).at("events").as_int64();
    const auto done = co_await act("a", "retry", "{}", "once");
    EXPECT_EQ(done.status, 200) << done.body;
    const auto state_now = boost::json::parse(done.body).at("state");
    EXPECT_EQ(state_now.at("steps").at(3).at("attempts"), 3);
    EXPECT_EQ(state_now.at("events"), events + 2);
    EXPECT_FALSE(state_now.as_object().contains("operator_called"));
    EXPECT_EQ((co_await act("a", "retry", "{}", "once")).body, done.body);
    const auto shown = co_await read(path_of("a"));
    EXPECT_EQ(shown.at("state"), state_now);
    const auto& all = shown.at("history").as_array();
    EXPECT_EQ(all.back().at("actor").as_string(), "user:developer");
    EXPECT_EQ(all.back().at("correlation_id"), all.front().at("correlation_id"));
    EXPECT_TRUE(shown.as_object().contains("deadline"));
    co_await pause(35s);
    EXPECT_EQ(co_await status("a"), "completed");
    co_await stop();
}

CORO_TEST_F(SagasOverHttp, SkipCountsAsDoneAndResolveEnds) {
    start();
    co_await plan_stuck("skipped");
    co_await plan_stuck("resolved");
    const auto skipped = co_await act("skipped", "skip", R"({"reason":"at the counter"})");
    EXPECT_EQ(skipped.status, 200) << skipped.body;
    EXPECT_EQ(boost::json::parse(skipped.body).at("state").at("status").as_string(), "completed");
    EXPECT_EQ(co_await status("skipped"), "completed");
    EXPECT_THAT(co_await history("skipped"), Contains("SagaStepSkipped"));
    EXPECT_EQ((co_await act("resolved", "resolve", R"({"reason":"by telephone"})")).status, 200);
    const auto shown = co_await read(path_of("resolved"));
    EXPECT_EQ(shown.at("state").at("status").as_string(), "resolved");
    EXPECT_FALSE(shown.at("state").as_object().contains("waiting"));
    EXPECT_EQ(shown.at("history").as_array().back().at("data").at("reason").as_string(), "by telephone");
    co_await stop();
}

CORO_TEST_F(SagasOverHttp, WhatCannotBeDoneIsRefused) {
    start();
    co_await plan("done");
    answer_after.erase("FlightRequested");
    co_await plan("waits");
    const std::string why = R"({"reason":"so"})";
    for (const char* verb : {"retry", "skip", "resolve"}) {
        const std::string body = verb == std::string("retry") ? "{}" : why;
        EXPECT_EQ((co_await act("none", verb, body)).status, 404) << verb;
        const auto ended = co_await act("done", verb, body);
        EXPECT_EQ(ended.status, 409) << verb;
        EXPECT_THAT(ended.body, HasSubstr("the saga has ended"));
    }
    EXPECT_EQ((co_await send(Method::post, sagas + "/none/a:retry", "{}")).status, 404);
    EXPECT_THAT((co_await act("waits", "retry", "{}")).body, HasSubstr("flight is asked for once"));
    EXPECT_THAT((co_await act("waits", "skip", why)).body, HasSubstr("cancel instead"));
    for (const char* verb : {"skip", "resolve"}) {
        EXPECT_EQ((co_await act("waits", verb, "{}")).status, 422) << verb;
        EXPECT_EQ((co_await act("waits", verb, R"({"reason":""})")).status, 400) << verb;
    }
    EXPECT_EQ(co_await status("waits"), "running");
    co_await stop();
}

CORO_TEST_F(SagasOverHttp, AVersionThatIsMissingIsNamedUntilItIsBack) {
    answer_after["HotelRequested"] = 15s;
    start();
    co_await plan("a");
    EXPECT_THAT(co_await troubles(), IsEmpty());
    co_await restart({2});
    co_await pause(1s);
    const std::string trouble =
        "trips: saga book-trip: 1 open under version 1, which this binary does not have: start one that has it";
    EXPECT_THAT(co_await troubles(), ElementsAre(trouble));
    EXPECT_EQ((co_await act("a", "resolve", R"({"reason":"so"})")).status, 503);
    co_await plan("b");
    co_await pause(9s);
    EXPECT_THAT(co_await troubles(), Contains(trouble)) << "b runs under version 2, and is none of them";
    const auto status_now = co_await read("/api/v1/services/trips/saga-status");
    EXPECT_EQ(status_now.at("missing").as_array().size(), 1U);
    EXPECT_EQ(status_now.at("missing").at(0).at("version"), 1);
    EXPECT_EQ(co_await status("a"), "running");
    co_await restart({1, 2});
    co_await pause(1min);
    EXPECT_THAT(co_await troubles(), IsEmpty());
    EXPECT_EQ(co_await status("a"), "completed");
    EXPECT_EQ((co_await state("a")).at("version"), 1);
    EXPECT_EQ((co_await state("b")).at("version"), 2);
    co_await restart({2});
    co_await pause(1s);
    EXPECT_THAT(co_await troubles(), IsEmpty()) << "what has ended needs no version";
    co_await stop();
}

CORO_TEST_F(SagasOverHttp, WhatIsHeardAgainChangesNothing) {
    TALLY_COVERS("E21.4", "I3");
    start();
    co_await plan("done");
    answers_twice = true;
    co_await plan("twice");
    answer_after["FlightRequested"] = 2min;
    co_await plan("late");
    co_await pause(5min);
    std::map<std::string, std::vector<std::string>> before;
    for (const char* trip : {"done", "twice", "late"}) before[trip] = co_await history(trip);
    co_await stop();
    co_await forget_progress();
    start();
    co_await pause(1min);
    for (const auto& [trip, events] : before) EXPECT_EQ(co_await history(trip), events) << trip;
    EXPECT_THAT((co_await read("/api/v1/services/trips/dead-letters")).at("items").as_array(), IsEmpty());
    EXPECT_THAT(co_await troubles(), IsEmpty());
    co_await stop();
}

CORO_TEST_F(SagasOverHttp, TheFrontPageLinksToWhatThereIs) {
    answer_after.erase("HotelRequested");
    start();
    const std::string none = (co_await send(Method::get, "/")).body;
    for (const char* below : {"/sagas", "/timers", "/dead-letters"})
        EXPECT_THAT(none, Not(HasSubstr(std::string("services/trips") + below + "\""))) << below;
    co_await plan("a");
    const std::string some = (co_await send(Method::get, "/")).body;
    EXPECT_THAT(some, HasSubstr("services/trips/sagas\""));
    EXPECT_THAT(some, HasSubstr("services/trips/timers\""));
    EXPECT_THAT(some, Not(HasSubstr("services/trips/dead-letters\"")));
    EXPECT_THAT(some, Not(HasSubstr("services/agency/sagas\"")));
    co_await stop();
}

CORO_TEST_F(SagasOverHttp, EveryAnswerIsAsDescribed) {
    TALLY_COVERS("A26.1");
    start();
    co_await plan_stuck("a");
    co_await plan_stuck("b");
    testing::OpenApiCheck check((co_await send(Method::get, "/openapi.json")).body);
    EXPECT_THAT(check.faults(), IsEmpty());
    const std::string why = R"({"reason":"so"})";
    const std::vector<std::tuple<int, Method, std::string, std::string>> requests{
        {200, Method::get, sagas, ""},
        {200, Method::get, path_of("a"), ""},
        {404, Method::get, path_of("none"), ""},
        {200, Method::get, "/api/v1/services/trips/saga-status", ""},
        {200, Method::get, sagas + "/book-trip:what-if?version=1", ""},
        {404, Method::get, sagas + "/book-trip:what-if?version=9", ""},
        {400, Method::get, sagas + "/book-trip:what-if", ""},
        {200, Method::post, path_of("a") + ":retry", "{}"},
        {422, Method::post, path_of("a") + ":skip", "{}"},
        {200, Method::post, path_of("a") + ":skip", why},
        {409, Method::post, path_of("a") + ":skip", why},
        {200, Method::post, path_of("b") + ":resolve", why}};
    for (const auto& [status, method, target, body] : requests) {
        const auto response = co_await send(method, target, body);
        EXPECT_EQ(response.status, status) << target << response.body;
        EXPECT_THAT(check.faults_of(method, target, response), IsEmpty());
    }
    co_await stop();
}

}  // namespace
}  // namespace tally::trips
