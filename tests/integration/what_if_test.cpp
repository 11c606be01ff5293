// What an operator asks about the past: whether another version of a saga would have decided otherwise.
#include <algorithm>

#include <gmock/gmock.h>

#include "integration/trips.hpp"
#include "tally/testing/covers.hpp"

namespace tally::trips {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class WhatIfOverHttp : public SagasOverHttp {
public:
    /// Trips that go every way that there is: done, refused, overdue, cancelled, stuck, and set right by an operator.
    Task<void> travel() {
        start();
        co_await plan("done");
        answers_twice = true;
        co_await plan("twice");
        answers_twice = false;
        is_full = true;
        co_await plan("full");
        is_full = false;
        answer_after["FlightRequested"] = 2min;
        co_await plan("late");
        co_await plan("cancelled");
        co_await cancel("cancelled");
        co_await pause(3min);
        answer_after["FlightRequested"] = 20s;
        co_await plan("slow");
        co_await pause(1min);
        answer_after["FlightRequested"] = 0s;
        for (const char* verb : {"retry", "skip", "resolve"}) {
            co_await plan_stuck(verb);
            answer_after["TicketRequested"] = 0s;
            EXPECT_EQ((co_await act(verb, verb, verb == std::string("retry") ? "{}" : R"({"reason":"so"})")).status,
                      200);
            co_await pause(5s);
        }
        co_await cancel("retry");
        answer_after.erase("TicketRequested");
        co_await plan_stuck("stuck");
        answer_after.erase("FlightRequested");
        co_await plan("waits");
        co_await restart({1, 2});
        co_await pause(1s);
    }
    Task<boost::json::value> what_if(std::string query) {
        const auto before = std::pair(state_of_store("trips"), state_of_store("agency"));
        auto answer = co_await read(sagas + "/book-trip:what-if?version=" + query);
        EXPECT_EQ(before, std::pair(state_of_store("trips"), state_of_store("agency"))) << "nothing is written";
        co_return answer;
    }
    Task<std::string> detail_of(std::string target) {
        const auto response = co_await send(Method::get, std::move(target));
        EXPECT_EQ(response.status, 404);
        co_return std::string(boost::json::parse(response.body).at("detail").as_string());
    }
};

/// `book-trip/slow flight: nothing -> flight overdue`
std::vector<std::string> in_short(const boost::json::value& page) {
    std::vector<std::string> all;
    for (const auto& item : page.at("items").as_array()) {
        const auto text = [&](const char* name) { return std::string(item.at(name).as_string()); };
        all.push_back(text("verdict") == "unknown" ? text("id") + " " + text("why")
                                                   : text("id") + " " + text("input") + " " + text("type") + ": " +
                                                         text("was") + " -> " + text("would_be"));
    }
    std::ranges::sort(all);
    return all;
}

CORO_TEST_F(WhatIfOverHttp, TheSameVersionWouldHaveDecidedTheSame) {
    co_await travel();
    for (const char* version : {"1", "2"}) {
        const auto page = co_await what_if(version);
        EXPECT_THAT(in_short(page), IsEmpty());
        EXPECT_EQ(page.at("service").as_string(), "trips");
        EXPECT_EQ(page.at("looked_at"), 11);
        EXPECT_EQ(page.at("same"), 9);
        EXPECT_EQ(page.at("open"), 2) << "stuck, and one that waits";
        EXPECT_EQ(page.at("complete"), true);
    }
    co_await stop();
}

CORO_TEST_F(WhatIfOverHttp, AnotherVersionDiffersWhereItWould) {
    change = [](SagaDefinition& trip) { trip.steps[1].within = 15s; };
    co_await travel();
    const auto page = co_await what_if("2");
    EXPECT_THAT(in_short(page), ElementsAre("book-trip/slow deadline flight: nothing -> flight overdue"))
        << "the late one was overdue in either case";
    const auto& slow = page.at("items").at(0);
    EXPECT_THAT(slow.at("recorded").as_array(), IsEmpty());
    EXPECT_EQ(slow.at("would_have").at(0).at("type").as_string(), "SagaCompensating");
    EXPECT_EQ(slow.at("would_have").at(0).at("data").at("undo"), (boost::json::array{"flight", "hotel"}));
    EXPECT_EQ(page.at("different"), 1);
    EXPECT_EQ(page.at("same"), 8);
    co_await pause(15s);
    EXPECT_THAT(in_short(co_await what_if("2")), SizeIs(2)) << "the one that waits would wait no more";
    co_await stop();
}

CORO_TEST_F(WhatIfOverHttp, AnotherRuleDiffersInEachThatComesToIt) {
    change = [](SagaDefinition& trip) {
        trip.steps[2].decide = [](Session&, const SagaId&) -> Task<Result<std::optional<Rejection>>> {
            co_return Rejection{"no-trips", "nobody travels"};
        };
    };
    co_await travel();
    const auto page = co_await what_if("2");
    EXPECT_EQ(page.at("different"), 7);
    for (const std::string& each : in_short(page))
        EXPECT_THAT(each, HasSubstr("event FlightBooked: ticket -> book rejected"));
    co_await stop();
}

CORO_TEST_F(WhatIfOverHttp, AStretchAndItsPagesHoldThoseThatStartedInIt) {
    co_await travel();
    std::int64_t looked_at = 0;
    std::string token;
    std::size_t pages = 0;
    for (; pages < 20; ++pages) {
        const auto page = co_await what_if("1&page_size=3" + token);
        looked_at += page.at("looked_at").as_int64();
        if (!page.as_object().contains("next_page_token")) break;
        EXPECT_EQ(page.at("looked_at"), 3);
        EXPECT_EQ(page.at("complete"), false);
        token = "&page_token=" + std::string(page.at("next_page_token").as_string());
    }
    EXPECT_EQ(looked_at, 11);
    EXPECT_EQ(pages, 3U);
    const auto started = (co_await read(path_of("full"))).at("history").at(0).at("recorded_at").as_string();
    const std::string full(started);
    EXPECT_EQ((co_await what_if("1&to=" + full)).at("looked_at"), 2);
    EXPECT_EQ((co_await what_if("1&from=" + full)).at("looked_at"), 9);
    EXPECT_EQ((co_await what_if("1&from=" + full + "&to=" + full)).at("looked_at"), 0);
    EXPECT_EQ((co_await what_if("1&from=2100-01-01T00:00:00Z")).at("looked_at"), 0);
    co_await stop();
}

CORO_TEST_F(WhatIfOverHttp, WhatIsNotThereIsNamed) {
    versions = {1, 2};
    start();
    EXPECT_EQ(co_await detail_of(sagas + "/book-trip:what-if?version=3"),
              "saga book-trip has no version 3 in this binary; it has 1, 2");
    EXPECT_EQ(co_await detail_of(sagas + "/none:what-if?version=1"), "there is no saga none: trips has book-trip");
    EXPECT_EQ(co_await detail_of("/api/v1/services/agency/sagas/none:what-if?version=1"),
              "there is no saga none: agency has none");
    co_await stop();
}

CORO_TEST_F(WhatIfOverHttp, AVersionThatIsGoneIsHeldAgainstTheOther) {
    change = [](SagaDefinition& trip) { trip.steps[1].within = 15s; };
    co_await travel();
    co_await restart({2});
    EXPECT_THAT(in_short(co_await what_if("2")),
                ElementsAre("book-trip/slow deadline flight: nothing -> flight overdue"));
    co_await stop();
}

}  // namespace
}  // namespace tally::trips
