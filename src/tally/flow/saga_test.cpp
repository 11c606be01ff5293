#include "tally/flow/saga.hpp"

#include <boost/describe/enum_to_string.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tally/flow/saga_stage_test_kit.hpp"

namespace tally::trips {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string told(const SagaReplyIgnored& ignored) {
    return ignored.step + " " + ignored.type + " " + boost::describe::enum_to_string(ignored.why, "");
}

class SagaAnswersTest : public SagaTest {
protected:
    [[nodiscard]] Task<Texts> ignored() {
        Texts texts;
        for (const SagaReplyIgnored& ignored : co_await all<SagaReplyIgnored>()) texts.push_back(told(ignored));
        co_return texts;
    }
};

using SagaCancelTest = SagaAnswersTest;

CORO_TEST_F(SagaTest, GoesStepByStepToItsEnd) {
    TALLY_COVERS("E21.1");
    EXPECT_TRUE(co_await plan());
    EXPECT_EQ((co_await run()).current, "hotel");
    EXPECT_TRUE(co_await answer(HotelBooked{trip}, "HotelRequested"));
    EXPECT_EQ((co_await run()).current, "flight");
    EXPECT_FALSE((co_await about()).booked);
    EXPECT_TRUE(co_await answer(FlightBooked{trip}, "FlightRequested"));
    EXPECT_EQ((co_await run()).current, "ticket");
    EXPECT_TRUE((co_await about()).booked) << "decided in the commit in which the saga moved on";
    EXPECT_TRUE(co_await answer(TicketSent{trip}, "TicketRequested"));
    EXPECT_EQ((co_await run()).status, SagaStatus::completed);
    const auto completed = co_await all<SagaCompleted>();
    EXPECT_THAT(completed.at(0).done, ElementsAre("ticket"));
    EXPECT_THAT((co_await all<SagaStepStarted>()).at(2).done, ElementsAre("flight", "book"));
}

CORO_TEST_F(SagaTest, UndoesInReverseWhatWasBegunAndNotRefused) {
    TALLY_COVERS("I10");
    co_await reach("flight");
    EXPECT_TRUE(co_await answer(FlightFull{trip}, "FlightRequested"));
    const SagaRun undoing = co_await run();
    EXPECT_EQ(undoing.status, SagaStatus::compensating);
    EXPECT_EQ(undoing.current, "hotel");
    EXPECT_THAT(undoing.failure.value().undo, ElementsAre("hotel"));
    EXPECT_EQ(undoing.step("flight")->status, SagaStepStatus::refused);
    EXPECT_TRUE(co_await answer(HotelCancelled{trip}, "HotelCancelRequested"));
    EXPECT_EQ((co_await run()).status, SagaStatus::compensated);
    EXPECT_EQ((co_await about()).called_off, "flight");
}

CORO_TEST_F(SagaTest, UndoesWhatIsOverdueSinceItMayHaveBeenDone) {
    TALLY_COVERS("E21.5", "I10");
    co_await reach("flight");
    EXPECT_TRUE(co_await pass_deadline());
    EXPECT_EQ((co_await run()).failure.value().reason, SagaFailureReason::overdue);
    EXPECT_THAT((co_await run()).failure.value().undo, ElementsAre("flight", "hotel"));
    EXPECT_THAT(co_await requests_of("HotelCancelRequested"), IsEmpty()) << "one after the other";
    EXPECT_TRUE(co_await answer(FlightCancelled{trip}, "FlightCancelRequested"));
    EXPECT_TRUE(co_await answer(HotelCancelled{trip}, "HotelCancelRequested"));
    EXPECT_EQ((co_await run()).status, SagaStatus::compensated);
}

CORO_TEST_F(SagaTest, CompensatesWhenADecisionBeforeThePivotIsRejected) {
    TALLY_COVERS("I10");
    co_await reach("flight");
    // The service has heard that the traveller stays, and the saga has not yet.
    (void)co_await stage.record(
        [](Session& session, const std::string& key) {
            session.record<Trip>(TripId::trusted(key), TripCancelRequested{TripId::trusted(key)});
        },
        trip.text());
    EXPECT_TRUE(co_await answer(FlightBooked{trip}, "FlightRequested"));
    const SagaRun undoing = co_await run();
    EXPECT_EQ(undoing.failure.value().reason, SagaFailureReason::rejected);
    EXPECT_EQ(undoing.failure.value().step, "book");
    EXPECT_EQ(undoing.failure.value().detail, "the traveller stays at home");
    EXPECT_THAT(undoing.failure.value().done, ElementsAre("flight"));
    EXPECT_THAT(undoing.failure.value().undo, ElementsAre("flight", "hotel"));
    EXPECT_FALSE((co_await about()).booked);
}

CORO_TEST_F(SagaTest, KeepsTheWordsOfARefusal) {
    stage.run_with({saga<Trip>("book-trip", 1)
                        .starts_on(&TripPlanned::trip)
                        .step("hotel")
                        .request(&hotel)
                        .expect(&HotelBooked::trip)
                        .refused_by(&TripCalledOff::trip, [](const TripCalledOff& off) { return off.why; })
                        .within(seconds(30))
                        .undo(&no_hotel)
                        .undone_by(&HotelCancelled::trip)
                        .done()});
    co_await reach("hotel");
    EXPECT_TRUE(co_await answer(TripCalledOff{trip, "a congress"}, "HotelRequested"));
    EXPECT_EQ((co_await run()).status, SagaStatus::compensated) << "there was nothing else to undo";
    EXPECT_EQ((co_await run()).failure.value().detail, "a congress");
}

CORO_TEST_F(SagaTest, StartsOnce) {
    co_await reach("hotel");
    const std::size_t before = co_await length();
    EXPECT_TRUE(co_await hear(TripPlanned{trip}));
    EXPECT_EQ(co_await length(), before);
}

CORO_TEST_F(SagaTest, HasOneTimerAndNoneWhenItHasEnded) {
    co_await reach("hotel");
    for (const std::string& request : Texts{"HotelRequested", "FlightRequested", "TicketRequested"}) {
        const auto timers = co_await stage.store().find({.collection = std::string(collection_of<Timer>)});
        EXPECT_EQ(timers.value().documents.size(), 1U) << request;
        if (request == "HotelRequested") EXPECT_TRUE(co_await answer(HotelBooked{trip}, request));
        if (request == "FlightRequested") EXPECT_TRUE(co_await answer(FlightBooked{trip}, request));
        if (request == "TicketRequested") EXPECT_TRUE(co_await answer(TicketSent{trip}, request));
    }
    EXPECT_FALSE(co_await has_timer());
}

CORO_TEST_F(SagaTest, HasNoTimerWhenItIsCompensated) {
    co_await reach("hotel");
    EXPECT_TRUE(co_await answer(HotelFull{trip}, "HotelRequested"));
    EXPECT_EQ((co_await run()).status, SagaStatus::compensated);
    EXPECT_FALSE(co_await has_timer());
}

CORO_TEST_F(SagaTest, LimitsTheLifeOfRequestsThatCanBeUndone) {
    co_await reach("ticket");
    for (const RecordedEvent& event : co_await stage.history(trip.text())) {
        if (event.type == "HotelRequested") EXPECT_EQ(event.expires_at.value() - event.occurred_at, seconds(30));
        if (event.type == "FlightRequested") EXPECT_EQ(event.expires_at.value() - event.occurred_at, seconds(60));
        if (event.type == "TicketRequested") EXPECT_FALSE(event.expires_at);
    }
}

CORO_TEST_F(SagaTest, ActsInItsOwnName) {
    co_await reach("ticket");
    for (const RecordedEvent& event : co_await stage.history(trip.text())) {
        EXPECT_EQ(event.actor, "saga:book-trip");
        EXPECT_EQ(event.key, "t1");
    }
}

CORO_TEST_F(SagaTest, MakesTheSameOfTheSameCauseWheneverItIs) {
    TALLY_COVERS("I3");
    testing::SagaStage later(simulation, {book_trip()});
    const auto record = [](Session& session, const std::string& key) {
        session.record<Trip>(TripId::trusted(key), TripPlanned{TripId::trusted(key)});
    };
    const testing::SagaMessage planned = co_await stage.record(record, trip.text());
    (void)co_await later.record(record, trip.text());
    EXPECT_TRUE(co_await stage.hear(planned));
    const auto booked = stage.message(HotelBooked{trip}, (co_await requests_of("HotelRequested")).at(0));
    EXPECT_TRUE(co_await stage.hear(booked));
    EXPECT_TRUE(co_await stage.fire((co_await stage.timer(trip.text())).value()));

    co_await simulation.clock().sleep_for(std::chrono::hours(5));
    EXPECT_TRUE(co_await later.hear(planned));
    co_await simulation.clock().sleep_for(seconds(7));
    EXPECT_TRUE(co_await later.hear(booked));
    EXPECT_TRUE(co_await later.fire((co_await later.timer(trip.text())).value()));

    const EventBatch one = co_await stage.history(trip.text());
    const EventBatch other = co_await later.history(trip.text());
    EXPECT_EQ(one.size(), other.size());
    for (std::size_t i = 0; i < std::min(one.size(), other.size()); ++i) {
        EXPECT_EQ(one.events()[i].id, other.events()[i].id) << one.events()[i].type;
        EXPECT_EQ(one.events()[i].content_digest, other.events()[i].content_digest) << one.events()[i].type;
        EXPECT_NE(one.events()[i].occurred_at, other.events()[i].occurred_at);
    }
}

CORO_TEST_F(SagaTest, DoesNothingMoreAboutWhatItHasHandled) {
    TALLY_COVERS("I3");
    co_await reach("hotel");
    const auto timer = (co_await stage.timer(trip.text())).value();
    const auto booked = stage.message(HotelBooked{trip}, (co_await requests_of("HotelRequested")).at(0));
    EXPECT_TRUE(co_await stage.hear(booked));
    const std::size_t before = co_await length();
    (void)co_await stage.hear(booked);
    EXPECT_FALSE(co_await stage.fire(timer)) << "the answer has moved it";
    EXPECT_EQ(co_await length(), before);
}

CORO_TEST_F(SagaTest, ADeadlineOfAnotherStepChangesNothing) {
    co_await reach("hotel");
    Document stale = (co_await stage.timer(trip.text())).value();
    EXPECT_TRUE(co_await answer(HotelBooked{trip}, "HotelRequested"));
    const std::size_t before = co_await length();
    EXPECT_TRUE(co_await stage.fire(co_await put_back(std::move(stale))));
    EXPECT_EQ(co_await length(), before);
}

CORO_TEST_F(SagaTest, ADeadlineOfAnotherAttemptChangesNothing) {
    co_await reach("ticket");
    Document stale = (co_await stage.timer(trip.text())).value();
    EXPECT_TRUE(co_await pass_deadline());
    const std::size_t before = co_await length();
    EXPECT_TRUE(co_await stage.fire(co_await put_back(std::move(stale))));
    EXPECT_EQ(co_await length(), before);
}

CORO_TEST_F(SagaTest, TheDeadlineOfAStepIsNotThatOfItsUndo) {
    co_await reach("hotel");
    Document stale = (co_await stage.timer(trip.text())).value();
    EXPECT_TRUE(co_await cancel());
    const std::size_t before = co_await length();
    EXPECT_TRUE(co_await stage.fire(co_await put_back(std::move(stale))));
    EXPECT_EQ(co_await length(), before);
}

CORO_TEST_F(SagaTest, ADeadlineAfterTheEndChangesNothing) {
    co_await reach("hotel");
    Document stale = (co_await stage.timer(trip.text())).value();
    EXPECT_TRUE(co_await answer(HotelFull{trip}, "HotelRequested"));
    const std::size_t before = co_await length();
    EXPECT_TRUE(co_await stage.fire(co_await put_back(std::move(stale))));
    EXPECT_EQ(co_await length(), before);
}

CORO_TEST_F(SagaAnswersTest, PassesOverASecondAnswer) {
    TALLY_COVERS("E21.4");
    co_await reach("flight");
    const Uuid request = (co_await requests_of("HotelRequested")).at(0);
    EXPECT_TRUE(co_await hear(HotelBooked{trip}, request));
    EXPECT_TRUE(co_await hear(HotelFull{trip}, request));
    EXPECT_THAT(co_await ignored(), ElementsAre("hotel HotelBooked duplicate", "hotel HotelFull duplicate"));
    EXPECT_EQ((co_await all<SagaReplyIgnored>()).at(0).request, request);
    EXPECT_EQ((co_await run()).current, "flight");
}

CORO_TEST_F(SagaAnswersTest, PassesOverAnAnswerThatComesTooLate) {
    TALLY_COVERS("E21.5");
    co_await reach("hotel");
    EXPECT_TRUE(co_await pass_deadline());
    EXPECT_TRUE(co_await answer(HotelBooked{trip}, "HotelRequested"));
    EXPECT_TRUE(co_await answer(HotelBooked{trip}, "HotelRequested"));
    EXPECT_THAT(co_await ignored(), ElementsAre("hotel HotelBooked late", "hotel HotelBooked duplicate"));
    EXPECT_EQ((co_await run()).status, SagaStatus::compensating);
    EXPECT_TRUE(co_await answer(HotelCancelled{trip}, "HotelCancelRequested"));
    EXPECT_TRUE(co_await answer(HotelFull{trip}, "HotelRequested"));
    EXPECT_TRUE(co_await answer(HotelCancelled{trip}, "HotelCancelRequested"));
    EXPECT_EQ((co_await run()).status, SagaStatus::compensated);
    EXPECT_THAT(co_await ignored(), ElementsAre("hotel HotelBooked late", "hotel HotelBooked duplicate",
                                                "hotel HotelFull duplicate", "hotel HotelCancelled duplicate"));
}

CORO_TEST_F(SagaAnswersTest, PassesOverAnswersToSomebodyElse) {
    co_await reach("hotel");
    const std::size_t before = co_await length();
    EXPECT_TRUE(co_await hear(HotelBooked{trip}));
    EXPECT_TRUE(co_await hear(HotelBooked{trip}, stage.ids().next()));
    EXPECT_TRUE(co_await hear(HotelCancelled{trip}, stage.ids().next()));
    EXPECT_TRUE(co_await hear(HotelBooked{TripId::trusted("t2")}, (co_await requests_of("HotelRequested")).at(0)))
        << "about an instance that is none";
    EXPECT_EQ(co_await length(), before);
}

CORO_TEST_F(SagaAnswersTest, TakesNoAnswerForAnother) {
    co_await reach("flight");
    const Uuid request = (co_await requests_of("FlightRequested")).at(0);
    EXPECT_TRUE(co_await hear(HotelBooked{trip}, request));
    EXPECT_TRUE(co_await hear(FlightCancelled{trip}, request)) << "nothing is being undone";
    EXPECT_EQ((co_await run()).current, "flight");
    EXPECT_TRUE(co_await hear(FlightBooked{trip}, (co_await requests_of("HotelRequested")).at(0)));
    EXPECT_EQ((co_await run()).current, "flight");
    EXPECT_TRUE(co_await hear(FlightBooked{trip}, request));
    EXPECT_EQ((co_await run()).current, "ticket");
}

CORO_TEST_F(SagaAnswersTest, TakesWhatHappensAnywayByItsInstance) {
    stage.run_with({saga<Trip>("book-trip", 1)
                        .starts_on(&TripPlanned::trip)
                        .step("hotel")
                        .expect(&HotelBooked::trip)
                        .within(seconds(30))
                        .nothing_to_undo()
                        .step("flight")
                        .expect(&FlightBooked::trip)
                        .within(seconds(30))
                        .nothing_to_undo()
                        .done()});
    EXPECT_TRUE(co_await plan());
    EXPECT_TRUE(co_await hear(HotelBooked{trip}, stage.ids().next()));
    EXPECT_TRUE(co_await hear(HotelBooked{trip}));
    EXPECT_EQ((co_await run()).current, "flight");
    EXPECT_TRUE(co_await pass_deadline());
    EXPECT_EQ((co_await run()).status, SagaStatus::compensated) << "nothing to undo";
    EXPECT_TRUE(co_await hear(FlightBooked{trip}));
    EXPECT_THAT(co_await ignored(), ElementsAre("hotel HotelBooked duplicate", "flight FlightBooked late"));
}

CORO_TEST_F(SagaCancelTest, UndoesTheOpenStepToo) {
    TALLY_COVERS("I10");
    co_await reach("flight");
    EXPECT_TRUE(co_await cancel());
    const SagaRun undoing = co_await run();
    EXPECT_EQ(undoing.failure.value().reason, SagaFailureReason::cancelled);
    EXPECT_EQ(undoing.failure.value().step, "flight");
    EXPECT_THAT(undoing.failure.value().undo, ElementsAre("flight", "hotel"));
    EXPECT_TRUE(co_await answer(FlightBooked{trip}, "FlightRequested"));
    EXPECT_THAT(co_await ignored(), ElementsAre("flight FlightBooked late"));
}

CORO_TEST_F(SagaCancelTest, IsTooLatePastThePivot) {
    co_await reach("ticket");
    EXPECT_TRUE(co_await cancel());
    EXPECT_THAT(co_await ignored(), ElementsAre(" TripCancelRequested too_late"));
    EXPECT_EQ((co_await run()).current, "ticket");
    EXPECT_TRUE(co_await answer(TicketSent{trip}, "TicketRequested"));
    EXPECT_EQ((co_await run()).status, SagaStatus::completed);
}

CORO_TEST_F(SagaCancelTest, ChangesNothingWhereNothingHasBegun) {
    EXPECT_TRUE(co_await cancel());
    EXPECT_EQ(co_await length(), 0U);
}

CORO_TEST_F(SagaCancelTest, ChangesNothingWhenItIsCancelledAlready) {
    co_await reach("hotel");
    EXPECT_TRUE(co_await cancel());
    const std::size_t compensating = co_await length();
    EXPECT_TRUE(co_await cancel());
    EXPECT_EQ(co_await length(), compensating);
    EXPECT_TRUE(co_await answer(HotelCancelled{trip}, "HotelCancelRequested"));
    const std::size_t ended = co_await length();
    EXPECT_TRUE(co_await cancel());
    EXPECT_EQ(co_await length(), ended);
    EXPECT_EQ((co_await run()).status, SagaStatus::compensated);
}

}  // namespace
}  // namespace tally::trips
