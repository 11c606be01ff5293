#include "tally/store/sqlite/event_tables.hpp"

#include <fmt/format.h>

namespace tally::sqlite {
namespace {

Error damaged(Position position, std::string_view what) {
    return {ErrorCode::corrupt, fmt::format("the event at position {} is damaged: {}; stop, keep a copy of the data "
                                            "folder and restore a backup",
                                            position, what)};
}

}  // namespace

EventTables::EventTables(Connection& connection)
    : connection_(connection),
      find_(connection, "SELECT position, version, content_digest FROM events WHERE event_id = ?"),
      head_of_(connection,
               "SELECT id, (SELECT max(version) FROM events WHERE stream = streams.id) FROM streams WHERE name = ?"),
      add_stream_(connection, "INSERT INTO streams(name) VALUES (?)"),
      add_(connection,
           "INSERT INTO events(position, event_id, stream, version, content_digest, recorded_at, shard, previous, "
           "type, schema, correlation, causation, actor, partition_key, occurred_at, expires_at, traceparent, subject, "
           "data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      last_(connection, "SELECT max(position) FROM events") {}

Result<std::optional<Heads::Known>> EventTables::find(const EventId& id) {
    std::optional<Heads::Known> known;
    const auto take = [&known](Row& row) -> Result<void> {
        known.emplace();
        known->position = row.count();
        known->version = row.count();
        if (!row.read(known->digest)) return std::unexpected(damaged(known->position, "it has no digest"));
        return {};
    };
    if (auto done = find_.each(take, blob(id)); !done) return std::unexpected(std::move(done.error()));
    return known;
}

Result<StreamHead> EventTables::head_of(const std::string& stream) {
    StreamHead head;
    const auto take = [&head](Row& row) -> Result<void> {
        head.id = row.number();
        head.version = row.count();
        return {};
    };
    if (auto done = head_of_.each(take, stream); !done) return std::unexpected(std::move(done.error()));
    return head;
}

Result<std::int64_t> EventTables::add_stream(const std::string& stream) {
    if (auto done = add_stream_.run(stream); !done) return std::unexpected(std::move(done.error()));
    return connection_.last_row();
}

Result<void> EventTables::add(const PlannedEvent& event, std::int64_t stream, Timestamp recorded_at) {
    const Envelope& envelope = event.event->envelope;
    const std::optional<Blob> causation = envelope.causation.transform([](const Uuid& id) { return blob(id); });
    return add_.run(event.position, blob(envelope.id), stream, event.version, blob(event.digest), recorded_at,
                    event.shard, event.previous, envelope.type, envelope.schema, envelope.correlation, causation,
                    envelope.actor, envelope.key, envelope.occurred_at, envelope.expires_at, envelope.traceparent,
                    envelope.subject, Blob{event.event->data});
}

Result<Position> EventTables::last() {
    Position position = 0;
    const auto take = [&position](Row& row) -> Result<void> {
        position = row.count();
        return {};
    };
    if (auto done = last_.each(take); !done) return std::unexpected(std::move(done.error()));
    return position;
}

std::string select_events(std::string_view source) {
    return fmt::format(
        "SELECT position, event_id, version, content_digest, recorded_at, shard, previous, type, schema, correlation, "
        "causation, actor, partition_key, occurred_at, expires_at, traceparent, subject, data, streams.name "
        "FROM {}",
        source);
}

bool take_event(Row& row, RecordedEvent& event) {
    event.position = row.count();
    bool good = row.read(event.id);
    event.version = row.count();
    good = row.read(event.content_digest) && good;
    event.recorded_at = row.time();
    event.shard = static_cast<int>(row.number());
    event.previous = row.count();
    event.type = row.bytes();
    event.schema = static_cast<int>(row.number());
    event.correlation = row.bytes();
    if (row.next_is_null())
        row.skip();
    else
        good = row.read(event.causation.emplace()) && good;
    event.actor = row.bytes();
    event.key = row.bytes();
    event.occurred_at = row.time();
    if (row.next_is_null())
        row.skip();
    else
        event.expires_at = row.time();
    event.traceparent = row.bytes();
    event.subject = row.bytes();
    event.data = row.bytes();
    event.stream = row.bytes();
    return good;
}

Result<RecordedEvent> read_event(Row& row) {
    RecordedEvent event;
    if (!take_event(row, event)) return std::unexpected(damaged(event.position, "an id or its digest is cut"));
    if (content_digest(event.type, event.schema, event.key, event.subject, event.data) != event.content_digest)
        return std::unexpected(damaged(event.position, "its content does not have its digest"));
    return event;
}

}  // namespace tally::sqlite
