#pragma once

#include <vector>

#include "tally/base/random.hpp"
#include "tally/event/recorded_event.hpp"
#include "tally/store/sqlite/sqlite.hpp"
#include "tally/store/types.hpp"

namespace tally::sqlite {

/// The one row of the table `log`: what is true of the whole file.
struct LogRow {
    Uuid incarnation;
    Position head = 0;
    Revision revision = 0;              ///< the highest given so far
    std::vector<Position> shard_heads;  ///< last position of each shard
};

class LogTable {
public:
    explicit LogTable(Connection& connection);

    /// Errors: corrupt (no row, or bytes that make no sense).
    [[nodiscard]] Result<LogRow> load();
    [[nodiscard]] Result<Position> head();
    [[nodiscard]] Result<void> update(Position head, Revision revision, const std::vector<Position>& shard_heads);

private:
    Connection& connection_;
    Statement load_;
    Statement head_;
    Statement update_;
};

/// Gives a new file its row: a new incarnation (UUID version 4), nothing written yet.
[[nodiscard]] Result<void> insert_log_row(Connection& connection, int shards, Random& random);

}  // namespace tally::sqlite
