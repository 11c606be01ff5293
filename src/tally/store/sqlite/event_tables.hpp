#pragma once

#include "tally/store/planner.hpp"
#include "tally/store/sqlite/sqlite.hpp"

namespace tally::sqlite {

/// A stream as the events refer to it; id 0 for one that has no row yet.
struct StreamHead {
    std::int64_t id = 0;
    Version version = 0;
};

/// The tables `streams` and `events` as the writer uses them. A failure leaves the transaction to the caller.
class EventTables {
public:
    explicit EventTables(Connection& connection);

    [[nodiscard]] Result<std::optional<Heads::Known>> find(const EventId& id);
    [[nodiscard]] Result<StreamHead> head_of(const std::string& stream);
    /// Returns the new stream's id.
    [[nodiscard]] Result<std::int64_t> add_stream(const std::string& stream);
    [[nodiscard]] Result<void> add(const PlannedEvent& event, std::int64_t stream, Timestamp recorded_at);
    /// The last position; 0 for none.
    [[nodiscard]] Result<Position> last();

private:
    Connection& connection_;
    Statement find_;
    Statement head_of_;
    Statement add_stream_;
    Statement add_;
    Statement last_;
};

/// A query for events with the columns that `take_event` takes; `source` begins behind FROM, and joins the streams.
[[nodiscard]] std::string select_events(std::string_view source);
/// The event of a row as it stands there, with views into it. False if an id or the digest is cut.
[[nodiscard]] bool take_event(Row& row, RecordedEvent& event);
/// The same, trusted only if its content is what was written. Errors: corrupt.
[[nodiscard]] Result<RecordedEvent> read_event(Row& row);

}  // namespace tally::sqlite
