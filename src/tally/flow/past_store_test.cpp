#include "tally/flow/past_store.hpp"

#include <gmock/gmock.h>

#include "tally/flow/load.hpp"
#include "tally/flow/saga_test_kit.hpp"
#include "tally/store/memory/memory_store.hpp"
#include "tally/testing/coroutine_test.hpp"

namespace tally::trips {
namespace {

using namespace std::chrono_literals;

class PastStoreTest : public testing::CoroutineTest {
protected:
    template <EventStruct E>
    [[nodiscard]] Task<Position> record(E event) {
        Session session(*store, {.correlation = "test", .event = {}, .actor = "test", .traceparent = {}},
                        {.make_id = ids_of_command(ids), .now = simulation.clock().now()});
        session.record<Trip>(trip, event);
        const auto done = co_await session.commit();
        co_await simulation.clock().sleep_for(1s);
        co_return done.value().events.front().position;
    }
    [[nodiscard]] Task<Loaded<Trip>> trip_at(PastStore::Moment moment) {
        PastStore past(*store, moment);
        co_return (co_await load_aggregate<Trip>(past, trip)).value();
    }

    const TripId trip = TripId::trusted("t1");
    UuidGenerator ids{simulation.clock(), simulation.random()};
    std::unique_ptr<Store> store =
        create_memory_store(simulation.executor(), simulation.clock(), create_memory_disk(simulation.random()));
};

CORO_TEST_F(PastStoreTest, HasStreamsAsTheyWere) {
    (void)co_await record(TripPlanned{trip});
    const Timestamp then = simulation.clock().now() - 1s;
    const Position cancelled = co_await record(TripCancelRequested{trip});
    const Position booked = co_await record(TripBooked{trip});
    EXPECT_EQ((co_await trip_at({})).version, 3U);
    EXPECT_EQ((co_await trip_at({.before = booked})).version, 2U);
    EXPECT_FALSE((co_await trip_at({.before = booked})).state.booked);
    EXPECT_EQ((co_await trip_at({.before = cancelled})).version, 1U);
    EXPECT_EQ((co_await trip_at({.until = then})).version, 1U);
    EXPECT_EQ((co_await trip_at({.until = then, .known = cancelled})).version, 2U);
    EXPECT_EQ((co_await trip_at({.before = 1})).version, 0U);
}

CORO_TEST_F(PastStoreTest, CannotBeWrittenOrAskedForDocuments) {
    (void)co_await record(TripPlanned{trip});
    PastStore past(*store, {});
    Session session(past, {.correlation = "test", .event = {}, .actor = "test", .traceparent = {}},
                    {.make_id = ids_of_command(ids), .now = simulation.clock().now()});
    session.record<Trip>(trip, TripBooked{trip});
    const auto written = co_await session.commit();
    EXPECT_EQ(std::get<Error>(written.error()).code, ErrorCode::unsupported);
    EXPECT_EQ((co_await past.get({{"tally.timers", "a"}})).error().code, ErrorCode::unsupported);
    EXPECT_EQ((co_await past.find({.collection = "tally.timers"})).error().code, ErrorCode::unsupported);
    EXPECT_EQ((co_await past.read(LogRead{})).error().code, ErrorCode::unsupported);
    EXPECT_TRUE((co_await past.get({snapshot_key("trip-t1")})).value().empty()) << "as if there were none";
    EXPECT_EQ((co_await trip_at({})).version, 1U);
}

}  // namespace
}  // namespace tally::trips
