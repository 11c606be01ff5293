#include "tally/store/sqlite/sqlite_store.hpp"

#include "tally/store/sqlite/shim_vfs_test.hpp"
#include "tally/store/sqlite/sqlite_fixture_test.hpp"
#include "tally/testing/covers.hpp"

namespace tally::sqlite {
namespace {

class SqliteStoreTest : public SqliteFixture {
public:
    SqliteStoreTest() { shim_vfs().reset(); }

    [[nodiscard]] std::uintmax_t size_of(const std::string& name) const {
        return std::filesystem::file_size(folder.path(name));
    }
};

CORO_TEST_F(SqliteStoreTest, a_batch_is_flushed_once) {
    open("shim");
    constexpr std::size_t callers = 64;
    (void)co_await store->commit(append("first"));
    const std::uint64_t flushes = shim_vfs().wal_flushes;
    const StoreStatistics before = store->statistics();
    std::vector<Changes> all;
    all.reserve(callers);
    for (std::size_t i = 0; i < callers; ++i) all.push_back(append("s" + std::to_string(i)));
    for (const CommitResult& outcome : co_await commit_together(std::move(all))) EXPECT_TRUE(outcome);

    const StoreStatistics after = store->statistics();
    EXPECT_EQ(after.commits - before.commits, callers);
    EXPECT_LT(after.batches - before.batches, callers / 4);
    EXPECT_EQ(after.flushes - before.flushes, after.batches - before.batches);
    EXPECT_EQ(shim_vfs().wal_flushes - flushes, after.flushes - before.flushes);
}

CORO_TEST_F(SqliteStoreTest, derived_commits_are_not_flushed) {
    open("shim");
    (void)co_await store->commit(append("s"));
    const std::uint64_t flushes = shim_vfs().wal_flushes;
    const StoreStatistics before = store->statistics();
    for (int i = 0; i < 20; ++i) {
        Changes changes = put({"view", std::to_string(i)}, "body");
        changes.derived = true;
        EXPECT_TRUE(co_await store->commit(std::move(changes)));
    }
    EXPECT_EQ(shim_vfs().wal_flushes, flushes);
    EXPECT_EQ(store->statistics().flushes, before.flushes);
    EXPECT_EQ(store->statistics().batches, before.batches + 20);

    EXPECT_TRUE(co_await store->commit(append("s")));
    EXPECT_EQ(shim_vfs().wal_flushes, flushes + 1);
    EXPECT_EQ(store->statistics().flushes, before.flushes + 1);
}

CORO_TEST_F(SqliteStoreTest, what_changes_nothing_is_not_written) {
    open("shim");
    const Changes changes = append("s");
    EXPECT_TRUE(co_await store->commit(changes));
    const std::uint64_t flushes = shim_vfs().wal_flushes;
    const StoreStatistics before = store->statistics();
    const CommitResult again = co_await store->commit(changes);
    EXPECT_TRUE(again && again->replayed);
    Changes refused = append("s");
    refused.appends[0].expected = ExpectedVersion::exactly(7);
    EXPECT_FALSE(co_await store->commit(std::move(refused)));
    EXPECT_EQ(shim_vfs().wal_flushes, flushes);
    EXPECT_EQ(store->statistics().rows, before.rows);
    EXPECT_EQ(store->statistics().flushes, before.flushes);
}

CORO_TEST_F(SqliteStoreTest, a_killed_process_loses_nothing_that_was_answered) {
    TALLY_COVERS("I1", "I4");
    open();
    std::vector<Changes> all;
    all.reserve(100);
    for (int i = 0; i < 100; ++i) all.push_back(append("s" + std::to_string(i % 7), std::string(1000, 'x')));
    for (const CommitResult& outcome : co_await commit_together(std::move(all))) EXPECT_TRUE(outcome);
    Changes derived = put({"view", "v"}, "body");
    derived.derived = true;
    EXPECT_TRUE(co_await store->commit(std::move(derived)));

    // What a process leaves behind that ends here: the files as they are.
    for (const char* file : {"store.db", "store.db-wal"})
        std::filesystem::copy(folder.path(file), folder.path("left-" + std::string(file)));
    const Uuid incarnation = store->incarnation();
    SqliteStoreOptions left = options();
    left.file = folder.path("left-store.db");
    auto reopened = try_open(left);
    EXPECT_TRUE(reopened);
    if (!reopened) co_return;
    EXPECT_EQ((*reopened)->incarnation(), incarnation);
    const auto batch = co_await (*reopened)->read(LogRead{});
    EXPECT_EQ(batch->size(), 100U);
    EXPECT_EQ(batch->head, 100U);
    std::map<std::string, Version> versions;
    for (const RecordedEvent& event : *batch) EXPECT_EQ(event.version, ++versions[std::string(event.stream)]);
    std::vector<DocumentKey> keys{{"view", "v"}};
    const auto views = co_await (*reopened)->get(std::move(keys));
    EXPECT_EQ(views->size(), 1U);
    co_await (*reopened)->close();
}

CORO_TEST_F(SqliteStoreTest, quiet_moments_work_off_the_write_ahead_log) {
    TALLY_COVERS("I14");
    open();
    constexpr std::size_t half = 500'000;
    for (int i = 0; i < 12; ++i) EXPECT_TRUE(co_await store->commit(append("s", std::string(half, 'x'))));
    EXPECT_LT(size_of("store.db"), 4 * half);
    co_await simulation.clock().sleep_for(std::chrono::seconds(1));
    EXPECT_GT(size_of("store.db"), 12 * half);

    const std::uintmax_t log = size_of("store.db-wal");
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 10; ++i) EXPECT_TRUE(co_await store->commit(append("s", std::string(half, 'x'))));
        co_await simulation.clock().sleep_for(std::chrono::seconds(1));
    }
    EXPECT_EQ(size_of("store.db-wal"), log);
    EXPECT_EQ((co_await store->read(StreamRead{.stream = "s"}))->size(), 42U);
}

CORO_TEST_F(SqliteStoreTest, without_a_quiet_moment_the_write_ahead_log_is_bounded) {
    TALLY_COVERS("I14");
    open();
    constexpr std::size_t half = 500'000;
    constexpr std::uintmax_t cap = 64 << 20;
    std::vector<Changes> all;
    all.reserve(400);
    for (int i = 0; i < 400; ++i) all.push_back(append("s", std::string(half, 'x')));
    // Batches of 16: one follows the other while virtual time stands still.
    co_await close();
    SqliteStoreOptions small = options();
    small.max_batch = 16;
    store = std::move(try_open(small).value());
    for (const CommitResult& outcome : co_await commit_together(std::move(all))) EXPECT_TRUE(outcome);
    EXPECT_LT(size_of("store.db-wal"), 2 * cap);
    EXPECT_GT(size_of("store.db"), cap);
}

CORO_TEST_F(SqliteStoreTest, what_another_program_wrote_is_seen) {
    open();
    EXPECT_TRUE(co_await store->commit(append("s")));
    EXPECT_TRUE(connect()->execute("UPDATE log SET revision = 1000"));
    const CommitResult outcome = co_await store->commit(put({"c", "k"}, "body"));
    EXPECT_TRUE(outcome);
    if (outcome) EXPECT_EQ(outcome->revisions.at(0), 1001U);
}

CORO_TEST_F(SqliteStoreTest, a_document_that_came_and_went_within_a_batch_has_used_its_revision) {
    open();
    std::vector<Changes> all;
    all.push_back(put({"c", "k"}, "body"));
    all.push_back(put({"c", "k"}, "body"));
    all.back().documents[0].write = Remove{};
    all.push_back(append("s"));
    for (const CommitResult& outcome : co_await commit_together(std::move(all))) EXPECT_TRUE(outcome);
    co_await close();
    open();
    const CommitResult outcome = co_await store->commit(put({"c", "k"}, "body"));
    EXPECT_TRUE(outcome);
    if (outcome) EXPECT_EQ(outcome->revisions.at(0), 2U);
}

CORO_TEST_F(SqliteStoreTest, another_connection_reads_beside_the_store) {
    open();
    const auto beside = connect();
    for (int i = 1; i <= 5; ++i) {
        EXPECT_TRUE(co_await store->commit(append("s")));
        EXPECT_EQ(beside->number("SELECT max(position) FROM events"), Result<std::int64_t>(i));
    }
}

}  // namespace
}  // namespace tally::sqlite
