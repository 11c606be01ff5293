// CROSS JOIN fixes the order of the loops: SQLite, without statistics, would sometimes begin with the streams.

#include "tally/store/sqlite/event_reader.hpp"

#include <limits>

#include <fmt/format.h>

#include "tally/store/sqlite/event_tables.hpp"

namespace tally::sqlite {
namespace {

/// The bounds, as SQLite's integers: nothing that is stored is beyond.
constexpr std::uint64_t last_number = std::numeric_limits<std::int64_t>::max();

constexpr std::string_view of_stream =
    "streams CROSS JOIN events ON events.stream = streams.id "
    "WHERE streams.name = ?1 AND version >= ?2 AND version <= ?3 AND recorded_at <= ?4 "
    "ORDER BY version {} LIMIT ?5";
constexpr std::string_view of_log =
    "events CROSS JOIN streams ON streams.id = events.stream "
    "WHERE position > ?1 AND position <= ?2 ORDER BY position {} LIMIT ?3";
constexpr std::string_view of_correlation =
    "events INDEXED BY events_by_correlation CROSS JOIN streams ON streams.id = events.stream "
    "WHERE correlation = ?4 AND position > ?1 AND position <= ?2 ORDER BY position {} LIMIT ?3";
constexpr std::string_view of_id =
    "events CROSS JOIN streams ON streams.id = events.stream "
    "WHERE event_id = ?4 AND position > ?1 AND position <= ?2 AND (?5 IS NULL OR correlation = ?5) LIMIT ?3";

std::array<Statement, 2> both_ways(Connection& connection, std::string_view source) {
    return {Statement(connection, select_events(fmt::format(fmt::runtime(source), "ASC"))),
            Statement(connection, select_events(fmt::format(fmt::runtime(source), "DESC")))};
}

std::uint64_t bounded(std::uint64_t number) { return std::min(number, last_number); }

/// Adds the rows to a batch, as long as they are what was written.
struct Collect {
    EventBatch& batch;
    Result<void> operator()(Row& row) {
        auto event = read_event(row);
        if (!event) return std::unexpected(std::move(event.error()));
        batch.add(*event);
        return {};
    }
};

}  // namespace

EventReader::EventReader(Connection& connection)
    : connection_(connection),
      log_(connection),
      by_stream_(both_ways(connection, of_stream)),
      by_position_(both_ways(connection, of_log)),
      by_correlation_(both_ways(connection, of_correlation)),
      by_id_(connection, select_events(of_id)) {}

Result<EventBatch> EventReader::begin_batch() {
    auto head = log_.head();
    if (!head) return std::unexpected(std::move(head.error()));
    EventBatch batch;
    batch.head = *head;
    batch.scanned_to = *head;
    return batch;
}

Result<EventBatch> EventReader::read(const StreamRead& read) {
    auto snapshot = Transaction::begin(connection_, Transaction::Kind::read);
    if (!snapshot) return std::unexpected(std::move(snapshot.error()));
    auto batch = begin_batch();
    if (!batch) return batch;

    const Version until = bounded(read.until.value_or(last_number));
    const Version least = read.backward ? 1 : bounded(read.from);
    const Version most = read.backward && read.from != 0 ? std::min(read.from, until) : until;
    const Timestamp time = read.until_time.value_or(Timestamp::max());
    Statement& rows = by_stream_[read.backward ? 1 : 0];
    auto done = rows.each(Collect{.batch = *batch}, read.stream, least, most, time, bounded(read.limit));
    if (!done) return std::unexpected(std::move(done.error()));
    return batch;
}

Result<EventBatch> EventReader::read(const LogRead& read) {
    auto snapshot = Transaction::begin(connection_, Transaction::Kind::read);
    if (!snapshot) return std::unexpected(std::move(snapshot.error()));
    auto batch = begin_batch();
    if (!batch) return batch;

    const Position head = batch->head;
    const Position low = read.backward ? 0 : bounded(read.after);
    const Position high = read.backward && read.after != 0 ? std::min(read.after - 1, head) : head;
    Collect collect{*batch};
    const std::size_t way = read.backward ? 1 : 0;
    const std::uint64_t limit = bounded(read.limit);
    auto done = read.id            ? by_id_.each(collect, low, high, limit, blob(*read.id), read.correlation)
                : read.correlation ? by_correlation_[way].each(collect, low, high, limit, *read.correlation)
                                   : by_position_[way].each(collect, low, high, limit);
    if (!done) return std::unexpected(std::move(done.error()));

    const bool exhausted = batch->size() < read.limit;
    if (!exhausted)
        batch->scanned_to = batch->events().back().position;
    else
        batch->scanned_to = read.backward ? 1 : std::max(read.after, head);
    return batch;
}

}  // namespace tally::sqlite
