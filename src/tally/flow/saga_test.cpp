#include "tally/flow/saga.hpp"

#include <gtest/gtest.h>

#include "tally/flow/load.hpp"
#include "tally/flow/saga_engine.hpp"
#include "tally/flow/saga_test_kit.hpp"
#include "tally/store/memory/memory_store.hpp"
#include "tally/testing/coroutine_test.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/simulation.hpp"

namespace tally {
namespace {

using namespace trips;
using std::chrono::seconds;

/// Hands events to the saga one by one, and commits what it does about each.
class SagaTest : public ::testing::Test {
protected:
    SagaTest()
        : sagas_(Sagas::of({book_trip()}).value()),
          consumer_(sagas_.consumers([](std::string_view) { return "trips.events"; }).value().front()) {
        sagas_.add_to(timers_);
    }

    [[nodiscard]] Task<Result<void>> plan() {
        Session session(*store_, {.correlation = "c", .event = {}, .actor = "test", .traceparent = {}},
                        {.make_id = ids_of_command(ids_), .now = simulation.clock().now()});
        session.record<Trip>(trip_, TripPlanned{trip_});
        auto committed = co_await session.commit();
        if (!committed) co_return fail(ErrorCode::internal, "not committed");
        co_return co_await hear(TripPlanned{trip_});
    }

    template <EventStruct E>
    [[nodiscard]] Task<Result<void>> hear(E event, std::optional<Uuid> causation = {}) {
        const std::string data = encode(event);
        RecordedEvent recorded;
        recorded.id = ids_.next();
        recorded.type = event_type<E>.name;
        recorded.causation = causation;
        recorded.key = trip_.text();
        recorded.data = data;
        Session session(*store_, {.correlation = "c", .event = recorded.id, .actor = "test", .traceparent = {}},
                        {.make_id = ids_of_consumer("book-trip"), .now = simulation.clock().now()});
        const Consumer::Handler* handler = consumer_.handler(recorded.type);
        if (handler == nullptr) co_return fail(ErrorCode::internal, "not listened to");
        auto handled = co_await (*handler)(recorded, session);
        if (!handled) co_return handled;
        if (auto committed = co_await session.commit(); !committed)
            co_return fail(ErrorCode::internal, "not committed");
        co_return Result<void>{};
    }

    [[nodiscard]] Task<SagaRun> run() {
        auto loaded = co_await load_aggregate<SagaRun>(*store_, SagaId("book-trip", trip_.text()), {});
        co_return loaded.value().state;
    }
    /// The newest request of a step.
    [[nodiscard]] Task<Uuid> request_of(std::string type) {
        auto batch = co_await store_->read(StreamRead{.stream = "saga-book-trip-t1"});
        Uuid found;
        for (const RecordedEvent& event : batch.value())
            if (event.type == type) found = event.id;
        co_return found;
    }

    testing::Simulation simulation{1};
    UuidGenerator ids_{simulation.clock(), simulation.random()};
    std::unique_ptr<Store> store_ =
        create_memory_store(simulation.executor(), simulation.clock(), create_memory_disk(simulation.random()));
    Sagas sagas_;
    Consumer consumer_;
    TimerHandlers timers_;
    TripId trip_ = TripId::trusted("t1");
};

CORO_TEST_F(SagaTest, GoesStepByStepToItsEnd) {
    TALLY_COVERS("E21.1");
    EXPECT_TRUE(co_await plan());
    EXPECT_EQ((co_await run()).current, "hotel");
    EXPECT_TRUE(co_await hear(HotelBooked{trip_}, co_await request_of("HotelRequested")));
    EXPECT_EQ((co_await run()).current, "flight");
    EXPECT_TRUE(co_await hear(FlightBooked{trip_}, co_await request_of("FlightRequested")));
    EXPECT_EQ((co_await run()).current, "ticket");
    EXPECT_TRUE(co_await hear(TicketSent{trip_}, co_await request_of("TicketRequested")));
    EXPECT_EQ((co_await run()).status, SagaStatus::completed);
}

CORO_TEST_F(SagaTest, UndoesInReverseWhatWasBegunAndNotRefused) {
    TALLY_COVERS("E21.2");
    EXPECT_TRUE(co_await plan());
    EXPECT_TRUE(co_await hear(HotelBooked{trip_}, co_await request_of("HotelRequested")));
    EXPECT_TRUE(co_await hear(FlightFull{trip_}, co_await request_of("FlightRequested")));
    SagaRun undoing = co_await run();
    EXPECT_EQ(undoing.status, SagaStatus::compensating);
    EXPECT_EQ(undoing.current, "hotel");
    EXPECT_EQ(undoing.failure.value().undo, std::vector<std::string>{"hotel"});
    EXPECT_TRUE(co_await hear(HotelCancelled{trip_}, co_await request_of("HotelCancelRequested")));
    EXPECT_EQ((co_await run()).status, SagaStatus::compensated);
    auto trip = co_await load_aggregate<Trip>(*store_, trip_, {});
    EXPECT_EQ(trip.value().state.called_off, "flight");
}

}  // namespace
}  // namespace tally
