#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tally/flow/saga_stage_test_kit.hpp"

namespace tally::trips {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Task<Result<std::optional<Rejection>>> decide(bool& is_open) {
    if (is_open) co_return std::nullopt;
    co_return Rejection{"closed", "the office is closed"};
}

/// A trip whose last step decides, and is rejected until the office is open.
SagaDefinition settle_trip(bool& is_open) {
    SagaDefinition trip = saga<Trip>("book-trip", 1)
                              .starts_on(&TripPlanned::trip)
                              .cancelled_by(&TripCancelRequested::trip)
                              .step("hotel")
                              .expect(&HotelBooked::trip)
                              .within(seconds(30))
                              .nothing_to_undo()
                              .step("book")
                              .decide(&book)
                              .pivot()
                              .step("settle")
                              .decide(&book)
                              .step("ticket")
                              .request(&ticket)
                              .expect(&TicketSent::trip)
                              .within(seconds(90))
                              .done();
    trip.steps[2].decide = [&is_open](Session&, const SagaId&) { return decide(is_open); };
    return trip;
}

class SagaOperatorTest : public SagaTest {
protected:
    SagaOperatorTest() {
        SagaDefinition trip = book_trip();
        trip.patience = {.retry_least = seconds(100), .retry_most = seconds(250), .attempts = 4};
        stage.run_with({trip});
    }

    /// How long the instance waits now.
    [[nodiscard]] Task<Duration> wait() {
        const auto document = (co_await stage.timer(trip.text())).value();
        co_return decode_document<Timer>(document.key, document.body).value().due - simulation.clock().now();
    }
    [[nodiscard]] static Failure why(const Done& done) { return done ? Failure{} : done.error(); }
};

CORO_TEST_F(SagaOperatorTest, AStepPastThePivotIsAskedForAgainAndThenForAPerson) {
    TALLY_COVERS("E21.5");
    co_await reach("ticket");
    std::vector<Duration> waits;
    for (int attempt = 1; attempt <= 4; ++attempt) {
        waits.push_back(co_await wait());
        EXPECT_FALSE((co_await run()).operator_called) << attempt;
        EXPECT_TRUE(co_await pass_deadline());
    }
    EXPECT_THAT(waits, ElementsAre(seconds(90), seconds(200), seconds(250), seconds(250)));
    EXPECT_EQ((co_await requests_of("TicketRequested")).size(), 4U);
    EXPECT_EQ((co_await run()).operator_called, "no answer to 4 requests");
    EXPECT_EQ((co_await run()).status, SagaStatus::running);
    EXPECT_FALSE(co_await has_timer()) << "the person decides what comes next";

    // The answer to an earlier attempt counts all the same.
    EXPECT_TRUE(co_await hear(TicketSent{trip}, (co_await requests_of("TicketRequested")).at(1)));
    EXPECT_EQ((co_await run()).status, SagaStatus::completed);
    EXPECT_FALSE((co_await run()).operator_called);
}

CORO_TEST_F(SagaOperatorTest, AnUndoIsAskedForUntilItIsAnswered) {
    TALLY_COVERS("I10");
    co_await reach("hotel");
    EXPECT_TRUE(co_await pass_deadline());
    std::vector<Duration> waits;
    for (int attempt = 1; attempt <= 20; ++attempt) {
        waits.push_back(co_await wait());
        EXPECT_TRUE(co_await pass_deadline());
        EXPECT_EQ((co_await run()).operator_called.has_value(), attempt >= 4) << attempt;
    }
    waits.resize(5);
    EXPECT_THAT(waits, ElementsAre(seconds(100), seconds(200), seconds(250), seconds(250), seconds(250)));
    const auto calls = co_await all<SagaOperatorCalled>();
    EXPECT_EQ(calls.size(), 1U);
    EXPECT_EQ(calls.at(0).step, "hotel");
    EXPECT_EQ(calls.at(0).reason, "its undo had no answer to 4 requests");
    EXPECT_EQ((co_await requests_of("HotelCancelRequested")).size(), 21U);
    EXPECT_TRUE(co_await hear(HotelCancelled{trip}, (co_await requests_of("HotelCancelRequested")).at(2)));
    EXPECT_EQ((co_await run()).status, SagaStatus::compensated);
    EXPECT_FALSE(co_await has_timer());
}

CORO_TEST_F(SagaOperatorTest, CallsAPersonForWhatDoesNotHappenPastThePivot) {
    TALLY_COVERS("E21.5");
    stage.run_with({saga<Trip>("book-trip", 1)
                        .starts_on(&TripPlanned::trip)
                        .step("book")
                        .decide(&book)
                        .pivot()
                        .step("ticket")
                        .expect(&TicketSent::trip)
                        .within(seconds(90))
                        .done()});
    EXPECT_TRUE(co_await plan());
    EXPECT_TRUE(co_await pass_deadline());
    EXPECT_EQ((co_await run()).operator_called, "overdue");
    EXPECT_FALSE(co_await has_timer());
    EXPECT_TRUE(co_await stage.retry(trip.text())) << "to wait once more";
    EXPECT_FALSE((co_await run()).operator_called);
    EXPECT_TRUE(co_await pass_deadline());
    EXPECT_EQ((co_await all<SagaOperatorCalled>()).size(), 2U);
    EXPECT_TRUE(co_await hear(TicketSent{trip}));
    EXPECT_EQ((co_await run()).status, SagaStatus::completed);
}

CORO_TEST_F(SagaOperatorTest, CallsAPersonForADecisionThatIsRejectedPastThePivot) {
    bool is_open = false;
    stage.run_with({settle_trip(is_open)});
    EXPECT_TRUE(co_await plan());
    EXPECT_TRUE(co_await hear(HotelBooked{trip}));
    EXPECT_TRUE((co_await about()).booked);
    EXPECT_EQ((co_await run()).current, "settle");
    EXPECT_EQ((co_await run()).operator_called, "the office is closed");
    EXPECT_FALSE(co_await has_timer());
    EXPECT_TRUE(co_await cancel());
    EXPECT_EQ((co_await run()).status, SagaStatus::running) << "past the pivot there is no way back";

    EXPECT_TRUE(co_await stage.retry(trip.text()));
    EXPECT_EQ((co_await all<SagaOperatorCalled>()).size(), 2U) << "still closed";
    is_open = true;
    EXPECT_TRUE(co_await stage.retry(trip.text()));
    EXPECT_EQ((co_await run()).current, "ticket");
    EXPECT_FALSE((co_await run()).operator_called);
    EXPECT_EQ((co_await run()).step("settle")->status, SagaStepStatus::done);
    EXPECT_TRUE(co_await has_timer());
}

CORO_TEST_F(SagaOperatorTest, RetryAsksAgainPastThePivotOnly) {
    co_await reach("flight");
    EXPECT_EQ(why(co_await stage.retry(trip.text())).error.code, ErrorCode::rejected);
    EXPECT_TRUE(co_await answer(FlightBooked{trip}, "FlightRequested"));
    EXPECT_TRUE(co_await stage.retry(trip.text()));
    EXPECT_EQ((co_await requests_of("TicketRequested")).size(), 2U);
    EXPECT_EQ((co_await run()).step("ticket")->attempts, 2);
    EXPECT_TRUE(co_await hear(TicketSent{trip}, (co_await requests_of("TicketRequested")).at(0)));
    EXPECT_EQ((co_await run()).status, SagaStatus::completed);
    EXPECT_EQ(why(co_await stage.retry(trip.text())).error.code, ErrorCode::rejected);
}

CORO_TEST_F(SagaOperatorTest, RetryAsksAgainForAnUndo) {
    co_await reach("hotel");
    EXPECT_TRUE(co_await cancel());
    EXPECT_TRUE(co_await stage.retry(trip.text()));
    EXPECT_EQ((co_await requests_of("HotelCancelRequested")).size(), 2U);
    EXPECT_EQ((co_await run()).step("hotel")->undo_attempts, 2);
}

CORO_TEST_F(SagaOperatorTest, SkipCountsTheStepAsDone) {
    co_await reach("flight");
    EXPECT_THAT(why(co_await stage.skip(trip.text(), "no")).error.text, HasSubstr("cancel instead"));
    EXPECT_TRUE(co_await answer(FlightBooked{trip}, "FlightRequested"));
    EXPECT_TRUE(co_await stage.skip(trip.text(), "handed over at the counter"));
    EXPECT_EQ((co_await run()).status, SagaStatus::completed);
    EXPECT_EQ((co_await run()).step("ticket")->status, SagaStepStatus::done);
    EXPECT_EQ((co_await all<SagaStepSkipped>()).at(0).reason, "handed over at the counter");
    EXPECT_FALSE(co_await has_timer());
    EXPECT_TRUE(co_await answer(TicketSent{trip}, "TicketRequested"));
    EXPECT_EQ((co_await all<SagaReplyIgnored>()).at(0).why, SagaIgnored::late);
    EXPECT_EQ(why(co_await stage.skip(trip.text(), "again")).error.code, ErrorCode::rejected);
}

CORO_TEST_F(SagaOperatorTest, SkipCountsTheStepAsUndone) {
    TALLY_COVERS("I10");
    co_await reach("flight");
    EXPECT_TRUE(co_await cancel());
    EXPECT_TRUE(co_await stage.skip(trip.text(), "the airline has gone"));
    const SagaRun undoing = co_await run();
    EXPECT_EQ(undoing.step("flight")->status, SagaStepStatus::undone);
    EXPECT_EQ(undoing.current, "hotel") << "the undo before it goes on";
    EXPECT_TRUE(co_await stage.skip(trip.text(), "the hotel too"));
    EXPECT_EQ((co_await run()).status, SagaStatus::compensated);
    EXPECT_EQ((co_await about()).called_off, "flight");
}

CORO_TEST_F(SagaOperatorTest, ResolveEndsTheInstance) {
    co_await reach("ticket");
    EXPECT_TRUE(co_await stage.resolve(trip.text(), "settled by telephone"));
    EXPECT_EQ((co_await run()).status, SagaStatus::resolved);
    EXPECT_EQ((co_await all<SagaResolved>()).at(0).reason, "settled by telephone");
    EXPECT_FALSE(co_await has_timer());
    const std::size_t before = co_await length();
    EXPECT_EQ(why(co_await stage.resolve(trip.text(), "again")).error.code, ErrorCode::rejected);
    EXPECT_EQ(why(co_await stage.retry(trip.text())).error.code, ErrorCode::rejected);
    EXPECT_EQ(why(co_await stage.skip(trip.text(), "again")).error.code, ErrorCode::rejected);
    EXPECT_EQ(co_await length(), before);
    EXPECT_TRUE(co_await answer(TicketSent{trip}, "TicketRequested"));
    EXPECT_EQ((co_await run()).status, SagaStatus::resolved);
}

CORO_TEST_F(SagaOperatorTest, KnowsWhatIsNotThere) {
    EXPECT_EQ(why(co_await stage.retry("nowhere")).error.code, ErrorCode::not_found);
}

CORO_TEST_F(SagaOperatorTest, UndoesItsOwnDecisionsOnTheSpot) {
    TALLY_COVERS("I10");
    stage.run_with({saga<Trip>("book-trip", 1)
                        .starts_on(&TripPlanned::trip)
                        .cancelled_by(&TripCancelRequested::trip)
                        .step("hold")
                        .decide(&book)
                        .undo([](const Trip& t) -> std::expected<TripCalledOff, Rejection> {
                            return TripCalledOff{t.id, "let go"};
                        })
                        .step("look")
                        .decide([](const Trip& t) -> std::expected<TripBooked, Rejection> { return TripBooked{t.id}; })
                        .nothing_to_undo()
                        .step("hotel")
                        .request(&hotel)
                        .expect(&HotelBooked::trip)
                        .within(seconds(30))
                        .undo(&no_hotel)
                        .undone_by(&HotelCancelled::trip)
                        .done()});
    EXPECT_TRUE(co_await plan());
    EXPECT_EQ((co_await run()).current, "hotel");
    EXPECT_TRUE(co_await cancel());
    EXPECT_THAT((co_await run()).failure.value().undo, ElementsAre("hotel", "hold"));
    EXPECT_EQ((co_await about()).called_off, "") << "the hotel comes first";
    EXPECT_TRUE(co_await answer(HotelCancelled{trip}, "HotelCancelRequested"));
    EXPECT_EQ((co_await about()).called_off, "let go");
    EXPECT_THAT((co_await all<SagaCompensated>()).at(0).undone, ElementsAre("hotel", "hold"));
    EXPECT_THAT((co_await run()).to_undo, IsEmpty());
}

}  // namespace
}  // namespace tally::trips
