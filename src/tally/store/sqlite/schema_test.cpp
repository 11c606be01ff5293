#include "tally/store/sqlite/schema.hpp"

#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tally/store/sqlite/sqlite_fixture_test.hpp"
#include "tally/testing/covers.hpp"

namespace tally::sqlite {
namespace {

using ::testing::HasSubstr;

class SqliteSchema : public SqliteFixture {
public:
    /// The code of a statement that another program runs on the file.
    [[nodiscard]] Result<void> run(const std::string& sql) const { return connect()->execute(sql); }
    [[nodiscard]] std::int64_t number(const std::string& sql) const { return connect()->number(sql).value_or(-1); }
    [[nodiscard]] Error refusal() {
        auto opened = try_open(options());
        if (!opened) return opened.error();
        simulation.run((*opened)->close());
        return {ErrorCode::internal, "it was opened"};
    }
};

TEST_F(SqliteSchema, an_empty_file_gets_all_migrations) {
    ASSERT_TRUE(run("PRAGMA user_version"));
    open();
    EXPECT_GE(number("PRAGMA user_version"), 1);
    EXPECT_EQ(number("PRAGMA application_id"), 0x54414C59);
    EXPECT_EQ(number("SELECT count(*) FROM log"), 1);
    EXPECT_EQ(number("SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'"), 1);
}

TEST_F(SqliteSchema, a_migrated_file_is_left_as_it_is) {
    open();
    const Uuid incarnation = store->incarnation();
    simulation.run(close());
    const std::int64_t version = number("PRAGMA schema_version");
    open();
    EXPECT_EQ(store->incarnation(), incarnation);
    EXPECT_EQ(number("PRAGMA schema_version"), version);
}

TEST_F(SqliteSchema, a_newer_file_is_refused) {
    open();
    simulation.run(close());
    ASSERT_TRUE(run("PRAGMA user_version = 99"));
    const Error refused = refusal();
    EXPECT_EQ(refused.code, ErrorCode::unsupported);
    EXPECT_THAT(refused.text, HasSubstr("schema 99"));
    EXPECT_EQ(number("PRAGMA user_version"), 99);
}

TEST_F(SqliteSchema, a_file_of_another_program_is_refused) {
    ASSERT_TRUE(run("CREATE TABLE theirs(x)"));
    EXPECT_EQ(refusal().code, ErrorCode::unsupported);
    EXPECT_EQ(number("SELECT count(*) FROM sqlite_schema"), 1);
}

TEST_F(SqliteSchema, a_file_that_is_no_database_is_corrupt) {
    std::ofstream(folder.path("store.db")) << std::string(8192, 'x');
    EXPECT_EQ(refusal().code, ErrorCode::corrupt);
}

TEST_F(SqliteSchema, a_missing_folder_is_an_error) {
    TALLY_COVERS("F10");
    SqliteStoreOptions nowhere = options();
    nowhere.file = folder.path("missing/store.db");
    const auto opened = try_open(nowhere);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::io);
    EXPECT_THAT(opened.error().text, HasSubstr(nowhere.file));
}

TEST_F(SqliteSchema, events_and_streams_are_append_only) {
    TALLY_COVERS("A08.1", "A08.9");
    open();
    simulation.run(
        [](SqliteFixture& test) -> Task<void> { (void)co_await test.store->commit(test.append("s")); }(*this));
    const std::vector<std::string> refused{"UPDATE events SET data = x'00'", "UPDATE events SET position = 7",
                                           "DELETE FROM events", "UPDATE streams SET name = 'other'",
                                           "DELETE FROM streams"};
    for (const std::string& sql : refused) {
        const auto done = run(sql);
        ASSERT_FALSE(done) << sql;
        EXPECT_THAT(done.error().text, HasSubstr("append-only"));
    }
    EXPECT_EQ(number("SELECT count(*) FROM events JOIN streams ON streams.id = stream WHERE data = x'7B7D' AND "
                     "position = 1 AND name = 's'"),
              1);
}

TEST_F(SqliteSchema, a_version_of_a_stream_and_an_id_exist_once) {
    TALLY_COVERS("A08.10", "C01.7", "I4");
    open();
    simulation.run(
        [](SqliteFixture& test) -> Task<void> { (void)co_await test.store->commit(test.append("s")); }(*this));
    const std::string twin =
        "INSERT INTO events SELECT 2, {}, stream, {}, content_digest, recorded_at, shard, previous, type, schema, "
        "correlation, causation, actor, partition_key, occurred_at, expires_at, traceparent, subject, data FROM events";
    EXPECT_FALSE(run(fmt::format(fmt::runtime(twin), "x'00'", "version")));
    EXPECT_FALSE(run(fmt::format(fmt::runtime(twin), "event_id", "2")));
    EXPECT_TRUE(run(fmt::format(fmt::runtime(twin), "x'00'", "2")));
}

TEST_F(SqliteSchema, a_head_that_is_not_the_last_position_is_corrupt) {
    open();
    simulation.run(close());
    ASSERT_TRUE(run("UPDATE log SET head = 41"));
    const Error refused = refusal();
    EXPECT_EQ(refused.code, ErrorCode::corrupt);
    EXPECT_THAT(refused.text, HasSubstr("head is 41, and the last event is at 0"));
}

TEST_F(SqliteSchema, an_existing_file_keeps_its_shards) {
    open();
    EXPECT_EQ(store->shards(), 8);
    simulation.run(close());
    SqliteStoreOptions other = options();
    other.shards = 3;
    auto opened = try_open(other);
    ASSERT_TRUE(opened);
    EXPECT_EQ((*opened)->shards(), 8);
    simulation.run((*opened)->close());
}

}  // namespace
}  // namespace tally::sqlite
