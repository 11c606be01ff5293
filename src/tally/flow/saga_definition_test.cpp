#include "tally/flow/saga_definition.hpp"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tally/flow/saga_stage_test_kit.hpp"

namespace tally::trips {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What does not compile.

template <class T>
concept TakesStep = requires(T made) { made.step("next"); };
template <class T>
concept IsDone = requires(T made) { made.done(); };
template <class T>
concept TakesUndo = requires(T made) { made.undo(&no_hotel); };
template <class T>
concept TakesNothingToUndo = requires(T made) { made.nothing_to_undo(); };
template <class T>
concept TakesRefusal = requires(T made) { made.refused_by(&HotelFull::trip); };
template <class T>
concept TakesWordsOfRefusal =
    requires(T made) { made.refused_by(&TripCalledOff::trip, [](const TripCalledOff& off) { return off.why; }); };
template <class T>
concept TakesPivot = requires(T made) { made.pivot(); };
template <class T>
concept TakesCancellation = requires(T made) { made.cancelled_by(&TripCancelRequested::trip); };
template <class T>
concept TakesRequest = requires(T made) { made.request(&hotel); };

[[maybe_unused]] auto started() { return saga<Trip>("made", 1).starts_on(&TripPlanned::trip); }
[[maybe_unused]] auto expecting() { return started().step("hotel").request(&hotel).expect(&HotelBooked::trip); }
[[maybe_unused]] auto waiting() { return expecting().within(seconds(1)); }
[[maybe_unused]] auto undoing() { return waiting().undo(&no_hotel); }
[[maybe_unused]] auto decided() { return started().step("book").decide(&book); }
[[maybe_unused]] auto past_pivot() { return decided().pivot(); }
[[maybe_unused]] auto expecting_past_pivot() {
    return past_pivot().step("ticket").request(&ticket).expect(&TicketSent::trip);
}
[[maybe_unused]] auto decided_past_pivot() { return past_pivot().step("close").decide(&book); }

static_assert(!TakesStep<decltype(saga<Trip>("made", 1))>, "it starts on an event");
static_assert(TakesCancellation<decltype(started())>);
static_assert(!TakesCancellation<decltype(past_pivot())>);
static_assert(TakesRequest<decltype(started().step("hotel"))>);
static_assert(!TakesRequest<decltype(expecting())>, "one request a step");

static_assert(!TakesStep<decltype(expecting())> && !IsDone<decltype(expecting())>, "a step that waits has a deadline");
static_assert(TakesRefusal<decltype(expecting())> && TakesWordsOfRefusal<decltype(expecting())>);
static_assert(TakesUndo<decltype(waiting())> && TakesNothingToUndo<decltype(waiting())>);
static_assert(!TakesStep<decltype(waiting())> && !IsDone<decltype(waiting())>, "before the pivot a step has its undo");
static_assert(!TakesStep<decltype(undoing())> && !IsDone<decltype(undoing())>, "somebody says that it is undone");
static_assert(TakesStep<decltype(undoing().undone_by(&HotelCancelled::trip))>);
static_assert(TakesPivot<decltype(decided())>);
static_assert(!TakesPivot<decltype(waiting())>, "the point of no return is a decision");
static_assert(!TakesStep<decltype(decided())> && !IsDone<decltype(decided())>, "a decision has its undo as well");

static_assert(!TakesRefusal<decltype(expecting_past_pivot())>, "past the pivot nobody may refuse");
static_assert(!TakesWordsOfRefusal<decltype(expecting_past_pivot())>);
static_assert(!TakesUndo<decltype(expecting_past_pivot().within(seconds(1)))>, "and nothing is undone");
static_assert(!TakesNothingToUndo<decltype(expecting_past_pivot().within(seconds(1)))>);
static_assert(TakesStep<decltype(expecting_past_pivot().within(seconds(1)))>);
static_assert(IsDone<decltype(decided_past_pivot())> && !TakesUndo<decltype(decided_past_pivot())>);
static_assert(!TakesPivot<decltype(decided_past_pivot())>, "there is one");

template <class Make>
std::string refusal_of(Make make) {
    try {
        (void)make();
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return {};
}

TEST(SagaDefinitionTest, RefusesTwoStepsOfOneName) {
    EXPECT_EQ(
        refusal_of([] {
            return started().step("book").decide(&book).nothing_to_undo().step("book").decide(&book).pivot().done();
        }),
        "saga made: two steps are called 'book'");
}

TEST(SagaDefinitionTest, RefusesATypeThatMeansTwoThings) {
    EXPECT_EQ(refusal_of([] {
                  return expecting().refused_by(&HotelBooked::trip).within(seconds(1)).nothing_to_undo().done();
              }),
              "saga made: HotelBooked means two things");
    EXPECT_THAT(refusal_of([] { return waiting().undo(&no_hotel).undone_by(&TripPlanned::trip).done(); }),
                HasSubstr("TripPlanned means two things"));
}

TEST(SagaDefinitionTest, RefusesASagaWithoutSteps) {
    EXPECT_THAT(refusal_of([] { return started().done(); }), HasSubstr("it has no step"));
}

TEST(SagaDefinitionTest, KnowsItsStepsAndWhatEventsMean) {
    const SagaDefinition trip = book_trip();
    EXPECT_EQ(trip.pivot, 2U);
    EXPECT_FALSE(trip.is_past_pivot(2));
    EXPECT_TRUE(trip.is_past_pivot(3));
    EXPECT_EQ(trip.index_of("ticket"), 3U);
    EXPECT_EQ(trip.index_of("car"), std::nullopt);
    EXPECT_EQ(trip.trigger("FlightCancelled")->kind, SagaTrigger::Kind::undone);
    EXPECT_EQ(trip.trigger("FlightCancelled")->step, 1U);
    EXPECT_EQ(trip.trigger("HotelRequested"), nullptr) << "its own request";
}

TEST(SagaDefinitionTest, MakesSamplesThatNameTheInstance) {
    for (const SagaTrigger& trigger : book_trip().triggers) {
        const auto [type, data] = trigger.sample("t9");
        RecordedEvent event;
        event.type = type.name;
        event.schema = type.schema;
        event.data = data;
        EXPECT_EQ(trigger.instance(event), "t9") << type.name;
    }
}

// Sagas, and several versions of one.

std::string topic_of(std::string_view type) {
    if (type.starts_with("Trip")) return "trips.events";
    return type.starts_with("Ticket") ? "" : "bookings.events";
}

TEST(SagasTest, HaveAConsumerForEachTopic) {
    SagaDefinition trip = book_trip();
    std::erase_if(trip.triggers, [](const SagaTrigger& trigger) { return trigger.type == "TicketSent"; });
    const Sagas sagas = Sagas::of({trip}).value();
    const auto consumers = sagas.consumers(&topic_of).value();
    EXPECT_EQ(consumers.size(), 2U);
    for (const Consumer& consumer : consumers) EXPECT_EQ(consumer.name(), "book-trip");
    EXPECT_EQ(consumers.at(0).topic(), "bookings.events");
    EXPECT_THAT(consumers.at(1).types(), ::testing::UnorderedElementsAre("TripPlanned", "TripCancelRequested"));
    ASSERT_NE(consumers.at(1).description("TripPlanned"), nullptr);
    EXPECT_EQ(consumers.at(1).description("TripPlanned")->type.name, "TripPlanned");
    EXPECT_EQ(consumers.at(1).description("TicketSent"), nullptr);
}

TEST(SagasTest, RefuseWhatNobodyPublishes) {
    const auto consumers = Sagas::of({book_trip()}).value().consumers(&topic_of);
    EXPECT_EQ(consumers.error().code, ErrorCode::invalid);
    EXPECT_EQ(consumers.error().text, "saga book-trip waits for TicketSent, which no service publishes");
}

TEST(SagasTest, RefuseAVersionTwice) {
    EXPECT_EQ(Sagas::of({book_trip(2), book_trip(2)}).error().text, "saga book-trip has version 2 twice");
    const Sagas sagas = Sagas::of({book_trip(1), book_trip(2)}).value();
    EXPECT_THAT(sagas.names(), ElementsAre("book-trip"));
    EXPECT_NE(sagas.find("book-trip", 2), nullptr);
    EXPECT_EQ(sagas.find("book-trip", 3), nullptr);
    EXPECT_EQ(sagas.find("another", 1), nullptr);
    EXPECT_EQ(sagas.versions("book-trip"), (std::vector{1, 2}));
    EXPECT_TRUE(sagas.versions("another").empty());
}

TEST(SagasTest, RefuseNamesWhoseInstancesCouldShareAStream) {
    SagaDefinition longer = book_trip();
    longer.name = "book-trip-abroad";
    EXPECT_EQ(SagaId("book-trip", "abroad-1").text(), SagaId("book-trip-abroad", "1").text());
    const auto refused = Sagas::of({book_trip(), longer});
    EXPECT_EQ(refused.error().code, ErrorCode::invalid);
    EXPECT_THAT(refused.error().text,
                ::testing::HasSubstr("sagas book-trip and book-trip-abroad could share a stream"));
    longer.name = "book-trips";
    EXPECT_TRUE(Sagas::of({book_trip(), longer}));
}

/// Version 2 needs no flight.
SagaDefinition by_train() {
    return saga<Trip>("book-trip", 2)
        .starts_on(&TripPlanned::trip)
        .step("hotel")
        .request(&hotel)
        .expect(&HotelBooked::trip)
        .within(seconds(30))
        .undo(&no_hotel)
        .undone_by(&HotelCancelled::trip)
        .step("book")
        .decide(&book)
        .pivot()
        .done();
}

class SagaVersionsTest : public SagaTest {};

CORO_TEST_F(SagaVersionsTest, AnInstanceKeepsTheVersionThatItStartedWith) {
    co_await reach("hotel");
    stage.run_with({book_trip(), by_train()});
    const TripId old = std::exchange(trip, TripId::trusted("t2"));
    co_await reach("hotel");
    EXPECT_EQ((co_await run()).version, 2);
    EXPECT_TRUE(co_await answer(HotelBooked{trip}, "HotelRequested"));
    EXPECT_EQ((co_await run()).status, SagaStatus::completed);
    EXPECT_TRUE(co_await hear(FlightBooked{trip})) << "no event of that version";
    trip = old;
    EXPECT_EQ((co_await run()).version, 1);
    EXPECT_TRUE(co_await answer(HotelBooked{trip}, "HotelRequested"));
    EXPECT_TRUE(co_await answer(FlightBooked{trip}, "FlightRequested"));
    EXPECT_TRUE(co_await answer(TicketSent{trip}, "TicketRequested"));
    EXPECT_EQ((co_await run()).status, SagaStatus::completed);
}

CORO_TEST_F(SagaVersionsTest, AnInstanceWaitsForABinaryThatHasItsVersion) {
    co_await reach("hotel");
    const auto booked = stage.message(HotelBooked{trip}, (co_await requests_of("HotelRequested")).at(0));
    stage.run_with({by_train()});
    const std::size_t before = co_await length();
    const Done heard = co_await stage.hear(booked);
    EXPECT_EQ(heard.error().kind, Failure::Kind::transient);
    EXPECT_EQ(heard.error().error.code, ErrorCode::unavailable);
    EXPECT_EQ(heard.error().error.text,
              "saga book-trip: instance t1 runs under version 1, which this binary does not have: start one that has "
              "it");
    EXPECT_EQ((co_await pass_deadline()).error().error.code, ErrorCode::unavailable);
    EXPECT_EQ((co_await stage.retry(trip.text())).error().error.code, ErrorCode::unavailable);
    EXPECT_EQ(co_await length(), before);
    stage.run_with({book_trip(), by_train()});
    EXPECT_TRUE(co_await stage.hear(booked));
    EXPECT_EQ((co_await run()).current, "flight");
}

CORO_TEST_F(SagaVersionsTest, AnInstanceThatHasEndedNeedsItsVersionNoMore) {
    co_await reach("hotel");
    EXPECT_TRUE(co_await answer(HotelFull{trip}, "HotelRequested"));
    stage.run_with({by_train()});
    const std::size_t before = co_await length();
    EXPECT_TRUE(co_await answer(HotelBooked{trip}, "HotelRequested"));
    EXPECT_TRUE(co_await hear(TripPlanned{trip}));
    EXPECT_EQ(co_await length(), before);
}

}  // namespace
}  // namespace tally::trips
