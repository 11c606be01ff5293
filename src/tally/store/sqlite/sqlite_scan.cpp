// LEFT JOIN: an event whose stream has no row is shown all the same.

#include "tally/store/sqlite/sqlite_scan.hpp"

#include <fmt/format.h>

#include "tally/store/sqlite/event_tables.hpp"
#include "tally/store/sqlite/log_row.hpp"

namespace tally {
namespace {

using sqlite::Connection;
using sqlite::Row;
using sqlite::Statement;
using sqlite::Transaction;

Result<void> check_tables(Connection& connection, StoreScan&) {
    const auto tables = connection.number(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('log', 'streams', 'events', "
        "'documents')");
    if (!tables) return std::unexpected(tables.error());
    if (*tables == 4) return {};
    return fail(ErrorCode::corrupt, connection.file() + " is no store: a table is missing");
}

/// What SQLite says of pages, indexes and constraints.
Result<void> check_pages(Connection& connection, StoreScan& scan) {
    return Statement(connection, "PRAGMA integrity_check(20)").each([&](Row& row) -> Result<void> {
        if (const std::string_view found = row.bytes(); found != "ok") scan.unreadable("file", std::string(found));
        return {};
    });
}

Result<void> scan_log(Connection& connection, StoreScan& scan) {
    auto row = sqlite::LogTable(connection).load();
    if (!row && row.error().code != ErrorCode::corrupt) return std::unexpected(std::move(row.error()));
    if (!row)
        scan.unreadable("log", row.error().text);
    else
        scan.log({.incarnation = row->incarnation,
                  .head = row->head,
                  .shards = static_cast<int>(row->shard_heads.size()),
                  .revision = row->revision,
                  .shard_heads = row->shard_heads});
    return {};
}

Result<void> scan_documents(Connection& connection, StoreScan& scan) {
    Document document;
    return Statement(connection,
                     "SELECT collection, key, revision, expires_at, body FROM documents ORDER BY collection, key")
        .each([&](Row& row) -> Result<void> {
            document.key.collection = row.bytes();
            document.key.key = row.bytes();
            document.revision = row.count();
            document.expires_at.reset();
            if (row.next_is_null())
                row.skip();
            else
                document.expires_at = row.time();
            document.body = row.bytes();
            if (document.key.collection.empty() || document.key.key.empty() || document.revision == 0)
                scan.unreadable(fmt::format("documents/{}/{}", document.key.collection, document.key.key),
                                "its collection, key or revision is missing");
            else
                scan.document(document);
            return {};
        });
}

Result<void> scan_events(Connection& connection, StoreScan& scan) {
    const std::string rows =
        sqlite::select_events("events LEFT JOIN streams ON streams.id = events.stream ORDER BY position");
    return Statement(connection, rows).each([&](Row& row) -> Result<void> {
        RecordedEvent event;
        const bool whole = sqlite::take_event(row, event);
        if (!whole)
            scan.unreadable_event(event.position, "an id or its digest is cut");
        else if (event.stream.empty())
            scan.unreadable_event(event.position, "it belongs to no stream");
        else
            scan.event(event);
        return {};
    });
}

}  // namespace

Result<void> scan_sqlite_store(const std::string& file, StoreScan& scan) {
    auto connection = Connection::open({.file = file, .vfs = {}});
    if (!connection) return std::unexpected(std::move(connection.error()));
    auto done =
        (*connection)->execute("PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF");
    if (!done) return done;
    auto snapshot = Transaction::begin(**connection, Transaction::Kind::read);
    if (!snapshot) return std::unexpected(std::move(snapshot.error()));
    for (const auto part : {&check_tables, &check_pages, &scan_log, &scan_documents, &scan_events})
        if (auto scanned = part(**connection, scan); !scanned) return scanned;
    return {};
}

}  // namespace tally
