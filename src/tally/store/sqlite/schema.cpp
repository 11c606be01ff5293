// PRAGMA application_id says whose file it is, PRAGMA user_version how many of the migrations it has had. Both are part
// of the transaction that changes the schema.

#include "tally/store/sqlite/schema.hpp"

#include <array>

#include <fmt/format.h>

#include "tally/store/sqlite/log_row.hpp"

namespace tally::sqlite {
namespace {

constexpr std::int64_t application_id = 0x54414C59;  // "TALY"

// Texts are compared byte by byte (collation BINARY, which is the default) and never converted. An integer in place of
// a stream's name keeps the second index of the events small. What is looked at without the data stands before it.
// `documents.entries` repeats the document's rows of `document_indexes` (see document_table.cpp), so that they are
// removed by their key.
constexpr const char* first_schema = R"sql(
CREATE TABLE log(
    id INTEGER PRIMARY KEY CHECK (id = 1),
    incarnation BLOB NOT NULL,
    head INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    shard_heads BLOB NOT NULL
) STRICT;

CREATE TABLE streams(
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE events(
    position INTEGER PRIMARY KEY,
    event_id BLOB NOT NULL UNIQUE,
    stream INTEGER NOT NULL REFERENCES streams(id),
    version INTEGER NOT NULL,
    content_digest BLOB NOT NULL,
    recorded_at INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    previous INTEGER NOT NULL,
    type TEXT NOT NULL,
    schema INTEGER NOT NULL,
    correlation TEXT NOT NULL,
    causation BLOB,
    actor TEXT NOT NULL,
    partition_key TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    expires_at INTEGER,
    traceparent TEXT NOT NULL,
    subject TEXT NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (stream, version)
) STRICT;
CREATE INDEX events_by_correlation ON events(correlation);

CREATE TABLE documents(
    id INTEGER PRIMARY KEY,
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    revision INTEGER NOT NULL,
    expires_at INTEGER,
    entries BLOB NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (collection, key)
) STRICT;
CREATE INDEX documents_by_expiry ON documents(expires_at, collection, key) WHERE expires_at IS NOT NULL;

CREATE TABLE document_indexes(
    collection TEXT NOT NULL,
    name TEXT NOT NULL,
    value BLOB NOT NULL,
    key TEXT NOT NULL,
    document INTEGER NOT NULL,
    PRIMARY KEY (collection, name, value, key)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER events_stay BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_keep BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER streams_stay BEFORE DELETE ON streams BEGIN SELECT RAISE(ABORT, 'streams are append-only'); END;
CREATE TRIGGER streams_keep BEFORE UPDATE ON streams BEGIN SELECT RAISE(ABORT, 'streams are append-only'); END;
)sql";

/// The n-th entry leads from schema n to schema n+1. What has been released is never changed, only added to.
constexpr std::array migrations{first_schema};

Result<void> check_owner(Connection& connection, std::int64_t version) {
    const auto owner = connection.number("PRAGMA application_id");
    if (!owner) return std::unexpected(owner.error());
    const auto tables = connection.number("SELECT count(*) FROM sqlite_schema");
    if (!tables) return std::unexpected(tables.error());
    const bool fresh = *owner == 0 && *tables == 0 && version == 0;
    if (fresh || *owner == application_id) return {};
    return fail(ErrorCode::unsupported,
                fmt::format("{} is a database of another program: choose another data folder", connection.file()));
}

Result<void> apply(Connection& connection, std::size_t version, int shards, Random& random) {
    auto transaction = Transaction::begin(connection, Transaction::Kind::write);
    if (!transaction) return std::unexpected(std::move(transaction.error()));
    if (auto done = connection.execute(migrations[version]); !done) return done;
    if (version == 0)
        if (auto done = insert_log_row(connection, shards, random); !done) return done;
    const auto marks = fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", application_id, version + 1);
    if (auto done = connection.execute(marks); !done) return done;
    return transaction->commit();
}

}  // namespace

Result<void> migrate(Connection& connection, int shards, Random& random) {
    const auto version = connection.number("PRAGMA user_version");
    if (!version) return std::unexpected(version.error());
    if (auto ours = check_owner(connection, *version); !ours) return ours;
    if (*version > static_cast<std::int64_t>(migrations.size()))
        return fail(ErrorCode::unsupported,
                    fmt::format("{} has schema {}, and this binary knows {}: use the newer binary", connection.file(),
                                *version, migrations.size()));
    for (auto next = static_cast<std::size_t>(*version); next < migrations.size(); ++next)
        if (auto done = apply(connection, next, shards, random); !done) return done;
    return {};
}

}  // namespace tally::sqlite
