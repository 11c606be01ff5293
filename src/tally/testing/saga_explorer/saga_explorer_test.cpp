#include "tally/testing/saga_explorer.hpp"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tally/flow/saga_test_kit.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

using namespace trips;
using std::chrono::seconds;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

void plan(Session& session, const std::string& instance) {
    const TripId trip = TripId::trusted(instance);
    session.record<Trip>(trip, TripPlanned{trip});
}

void stay_at_home(Session& session, const std::string& instance) {
    const TripId trip = TripId::trusted(instance);
    session.record<Trip>(trip, TripCancelRequested{trip});
}

std::expected<TripBooked, Rejection> hold(const Trip& trip) { return TripBooked{trip.id}; }
std::expected<TripCalledOff, Rejection> let_go(const Trip& trip) { return TripCalledOff{trip.id, "let go"}; }

/// A saga of all the kinds of steps that there are.
SagaDefinition every_kind_of_step() {
    return saga<Trip>("every-kind", 1)
        .starts_on(&TripPlanned::trip)
        .cancelled_by(&TripCancelRequested::trip)
        .step("hold")
        .decide(&hold)
        .undo(&let_go)
        .step("hotel")
        .expect(&HotelBooked::trip)
        .refused_by(&HotelFull::trip)
        .within(seconds(30))
        .nothing_to_undo()
        .step("flight")
        .request(&flight)
        .expect(&FlightBooked::trip)
        .within(seconds(60))
        .undo(&no_flight)
        .undone_by(&FlightCancelled::trip)
        .step("book")
        .decide(&book)
        .pivot()
        .step("ticket")
        .expect(&TicketSent::trip)
        .within(seconds(90))
        .step("close")
        .decide(&hold)
        .done();
}

TEST(SagaExplorerTest, FindsEveryTraceOfATripToEndWell) {
    TALLY_COVERS("I10", "E21.1", "E21.4", "E21.5");
    const SagaExploration found = explore(book_trip(), &plan, {.cancel = &stay_at_home});
    EXPECT_THAT(found.violations, IsEmpty()) << found.text();
    // Of each waiting step 3 outcomes lead on and 4 to its undo, which goes 3 ways; a refusal has nothing to undo.
    EXPECT_EQ(found.compensated, (1 + 4 * 3) + 3 * (3 + 4 * 9));
    EXPECT_EQ(found.completed, 3 * 3 * 7);
    EXPECT_EQ(found.traces, found.completed + found.compensated);
    EXPECT_EQ(found.operator_called, 3 * 3 * 2) << "those in which nobody answers for the ticket";
}

TEST(SagaExplorerTest, KnowsEveryKindOfStep) {
    TALLY_COVERS("I10");
    const SagaExploration found = explore(every_kind_of_step(), &plan, {.cancel = &stay_at_home});
    EXPECT_THAT(found.violations, IsEmpty()) << found.text();
    EXPECT_GT(found.completed, 0U);
    EXPECT_GT(found.compensated, 0U);
}

TEST(SagaExplorerTest, LetsHappenEarlyWhatNobodyAsksFor) {
    const SagaDefinition definition = saga<Trip>("early", 1)
                                          .starts_on(&TripPlanned::trip)
                                          .step("flight")
                                          .request(&flight)
                                          .expect(&FlightBooked::trip)
                                          .within(seconds(60))
                                          .undo(&no_flight)
                                          .undone_by(&FlightCancelled::trip)
                                          .step("hotel")
                                          .expect(&HotelBooked::trip)
                                          .refused_by(&HotelFull::trip)
                                          .within(seconds(30))
                                          .nothing_to_undo()
                                          .step("book")
                                          .decide(&book)
                                          .pivot()
                                          .step("ticket")
                                          .expect(&TicketSent::trip)
                                          .within(seconds(90))
                                          .done();
    const SagaExploration found = explore(definition, &plan, {.faults = 2});
    EXPECT_THAT(found.violations, IsEmpty()) << found.text();
    EXPECT_EQ(explore(definition, &plan, {.faults = 0}).traces, 1U);
    // Of one fault: 5 at the flight; 2 early and 6 other ones at the hotel; 1 early and 5 other ones at the ticket.
    EXPECT_EQ(explore(definition, &plan, {.faults = 1}).traces, 1U + 5 + (2 + 6) + (1 + 5));
}

TEST(SagaExplorerTest, FindsEffectsThatAreNotUndone) {
    TALLY_COVERS("I10");
    const SagaExploration found = explore(book_trip(), &plan, {.cancel = &stay_at_home, .is_undo_carried_out = false});
    EXPECT_EQ(found.violations.size(), found.compensated - 1) << "all but the trace in which the hotel is full";
    EXPECT_THAT(found.violations, Each(HasSubstr("still in effect")));
}

TEST(SagaExplorerTest, TellsTheErrorOfAHandler) {
    SagaDefinition broken = book_trip();
    broken.steps[2].decide = [](Session&, const SagaId&) -> Task<Result<std::optional<Rejection>>> {
        co_return fail(ErrorCode::internal, "the book is lost");
    };
    EXPECT_THAT(explore(broken, &plan, {.faults = 0}).violations, ElementsAre("hotel ok, flight ok: the book is lost"));
}

TEST(SagaExplorerTest, FindsASagaThatDoesNotEnd) {
    SagaDefinition deaf = book_trip();
    for (SagaTrigger& trigger : deaf.triggers)
        if (trigger.type == "TicketSent")
            trigger.instance = [](const RecordedEvent&) -> Result<std::string> { return "another trip"; };
    const SagaExploration found = explore(deaf, &plan, {.faults = 0, .most_moves = 20});
    EXPECT_THAT(found.violations, ElementsAre("hotel ok, flight ok, ticket ok: has not ended after 20 moves"));
}

TEST(SagaExplorerTest, KeepsToSoManyFaults) {
    EXPECT_EQ(explore(book_trip(), &plan, {.faults = 0}).traces, 1U);
    EXPECT_EQ(explore(book_trip(), &plan, {.cancel = &stay_at_home, .faults = 1}).traces, 1U + 7 + 7 + 6);
}

TEST(SagaExplorerTest, RefusesAStartThatIsNone) {
    EXPECT_THROW((void)explore(book_trip(), [](Session&, const std::string&) {}), std::invalid_argument);
}

}  // namespace
}  // namespace tally::testing
