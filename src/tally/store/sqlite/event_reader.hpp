#pragma once

#include <array>

#include "tally/store/sqlite/log_row.hpp"

namespace tally::sqlite {

/// Reads events, each call within one snapshot. What was not written so is never returned: a damaged event is an error
/// (corrupt) that names its position.
class EventReader {
public:
    explicit EventReader(Connection& connection);

    [[nodiscard]] Result<EventBatch> read(const StreamRead& read);
    [[nodiscard]] Result<EventBatch> read(const LogRead& read);

private:
    [[nodiscard]] Result<EventBatch> begin_batch();

    Connection& connection_;
    LogTable log_;
    std::array<Statement, 2> by_stream_;  // forward, backward; so the others
    std::array<Statement, 2> by_position_;
    std::array<Statement, 2> by_correlation_;
    Statement by_id_;
};

}  // namespace tally::sqlite
