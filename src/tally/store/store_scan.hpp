#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tally/store/types.hpp"

namespace tally {

/// What a store says of its log as a whole.
struct ScannedLog {
    Uuid incarnation;
    Position head = 0;
    int shards = 0;
    std::optional<Revision> revision{};   ///< the highest given so far; none: the source does not tell
    std::vector<Position> shard_heads{};  ///< last position of each shard; empty: the source does not tell
};

/// Takes a store as it lies there, believing nothing of it: first the log, then the documents by collection and key,
/// then the events by position. What is handed over lives for the call.
class StoreScan {
public:
    virtual ~StoreScan() = default;
    virtual void log(const ScannedLog& log) = 0;
    virtual void document(const Document& document) = 0;
    virtual void event(const RecordedEvent& event) = 0;
    /// An event that cannot be handed over, since its row is not what it must be.
    virtual void unreadable_event(Position position, std::string why) = 0;
    /// The same of anything else: `log`, `documents/stock/85123A`, `file`.
    virtual void unreadable(std::string what, std::string why) = 0;
};

}  // namespace tally
