#pragma once

#include <unordered_map>

#include "tally/store/sqlite/document_table.hpp"
#include "tally/store/sqlite/event_tables.hpp"
#include "tally/store/sqlite/log_row.hpp"

namespace tally::sqlite {

/// All that a batch touches, as it was before the batch.
struct LoadedHeads {
    Heads heads;
    std::unordered_map<std::string, std::int64_t> streams;  ///< row of each stream that exists
    std::map<DocumentKey, StoredDocument> documents;
};

/// The heads as the writing connection last left them, so that a busy stream costs no look-up.
///
/// Within a transaction `load` asks the file whether another connection has written since, and then forgets; whoever
/// rolls back must `forget` as well. So the cache is right whoever writes.
class HeadCache {
public:
    explicit HeadCache(Connection& connection);

    [[nodiscard]] Result<LoadedHeads> load(const Touched& touched, EventTables& events, DocumentTable& documents);
    /// After the commit of a plan: its heads and the rows of its streams.
    void keep(const Heads& after, const std::unordered_map<std::string, std::int64_t>& streams);
    void forget();

private:
    [[nodiscard]] Result<void> refresh();

    LogTable log_;
    Statement data_version_;
    std::optional<LogRow> row_;
    std::int64_t seen_version_ = 0;
    std::unordered_map<std::string, StreamHead> streams_;
};

}  // namespace tally::sqlite
