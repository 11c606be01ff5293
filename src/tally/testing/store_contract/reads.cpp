// Reading streams and the log: bounds, limits, directions, filters.

#include "tally/testing/covers.hpp"
#include "tally/testing/store_contract.hpp"
#include "tally/testing/store_contract/sections.hpp"

namespace tally::testing {

void link_reads_section() {}

namespace {

using Places = std::vector<std::uint64_t>;

Places versions(const EventBatch& batch) {
    Places all;
    for (const RecordedEvent& event : batch) all.push_back(event.version);
    return all;
}

Places positions(const EventBatch& batch) {
    Places all;
    for (const RecordedEvent& event : batch) all.push_back(event.position);
    return all;
}

/// Events 1 to 5 of stream `s` at the odd positions, others between them; a second passes before each pair.
Task<void> write_two_streams(StoreContract& test) {
    for (int i = 0; i < 5; ++i) {
        co_await test.simulation.clock().sleep_for(std::chrono::seconds(1));
        NewEvent event = test.event(std::to_string(i));
        event.envelope.correlation = i % 2 == 0 ? "even" : "odd";
        co_await test.accept(append("s", ExpectedVersion::any(), {event}));
        co_await test.accept(append("t", ExpectedVersion::any(), {test.event()}));
    }
}

CORO_TEST_P(StoreContract, a_stream_is_read_from_and_until_a_version) {
    TALLY_COVERS("A08.8", "B09.4");
    co_await write_two_streams(test);
    EXPECT_EQ(versions(co_await test.read(StreamRead{.stream = "s"})), (Places{1, 2, 3, 4, 5}));
    EXPECT_EQ(versions(co_await test.read(StreamRead{.stream = "s", .from = 0})), (Places{1, 2, 3, 4, 5}));
    EXPECT_EQ(versions(co_await test.read(StreamRead{.stream = "s", .from = 4})), (Places{4, 5}));
    EXPECT_EQ(versions(co_await test.read(StreamRead{.stream = "s", .from = 6})), Places{});
    EXPECT_EQ(versions(co_await test.read(StreamRead{.stream = "s", .from = 2, .until = 3})), (Places{2, 3}));
    EXPECT_EQ(versions(co_await test.read(StreamRead{.stream = "s", .from = 2, .limit = 2})), (Places{2, 3}));
    EXPECT_EQ(versions(co_await test.read(StreamRead{.stream = "unknown"})), Places{});
    EXPECT_EQ((co_await test.read(StreamRead{.stream = "unknown"})).head, 10U);
}

CORO_TEST_P(StoreContract, a_stream_is_read_backward) {
    co_await write_two_streams(test);
    const auto backward = [](Version from, std::size_t limit) {
        return StreamRead{.stream = "s", .from = from, .limit = limit, .backward = true};
    };
    EXPECT_EQ(versions(co_await test.read(backward(0, 10))), (Places{5, 4, 3, 2, 1}));
    EXPECT_EQ(versions(co_await test.read(backward(9, 2))), (Places{5, 4}));
    EXPECT_EQ(versions(co_await test.read(backward(3, 10))), (Places{3, 2, 1}));
    EXPECT_EQ(versions(co_await test.read(backward(3, 1))), (Places{3}));
    StreamRead until = backward(0, 2);
    until.until = 4;
    EXPECT_EQ(versions(co_await test.read(until)), (Places{4, 3}));
}

CORO_TEST_P(StoreContract, a_stream_is_read_until_a_time) {
    co_await write_two_streams(test);
    const EventBatch all = co_await test.read(StreamRead{.stream = "s"});
    EXPECT_EQ(all.size(), 5U);
    for (const RecordedEvent& event : all) {
        StreamRead until{.stream = "s", .until_time = event.recorded_at};
        EXPECT_EQ((co_await test.read(until)).size(), event.version);
        until.until_time = event.recorded_at - Duration(1);
        EXPECT_EQ((co_await test.read(until)).size(), event.version - 1);
        until.from = 0;
        until.limit = 1;
        until.backward = true;
        EXPECT_EQ(versions(co_await test.read(until)), event.version == 1 ? Places{} : Places{event.version - 1});
    }
}

CORO_TEST_P(StoreContract, the_log_is_read_after_a_position) {
    co_await write_two_streams(test);
    const EventBatch first = co_await test.read(LogRead{.after = 0, .limit = 4});
    EXPECT_EQ(positions(first), (Places{1, 2, 3, 4}));
    EXPECT_EQ(first.scanned_to, 4U);
    EXPECT_EQ(first.head, 10U);
    const EventBatch rest = co_await test.read(LogRead{.after = 4});
    EXPECT_EQ(positions(rest), (Places{5, 6, 7, 8, 9, 10}));
    EXPECT_EQ(rest.scanned_to, 10U);
    const EventBatch none = co_await test.read(LogRead{.after = 10});
    EXPECT_TRUE(none.empty());
    EXPECT_EQ(none.scanned_to, 10U);
    const EventBatch beyond = co_await test.read(LogRead{.after = 99});
    EXPECT_TRUE(beyond.empty());
    EXPECT_EQ(beyond.head, 10U);
}

CORO_TEST_P(StoreContract, the_log_is_read_backward) {
    co_await write_two_streams(test);
    EXPECT_EQ(positions(co_await test.read(LogRead{.limit = 3, .backward = true})), (Places{10, 9, 8}));
    const EventBatch middle = co_await test.read(LogRead{.after = 8, .limit = 3, .backward = true});
    EXPECT_EQ(positions(middle), (Places{7, 6, 5}));
    EXPECT_EQ(middle.scanned_to, 5U);
    const EventBatch last = co_await test.read(LogRead{.after = 5, .backward = true});
    EXPECT_EQ(positions(last), (Places{4, 3, 2, 1}));
    EXPECT_TRUE((co_await test.read(LogRead{.after = 1, .backward = true})).empty());
}

CORO_TEST_P(StoreContract, the_log_is_read_by_correlation) {
    TALLY_COVERS("C01.2", "B09.2");
    co_await write_two_streams(test);
    const EventBatch first = co_await test.read(LogRead{.limit = 2, .correlation = "even"});
    EXPECT_EQ(positions(first), (Places{1, 5}));
    EXPECT_EQ(first.scanned_to, 5U);
    const EventBatch rest = co_await test.read(LogRead{.after = 5, .limit = 2, .correlation = "even"});
    EXPECT_EQ(positions(rest), (Places{9}));
    EXPECT_EQ(rest.scanned_to, 10U);
    EXPECT_EQ(positions(co_await test.read(LogRead{.backward = true, .correlation = "odd"})), (Places{7, 3}));
    EXPECT_EQ(positions(co_await test.read(LogRead{.after = 7, .backward = true, .correlation = "odd"})), (Places{3}));
    EXPECT_TRUE((co_await test.read(LogRead{.correlation = "none"})).empty());
}

CORO_TEST_P(StoreContract, the_log_is_read_by_event_id) {
    co_await write_two_streams(test);
    const EventBatch all = co_await test.read(LogRead{});
    for (const RecordedEvent& event : all)
        EXPECT_EQ(positions(co_await test.read(LogRead{.id = event.id})), Places{event.position});
    EXPECT_TRUE((co_await test.read(LogRead{.id = test.event().envelope.id})).empty());
}

CORO_TEST_P(StoreContract, a_limit_of_nothing_is_refused) {
    const auto stream = co_await test.store().read(StreamRead{.stream = "s", .limit = 0});
    EXPECT_TRUE(!stream && stream.error().code == ErrorCode::invalid);
    const auto log = co_await test.store().read(LogRead{.limit = 0});
    EXPECT_TRUE(!log && log.error().code == ErrorCode::invalid);
    const auto page = co_await test.store().find({.collection = "c", .limit = 0});
    EXPECT_TRUE(!page && page.error().code == ErrorCode::invalid);
}

CORO_TEST_P(StoreContract, events_of_one_batch_are_recorded_at_one_time) {
    co_await test.simulation.clock().sleep_for(std::chrono::minutes(1));
    co_await test.accept(append("s", ExpectedVersion::any(), test.events(3)));
    const EventBatch batch = co_await test.read(LogRead{});
    EXPECT_EQ(batch.size(), 3U);
    for (const RecordedEvent& event : batch) EXPECT_EQ(event.recorded_at, test.simulation.clock().now());
}

}  // namespace
}  // namespace tally::testing
