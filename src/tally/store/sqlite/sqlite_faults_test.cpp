#include <fstream>

#include <gmock/gmock.h>

#include "tally/store/sqlite/shim_vfs_test.hpp"
#include "tally/store/sqlite/sqlite_fixture_test.hpp"
#include "tally/testing/covers.hpp"

namespace tally::sqlite {
namespace {

using ::testing::HasSubstr;

class SqliteFaults : public SqliteFixture {
public:
    SqliteFaults() { shim_vfs().reset(); }
    ~SqliteFaults() override { shim_vfs().reset(); }

    /// Overwrites a byte of the file, behind the first occurrence of `mark` by `offset`.
    void damage(const std::string& mark, std::size_t offset) const {
        std::fstream file(folder.path("store.db"), std::ios::in | std::ios::out | std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(file), {}};
        const std::size_t at = bytes.find(mark);
        ASSERT_NE(at, std::string::npos);
        file.clear();
        file.seekp(static_cast<std::streamoff>(at + offset));
        file.put('#');
    }
    [[nodiscard]] Task<Position> head() {
        const auto batch = co_await store->read(LogRead{});
        EXPECT_TRUE(batch);
        co_return batch ? batch->head : 0;
    }
};

CORO_TEST_F(SqliteFaults, a_full_disk_refuses_commits_reads_on_and_heals) {
    TALLY_COVERS("F08", "I1", "I2", "I18");
    open("shim");
    EXPECT_TRUE(co_await store->commit(append("s")));
    shim_vfs().full = true;
    EXPECT_EQ(code_of(co_await store->commit(append("s"))), ErrorCode::disk_full);
    std::vector<Changes> all;
    all.reserve(32);
    for (int i = 0; i < 32; ++i) all.push_back(append("s"));
    for (const CommitResult& outcome : co_await commit_together(std::move(all)))
        EXPECT_EQ(code_of(outcome), ErrorCode::disk_full);
    EXPECT_EQ(co_await head(), 1U);
    EXPECT_EQ((co_await store->read(StreamRead{.stream = "s"}))->size(), 1U);

    shim_vfs().full = false;
    const CommitResult healed = co_await store->commit(append("s"));
    EXPECT_TRUE(healed);
    if (healed) EXPECT_EQ(healed->events.at(0).position, 2U);
    co_await close();
    open("shim");
    EXPECT_EQ(co_await head(), 2U);
}

CORO_TEST_F(SqliteFaults, a_failed_write_is_a_definite_error) {
    TALLY_COVERS("F09", "I2", "I18");
    open("shim");
    EXPECT_TRUE(co_await store->commit(append("s")));
    shim_vfs().writes_fail = true;
    EXPECT_EQ(code_of(co_await store->commit(append("s"))), ErrorCode::io);
    shim_vfs().writes_fail = false;
    EXPECT_TRUE(co_await store->commit(append("s")));
    EXPECT_EQ(co_await head(), 2U);
}

TEST_F(SqliteFaults, a_failed_flush_ends_the_process) {
    TALLY_COVERS("F07");
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    open("shim");
    const auto commit = [this] {
        shim_vfs().flush_fails = true;
        simulation.run(
            [](SqliteFixture& test) -> Task<void> { (void)co_await test.store->commit(test.append("s")); }(*this));
    };
    EXPECT_DEATH(commit(), "a flush failed");
}

CORO_TEST_F(SqliteFaults, a_writer_elsewhere_makes_commits_unavailable_for_its_time) {
    TALLY_COVERS("F12");
    open("shim");
    const Changes changes = append("s");
    const auto other = connect();
    EXPECT_TRUE(other->execute("BEGIN IMMEDIATE"));
    const CommitResult refused = co_await store->commit(changes);
    EXPECT_EQ(code_of(refused), ErrorCode::unavailable);
    EXPECT_GT(shim_vfs().sleeps, 0U);
    EXPECT_EQ(co_await head(), 0U);

    EXPECT_TRUE(other->execute("ROLLBACK"));
    EXPECT_TRUE(co_await store->commit(changes));
    EXPECT_EQ(co_await head(), 1U);
}

CORO_TEST_F(SqliteFaults, of_a_failed_batch_only_the_culprit_fails) {
    TALLY_COVERS("I2", "I18");
    open();
    EXPECT_TRUE(connect()->execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON documents WHEN NEW.key = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END"));
    std::vector<Changes> all;
    for (int i = 0; i < 32; ++i) {
        all.push_back(append("s"));
        all.back().documents.push_back(
            {{"c", i == 17 ? "bad" : std::to_string(i)}, ExpectedDocument::absent(), Put{"body", {}, {}}});
    }
    const std::vector<CommitResult> outcomes = co_await commit_together(std::move(all));
    for (std::size_t i = 0; i < outcomes.size(); ++i) EXPECT_EQ(outcomes[i].has_value(), i != 17) << i;
    EXPECT_EQ(co_await head(), 31U);
    EXPECT_EQ((co_await store->find({.collection = "c"}))->documents.size(), 31U);
}

CORO_TEST_F(SqliteFaults, a_changed_byte_of_an_event_is_found) {
    TALLY_COVERS("F06");
    open();
    for (const char* data : {"first", "unmistakable", "third"}) EXPECT_TRUE(co_await store->commit(append("s", data)));
    co_await close();
    damage("unmistakable", 3);
    open();
    const auto batch = co_await store->read(LogRead{});
    EXPECT_FALSE(batch);
    if (!batch) EXPECT_EQ(batch.error().code, ErrorCode::corrupt);
    if (!batch) EXPECT_THAT(batch.error().text, HasSubstr("position 2"));
    EXPECT_EQ((co_await store->read(LogRead{.limit = 1}))->size(), 1U);
    EXPECT_FALSE(co_await store->read(StreamRead{.stream = "s"}));
}

CORO_TEST_F(SqliteFaults, a_missing_event_leaves_a_gap) {
    open();
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(co_await store->commit(append("s")));
    EXPECT_TRUE(connect()->execute("DROP TRIGGER events_stay; DELETE FROM events WHERE position = 3"));
    const auto batch = co_await store->read(LogRead{});
    EXPECT_EQ(batch->size(), 4U);
    EXPECT_EQ(batch->events()[2].position, 4U);
    EXPECT_EQ(batch->head, 5U);
}

CORO_TEST_F(SqliteFaults, a_damaged_page_is_corrupt) {
    TALLY_COVERS("F06");
    open();
    for (int i = 0; i < 64; ++i) EXPECT_TRUE(co_await store->commit(append("s", std::string(2000, 'x'))));
    co_await close();
    std::fstream file(folder.path("store.db"), std::ios::in | std::ios::out | std::ios::binary);
    constexpr std::streamoff page = 4096;
    file.seekg(0, std::ios::end);
    const std::streamoff pages = file.tellg() / page;
    const std::string garbage(64, '\xFF');
    for (std::streamoff i = pages / 2; i < pages; ++i) {
        file.seekp(i * page);
        file.write(garbage.data(), static_cast<std::streamsize>(garbage.size()));
    }
    file.close();
    auto opened = try_open(options());
    if (!opened) {
        EXPECT_EQ(opened.error().code, ErrorCode::corrupt);
        co_return;
    }
    store = std::move(*opened);
    const auto batch = co_await store->read(LogRead{});
    EXPECT_FALSE(batch);
    if (!batch) EXPECT_EQ(batch.error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace tally::sqlite
