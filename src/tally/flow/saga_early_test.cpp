// What comes before its time, or is handled again.
#include <gmock/gmock.h>

#include "tally/flow/saga_stage_test_kit.hpp"

namespace tally::trips {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Nobody asks for the flight: it is waited for, and can be undone. After the pivot neither for the ticket.
SagaDefinition charter_trip() {
    return saga<Trip>("book-trip", 1)
        .starts_on(&TripPlanned::trip)
        .cancelled_by(&TripCancelRequested::trip)
        .step("hotel")
        .request(&hotel)
        .expect(&HotelBooked::trip)
        .within(seconds(30))
        .undo(&no_hotel)
        .undone_by(&HotelCancelled::trip)
        .step("flight")
        .expect(&FlightBooked::trip)
        .refused_by(&FlightFull::trip, [](const FlightFull&) { return "no seat"; })
        .within(seconds(60))
        .undo(&no_flight)
        .undone_by(&FlightCancelled::trip)
        .step("book")
        .decide(&book)
        .pivot()
        .step("ticket")
        .expect(&TicketSent::trip)
        .within(seconds(90))
        .done();
}

class SagaEarlyTest : public SagaTest {
protected:
    SagaEarlyTest() { stage.run_with({charter_trip()}); }
};

CORO_TEST_F(SagaEarlyTest, WhatALaterStepWaitsForCountsWhenThatIsReached) {
    co_await reach("hotel");
    EXPECT_TRUE(co_await hear(TicketSent{trip}));
    EXPECT_TRUE(co_await hear(FlightBooked{trip}));
    EXPECT_EQ((co_await run()).current, "hotel");
    const auto deferred = co_await all<SagaEventDeferred>();
    EXPECT_EQ(deferred.size(), 2U);
    EXPECT_EQ(deferred.at(0).step, "ticket");
    EXPECT_EQ(deferred.at(1).type, "FlightBooked");
    EXPECT_TRUE(co_await answer(HotelBooked{trip}, "HotelRequested"));
    EXPECT_EQ((co_await run()).status, SagaStatus::completed);
    EXPECT_THAT((co_await all<SagaCompleted>()).at(0).done, ElementsAre("hotel", "flight", "book", "ticket"));
    EXPECT_FALSE(co_await has_timer());
    EXPECT_TRUE((co_await about()).booked);
}

CORO_TEST_F(SagaEarlyTest, OnlyTheFirstOfSeveralCounts) {
    co_await reach("hotel");
    EXPECT_TRUE(co_await hear(FlightBooked{trip}));
    EXPECT_TRUE(co_await hear(FlightFull{trip}));
    EXPECT_THAT(co_await all<SagaEventDeferred>(), SizeIs(1));
    EXPECT_EQ((co_await all<SagaReplyIgnored>()).at(0).why, SagaIgnored::duplicate);
    EXPECT_TRUE(co_await answer(HotelBooked{trip}, "HotelRequested"));
    EXPECT_EQ((co_await run()).current, "ticket");
    EXPECT_TRUE(co_await hear(FlightBooked{trip}));
    EXPECT_EQ((co_await all<SagaReplyIgnored>()).at(1).why, SagaIgnored::duplicate);
}

CORO_TEST_F(SagaEarlyTest, AnEarlyRefusalUndoesWhatWasDoneUntilThen) {
    co_await reach("hotel");
    EXPECT_TRUE(co_await hear(FlightFull{trip}));
    EXPECT_EQ((co_await run()).status, SagaStatus::running);
    EXPECT_TRUE(co_await answer(HotelBooked{trip}, "HotelRequested"));
    const auto failure = (co_await all<SagaCompensating>()).at(0);
    EXPECT_EQ(failure.reason, SagaFailureReason::refused);
    EXPECT_EQ(failure.step, "flight");
    EXPECT_EQ(failure.detail, "no seat");
    EXPECT_EQ(failure.undo, Texts{"hotel"});
}

CORO_TEST_F(SagaEarlyTest, AStepThatIsReachedIsUndoneAndOneThatIsNotIsNot) {
    co_await reach("hotel");
    EXPECT_TRUE(co_await hear(FlightBooked{trip}));
    EXPECT_TRUE(co_await cancel());
    EXPECT_EQ((co_await all<SagaCompensating>()).at(0).undo, Texts{"hotel"});
}

CORO_TEST_F(SagaEarlyTest, AStepThatIsPassedInOneGoIsUndone) {
    co_await reach("hotel");
    EXPECT_TRUE(co_await hear(FlightBooked{trip}));
    SagaDefinition strict = charter_trip();
    strict.steps[2].decide = [](Session&, const SagaId&) -> Task<Result<std::optional<Rejection>>> {
        co_return Rejection{"no-trips", "nobody travels"};
    };
    stage.run_with({strict});
    EXPECT_TRUE(co_await answer(HotelBooked{trip}, "HotelRequested"));
    const auto failure = (co_await all<SagaCompensating>()).at(0);
    EXPECT_EQ(failure.reason, SagaFailureReason::rejected);
    EXPECT_EQ(failure.done, (Texts{"hotel", "flight"}));
    EXPECT_EQ(failure.undo, (Texts{"flight", "hotel"}));
}

CORO_TEST_F(SagaEarlyTest, WhatIsHandledAgainChangesNothing) {
    co_await reach("hotel");
    const auto early = stage.message(TicketSent{trip});
    const auto booked = stage.message(HotelBooked{trip}, (co_await requests_of("HotelRequested")).at(0));
    const auto again = stage.message(HotelBooked{trip}, booked.causation);
    for (const auto& message : {early, booked, again}) EXPECT_TRUE(co_await stage.hear(message));
    const std::size_t before = co_await length();
    for (const auto& message : {early, booked, again}) EXPECT_TRUE(co_await stage.hear(message));
    EXPECT_TRUE(co_await stage.hear_all({booked, again, booked}));
    EXPECT_EQ(co_await length(), before);
    EXPECT_THAT(co_await all<SagaReplyIgnored>(), SizeIs(1));
}

CORO_TEST_F(SagaEarlyTest, WhatIsHandledTwiceInOneCommitCountsOnce) {
    co_await reach("hotel");
    const auto booked = stage.message(HotelBooked{trip}, (co_await requests_of("HotelRequested")).at(0));
    EXPECT_TRUE(co_await stage.hear_all({booked, booked}));
    EXPECT_THAT(co_await all<SagaReplyIgnored>(), IsEmpty());
    EXPECT_EQ((co_await run()).current, "flight");
}

}  // namespace
}  // namespace tally::trips
