// The store as it is shipped: one loop, one writing and one reading thread.

#include <set>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "tally/store/sqlite/sqlite_fixture_test.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/together.hpp"

namespace tally::sqlite {
namespace {

class SqliteThreads : public ::testing::Test {
public:
    SqliteThreads() {
        SqliteStoreOptions options;
        options.file = folder.path("store.db");
        auto opened = open_sqlite_store(options, {loop.get_executor(), writer.get_executor(), reader.get_executor()},
                                        *clock, *random);
        store = std::move(opened.value());
    }

    void run(Task<void> task) {
        std::exception_ptr thrown;
        boost::asio::co_spawn(loop, std::move(task),
                              [&thrown](const std::exception_ptr& failure) { thrown = failure; });
        loop.run();
        loop.restart();
        if (thrown) std::rethrow_exception(thrown);
    }
    void TearDown() override { run(store->close()); }

    [[nodiscard]] Changes append(std::string stream) {
        NewEvent event;
        event.envelope.id = ids.next();
        event.envelope.type = "Tested";
        event.envelope.key = stream;
        event.data = std::string(260, 'x');
        Changes changes;
        changes.appends.push_back({std::move(stream), ExpectedVersion::any(), {std::move(event)}});
        return changes;
    }

    TemporaryFolder folder;
    std::unique_ptr<Clock> clock = create_system_clock();
    std::unique_ptr<Random> random = create_seeded_random(1);
    UuidGenerator ids{*clock, *random};
    boost::asio::io_context loop{1};
    boost::asio::thread_pool writer{1};
    boost::asio::thread_pool reader{1};
    std::unique_ptr<Store> store;
    std::vector<Committed> answers;
};

Task<void> commit_often(SqliteThreads& test, std::string stream, int times) {
    for (int i = 0; i < times; ++i) {
        auto outcome = co_await test.store->commit(test.append(stream));
        EXPECT_TRUE(outcome);
        if (!outcome) co_return;
        EXPECT_EQ(outcome->events.at(0).version, static_cast<Version>(i + 1));
        test.answers.push_back(std::move(*outcome));
    }
}

/// A commit that was answered is found by every later read.
Task<void> commit_and_read_often(SqliteThreads& test, std::string stream, int times) {
    for (int i = 1; i <= times; ++i) {
        const auto outcome = co_await test.store->commit(test.append(stream));
        EXPECT_TRUE(outcome);
        const auto batch = co_await test.store->read(StreamRead{.stream = stream});
        EXPECT_EQ(batch->size(), static_cast<std::size_t>(i));
    }
}

Task<void> tail(SqliteThreads& test, Position until, std::vector<Position>& seen) {
    Position after = 0;
    while (after < until) {
        EXPECT_TRUE(co_await test.store->head_beyond(after));
        const auto batch = co_await test.store->read(LogRead{.after = after, .limit = 100});
        EXPECT_TRUE(batch);
        if (!batch) co_return;
        for (const RecordedEvent& event : *batch) seen.push_back(event.position);
        after = batch->scanned_to;
    }
}

TEST_F(SqliteThreads, many_callers_share_flushes) {
    TALLY_COVERS("F36", "I1", "I4");
    constexpr int callers = 64;
    constexpr int times = 25;
    std::vector<Task<void>> tasks;
    tasks.reserve(callers);
    for (int i = 0; i < callers; ++i) tasks.push_back(commit_often(*this, "s" + std::to_string(i), times));
    run(testing::together(loop.get_executor(), std::move(tasks)));

    const StoreStatistics counts = store->statistics();
    EXPECT_EQ(counts.commits, static_cast<std::uint64_t>(callers * times));
    EXPECT_GE(counts.commits, 16 * counts.batches);
    EXPECT_EQ(counts.flushes, counts.batches);
    EXPECT_EQ(counts.waiting, 0U);
    std::set<Position> positions;
    for (const Committed& committed : answers) positions.insert(committed.events.at(0).position);
    EXPECT_EQ(positions.size(), answers.size());
    EXPECT_EQ(*positions.rbegin(), static_cast<Position>(callers * times));
}

TEST_F(SqliteThreads, a_lone_caller_is_a_batch_of_its_own) {
    run(commit_often(*this, "s", 30));
    EXPECT_EQ(store->statistics().batches, 30U);
    EXPECT_EQ(store->statistics().flushes, 30U);
}

TEST_F(SqliteThreads, readers_see_what_was_answered_and_every_event_in_order) {
    TALLY_COVERS("F36", "I1", "I5");
    constexpr int callers = 16;
    constexpr int times = 20;
    std::vector<Position> seen;
    std::vector<Task<void>> tasks;
    tasks.reserve(callers + 1);
    for (int i = 0; i < callers; ++i) tasks.push_back(commit_and_read_often(*this, "s" + std::to_string(i), times));
    tasks.push_back(tail(*this, callers * times, seen));
    run(testing::together(loop.get_executor(), std::move(tasks)));
    ASSERT_EQ(seen.size(), static_cast<std::size_t>(callers * times));
    for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], i + 1);
}

}  // namespace
}  // namespace tally::sqlite
