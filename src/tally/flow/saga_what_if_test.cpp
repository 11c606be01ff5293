// What another version of a saga would have made of the past: of a trip whose participants' events are in a log of
// their own, as another service would have them.
#include "tally/flow/saga_what_if.hpp"

#include <gmock/gmock.h>

#include "tally/flow/saga_happenings_test_kit.hpp"
#include "tally/store/memory/memory_store.hpp"
#include "tally/testing/coroutine_test.hpp"
#include "tally/testing/covers.hpp"

namespace tally::trips {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::SagaMessage;
using testing::SagaStage;
using testing::Simulation;

std::unique_ptr<Store> open_log(Simulation& simulation) {
    return create_memory_store(simulation.executor(), simulation.clock(), create_memory_disk(simulation.random()));
}

/// The participants record it, then the saga hears of it, if it listens.
Task<void> publish(Store& log, SagaStage& stage, SagaMessage message, Timestamp now, bool is_heard = true) {
    NewEvent event;
    event.envelope = {.id = message.id,
                      .type = message.type,
                      .schema = message.schema,
                      .correlation = "explored",
                      .causation = message.causation,
                      .actor = "service:agency",
                      .key = "t1",
                      .occurred_at = now,
                      .expires_at = {},
                      .traceparent = {},
                      .subject = {}};
    event.data = message.data;
    Changes changes;
    changes.appends.push_back({"booking-t1", ExpectedVersion::any(), {std::move(event)}});
    EXPECT_TRUE(co_await log.commit(std::move(changes)));
    if (is_heard) EXPECT_TRUE(co_await stage.hear(std::move(message)));
}

std::vector<std::string> types(const std::vector<SagaDecision>& decisions) {
    std::vector<std::string> all;
    for (const SagaDecision& decision : decisions) all.push_back(decision.type);
    return all;
}

class SagaWhatIfTest : public testing::CoroutineTest {
protected:
    [[nodiscard]] Task<void> plan_trip() { EXPECT_TRUE(co_await stage.hear(co_await stage.record(&plan, trip))); }
    /// After a time, to the newest request of that type.
    template <EventStruct E>
    [[nodiscard]] Task<void> answer(E event, std::string request, Duration after, bool is_heard = true) {
        co_await simulation.clock().sleep_for(after);
        std::optional<Uuid> asked;
        for (const RecordedEvent& each : co_await stage.history(trip))
            if (each.type == request) asked = each.id;
        co_await publish(*agency, stage, stage.message(event, asked), simulation.clock().now(), is_heard);
    }
    /// Hotel after 10 s, flight after 20 s more.
    [[nodiscard]] Task<void> book_both() {
        co_await plan_trip();
        co_await answer(HotelBooked{id}, "HotelRequested", 10s);
        co_await answer(FlightBooked{id}, "FlightRequested", 20s);
    }
    [[nodiscard]] Task<void> book_all() {
        co_await book_both();
        co_await answer(TicketSent{id}, "TicketRequested", 30s);
    }
    [[nodiscard]] Task<void> pass_deadline() {
        auto timer = co_await stage.timer(trip);
        EXPECT_TRUE(timer && co_await stage.fire(std::move(*timer)));
    }
    [[nodiscard]] Task<SagaComparison> compare(const SagaDefinition& other) {
        const std::size_t before = (co_await stage.history(trip)).size();
        const auto heads = std::pair(stage.store().statistics().head, agency->statistics().commits);
        const SagaWhatIf what_if({stage.store(), {&stage.store(), agency.get()}, known, simulation.clock().now()},
                                 other);
        auto comparison = co_await what_if.look_at(trip);
        EXPECT_EQ((co_await stage.history(trip)).size(), before);
        EXPECT_EQ(heads, std::pair(stage.store().statistics().head, agency->statistics().commits));
        co_return comparison;
    }
    [[nodiscard]] static SagaDefinition version_2() { return book_trip(2); }

    const TripId id = TripId::trusted(trip);
    SagaStage stage{simulation, {book_trip()}};
    std::unique_ptr<Store> agency = open_log(simulation);
    Sagas known = Sagas::of({book_trip()}).value();
};

CORO_TEST_F(SagaWhatIfTest, TheSameDefinitionWouldHaveDoneTheSame) {
    co_await book_all();
    const auto same = co_await compare(book_trip());
    EXPECT_EQ(same.verdict, SagaVerdict::same) << same.why;
    EXPECT_EQ((co_await compare(version_2())).verdict, SagaVerdict::same) << "its number makes no difference";
}

CORO_TEST_F(SagaWhatIfTest, WhatHasNotEndedIsTheSameSoFar) {
    co_await book_both();
    EXPECT_EQ((co_await compare(version_2())).verdict, SagaVerdict::open);
    co_await simulation.clock().sleep_for(1h);
    EXPECT_EQ((co_await compare(version_2())).verdict, SagaVerdict::open) << "its own deadline is late as well";
}

CORO_TEST_F(SagaWhatIfTest, AnEarlierDeadlineUndoesWhatWasAnsweredAfterIt) {
    co_await book_all();
    SagaDefinition hasty = version_2();
    hasty.steps[1].within = 15s;
    const auto compared = co_await compare(hasty);
    EXPECT_EQ(compared.verdict, SagaVerdict::different) << compared.why;
    const SagaDifference& difference = compared.difference.value();
    EXPECT_EQ(difference.input, SagaInput::deadline);
    EXPECT_EQ(difference.type, "flight");
    EXPECT_EQ(difference.was, "nothing");
    EXPECT_EQ(difference.would_be, "flight overdue");
    EXPECT_THAT(difference.recorded, IsEmpty());
    EXPECT_THAT(types(difference.would_have),
                ElementsAre("SagaCompensating", "FlightCancelRequested", "SagaUndoStarted"));
    const auto asked = (co_await stage.history(trip)).events()[3].occurred_at;
    EXPECT_EQ(difference.at, asked + 15s) << "in virtual time";
}

CORO_TEST_F(SagaWhatIfTest, AnEarlierDeadlineAfterThePivotAsksAgain) {
    co_await book_all();
    SagaDefinition hasty = version_2();
    hasty.steps[3].within = 20s;
    const auto compared = co_await compare(hasty);
    EXPECT_EQ(compared.difference.value().would_be, "ticket again");
}

CORO_TEST_F(SagaWhatIfTest, ALaterDeadlineWaitsWhereItWasUndone) {
    co_await plan_trip();
    co_await answer(HotelBooked{id}, "HotelRequested", 10s);
    co_await pass_deadline();
    SagaDefinition patient = version_2();
    patient.steps[1].within = 10min;
    const auto difference = (co_await compare(patient)).difference.value();
    EXPECT_EQ(difference.input, SagaInput::deadline);
    EXPECT_EQ(difference.type, "flight");
    EXPECT_EQ(difference.was, "flight overdue");
    EXPECT_EQ(difference.would_be, "nothing");
}

CORO_TEST_F(SagaWhatIfTest, AnEarlierDeadlineThatPassedAsWellIsTheSame) {
    co_await plan_trip();
    co_await pass_deadline();
    co_await answer(HotelCancelled{id}, "HotelCancelRequested", 0s);
    SagaDefinition hasty = version_2();
    hasty.steps[0].within = 15s;
    EXPECT_EQ((co_await compare(hasty)).verdict, SagaVerdict::same);
}

CORO_TEST_F(SagaWhatIfTest, AnInstanceThatStillWaitsWouldHaveEnded) {
    co_await plan_trip();
    co_await simulation.clock().sleep_for(20s);
    SagaDefinition hasty = version_2();
    hasty.steps[0].within = 15s;
    EXPECT_EQ((co_await compare(hasty)).difference.value().would_be, "hotel overdue");
    hasty.steps[0].within = 25s;
    EXPECT_EQ((co_await compare(hasty)).verdict, SagaVerdict::open);
}

CORO_TEST_F(SagaWhatIfTest, AStepThatIsDroppedIsNotAskedFor) {
    co_await book_all();
    const SagaDefinition by_train = saga<Trip>("book-trip", 2)
                                        .starts_on(&TripPlanned::trip)
                                        .step("hotel")
                                        .request(&hotel)
                                        .expect(&HotelBooked::trip)
                                        .within(30s)
                                        .undo(&no_hotel)
                                        .undone_by(&HotelCancelled::trip)
                                        .step("book")
                                        .decide(&book)
                                        .pivot()
                                        .step("ticket")
                                        .request(&ticket)
                                        .expect(&TicketSent::trip)
                                        .within(90s)
                                        .done();
    const auto difference = (co_await compare(by_train)).difference.value();
    EXPECT_EQ(difference.input, SagaInput::event);
    EXPECT_EQ(difference.type, "HotelBooked");
    EXPECT_EQ(difference.was, "flight");
    EXPECT_EQ(difference.would_be, "ticket");
    EXPECT_THAT(types(difference.recorded), ElementsAre("FlightRequested", "SagaStepStarted"));
    EXPECT_THAT(types(difference.would_have), ElementsAre("TripBooked", "TicketRequested", "SagaStepStarted"));
}

CORO_TEST_F(SagaWhatIfTest, AnotherRuleDecidesOnTheStateOfThen) {
    co_await book_both();
    SagaDefinition strict = version_2();
    strict.steps[2].decide = [](Session& session, const SagaId& about) -> Task<Result<std::optional<Rejection>>> {
        auto loaded = co_await session.load<Trip>(TripId::trusted(about.instance()));
        EXPECT_FALSE(loaded.value().state.booked) << "it was not, then";
        EXPECT_EQ(loaded->version, 1U);
        co_return Rejection{"no-trips", "nobody travels"};
    };
    const auto difference = (co_await compare(strict)).difference.value();
    EXPECT_EQ(difference.type, "FlightBooked");
    EXPECT_EQ(difference.was, "ticket");
    EXPECT_EQ(difference.would_be, "book rejected");
}

CORO_TEST_F(SagaWhatIfTest, ARequestWithOtherDataIsADifference) {
    co_await plan_trip();
    SagaDefinition elsewhere = version_2();
    elsewhere.steps[0].request = [](Session& session, const SagaId& about,
                                    RecordOptions options) -> Task<Result<EventId>> {
        co_return session.record<SagaRun>(about, HotelRequested{TripId::trusted("another")}, std::move(options));
    };
    const auto difference = (co_await compare(elsewhere)).difference.value();
    EXPECT_EQ(difference.was, "hotel");
    EXPECT_EQ(difference.would_be, "hotel, other data");
    EXPECT_EQ(difference.recorded.at(1).data.at("trip").as_string(), "t1");
    EXPECT_EQ(difference.would_have.at(1).data.at("trip").as_string(), "another");
}

CORO_TEST_F(SagaWhatIfTest, AnEventThatOnlyTheOtherVersionListensToCounts) {
    co_await plan_trip();
    co_await answer(FlightFull{id}, "HotelRequested", 5s, false);
    co_await answer(HotelBooked{id}, "HotelRequested", 5s);
    SagaDefinition deaf = book_trip();
    std::erase_if(deaf.triggers, [](const SagaTrigger& trigger) { return trigger.type == "FlightFull"; });
    known = Sagas::of({deaf}).value();
    EXPECT_EQ((co_await compare(deaf)).verdict, SagaVerdict::open);
    SagaDefinition wary = version_2();
    for (SagaTrigger& trigger : wary.triggers)
        if (trigger.type == "FlightFull") trigger.step = 0;
    const auto difference = (co_await compare(wary)).difference.value();
    EXPECT_EQ(difference.type, "FlightFull");
    EXPECT_EQ(difference.was, "nothing");
    EXPECT_EQ(difference.would_be, "hotel refused");
    known = Sagas::of({book_trip()}).value();
    EXPECT_EQ((co_await compare(wary)).verdict, SagaVerdict::open) << "it was for its own version to take, and waits";
}

CORO_TEST_F(SagaWhatIfTest, AnOperatorsActMayBeRefused) {
    co_await book_both();
    EXPECT_TRUE(co_await stage.skip(trip, "handed over"));
    EXPECT_EQ((co_await compare(version_2())).verdict, SagaVerdict::same);
    SagaDefinition no_pivot = version_2();
    no_pivot.pivot = 3;
    const auto difference = (co_await compare(no_pivot)).difference.value();
    EXPECT_EQ(difference.input, SagaInput::act);
    EXPECT_EQ(difference.type, "skip");
    EXPECT_THAT(difference.would_be, HasSubstr("refused: "));
}

CORO_TEST_F(SagaWhatIfTest, WhatCannotBeToldIsSaid) {
    co_await book_all();
    const SagaWhatIf alone({stage.store(), {&stage.store()}, known, simulation.clock().now()},
                           *known.find("book-trip", 1));
    const auto lost = co_await alone.look_at(trip);
    EXPECT_EQ(lost.verdict, SagaVerdict::unknown);
    EXPECT_THAT(lost.why, HasSubstr("is in no log that can be read here"));
    SagaDefinition changed = book_trip();
    changed.steps[0].within = 5s;
    changed.steps.erase(changed.steps.begin() + 3);
    std::erase_if(changed.triggers, [](const SagaTrigger& trigger) { return trigger.step == 3; });
    known = Sagas::of({changed}).value();
    const auto unexplained = co_await compare(version_2());
    EXPECT_EQ(unexplained.verdict, SagaVerdict::unknown);
    EXPECT_THAT(unexplained.why, HasSubstr("version 1 of this binary, under which it ran, does not explain"));
    EXPECT_EQ((co_await compare(changed)).difference.value().type, "FlightBooked") << "asked about itself it tells";
}

/// What nobody may read without the person's key.
struct TravellerNamed {
    TripId trip;
    Personal<std::string> name;
};
BOOST_DESCRIBE_STRUCT(TravellerNamed, (), (trip, name))
TALLY_EVENT(TravellerNamed, "TravellerNamed", 1, published)

CORO_TEST_F(SagaWhatIfTest, PersonalDataIsNotSealedForATrial) {
    co_await plan_trip();
    SagaDefinition nosy = version_2();
    nosy.steps[0].request = [](Session& session, const SagaId& about, RecordOptions options) -> Task<Result<EventId>> {
        options.subject = "user:ann";
        co_return session.record<SagaRun>(about, TravellerNamed{TripId::trusted(trip), {"Ann"}}, std::move(options));
    };
    const auto compared = co_await compare(nosy);
    EXPECT_EQ(compared.verdict, SagaVerdict::unknown);
    EXPECT_THAT(compared.why, HasSubstr("personal data"));
}

Task<void> live_again(Simulation& simulation, std::map<SagaVerdict, int>& verdicts) {
    const SagaDefinition definition = impatient_trip();
    SagaStage stage(simulation, {definition});
    const auto agency = open_log(simulation);
    Random& random = simulation.random();
    Happenings happenings(definition, random, stage.ids());
    EXPECT_TRUE(co_await stage.hear(co_await stage.record(&plan, trip)));
    for (int i = 0; i < 40; ++i) {
        const std::uint64_t what = random.below(8);
        auto timer = co_await stage.timer(trip);
        if (what == 0 && timer)
            EXPECT_TRUE(co_await stage.fire(std::move(*timer)));
        else if (what == 1)
            co_await act(stage, random);
        else
            co_await publish(*agency, stage, happenings.message(co_await stage.run(trip)), simulation.clock().now());
        if (random.below(4) == 0) co_await simulation.clock().sleep_for(random.below(40) * 1s);
    }
    const Sagas known = Sagas::of({definition}).value();
    const SagaWhatIf::Parts parts{stage.store(), {&stage.store(), agency.get()}, known, simulation.clock().now()};
    const auto same = co_await SagaWhatIf(parts, definition).look_at(trip);
    EXPECT_TRUE(same.verdict == SagaVerdict::same || same.verdict == SagaVerdict::open)
        << same.why << (same.difference ? same.difference->was + " -> " + same.difference->would_be : "");
    SagaDefinition next = definition;
    next.version = 2;
    EXPECT_EQ((co_await SagaWhatIf(parts, next).look_at(trip)).verdict, same.verdict);
    ++verdicts[same.verdict];
    next.steps[1].within = 1s;
    const auto hasty = co_await SagaWhatIf(parts, next).look_at(trip);
    EXPECT_NE(hasty.verdict, SagaVerdict::unknown) << hasty.why;
    ++verdicts[hasty.verdict];
    co_await stage.store().close();
    co_await agency->close();
}

TEST(SagaWhatIfPropertyTest, WhateverHasHappenedItsOwnVersionWouldHaveDoneTheSame) {
    std::map<SagaVerdict, int> verdicts;
    for (std::uint64_t seed = 1; seed <= 80; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Simulation simulation(seed);
        simulation.run(live_again(simulation, verdicts));
        if (::testing::Test::HasFailure()) return;
    }
    for (const SagaVerdict verdict : {SagaVerdict::same, SagaVerdict::different})
        EXPECT_GT(verdicts[verdict], 10) << "too few of them to say so";
}

}  // namespace
}  // namespace tally::trips
