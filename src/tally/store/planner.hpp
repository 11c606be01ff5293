#pragma once

#include <map>
#include <span>
#include <unordered_map>
#include <vector>

#include "tally/base/clock.hpp"
#include "tally/store/types.hpp"

namespace tally {

/// What a batch touches, each once and sorted, so that an engine knows what to load.
struct Touched {
    std::vector<EventId> events;
    std::vector<std::string> streams;
    std::vector<DocumentKey> documents;
};
[[nodiscard]] Touched touched(std::span<const Changes> batch);

/// What the database says of everything touched, before the batch.
struct Heads {
    struct Known {
        Position position = 0;
        Version version = 0;
        Digest digest{};
    };
    std::unordered_map<EventId, Known> events;         ///< absent: not stored
    std::unordered_map<std::string, Version> streams;  ///< absent: 0
    std::map<DocumentKey, Revision> documents;         ///< absent: 0

    Position head = 0;
    Revision revision = 0;              ///< the highest given so far
    std::vector<Position> shard_heads;  ///< last position of each shard; its size is the number of shards, at least 1
};

/// A row to insert; it refers to the planned batch, which must outlive it.
struct PlannedEvent {
    const NewEvent* event = nullptr;
    const std::string* stream = nullptr;
    Version version = 0;
    Position position = 0;
    int shard = RecordedEvent::no_shard;
    Position previous = 0;
    Digest digest{};
};
/// The final state of a document after the batch: one row whatever happened in between.
struct PlannedDocument {
    const DocumentKey* key = nullptr;
    const Put* put = nullptr;  ///< null: remove
    Revision revision = 0;     ///< 0: remove
    bool existed = false;      ///< before the batch
};
struct Plan {
    std::vector<PlannedEvent> events;
    std::vector<PlannedDocument> documents;  ///< none for what came and went within the batch
    std::vector<CommitResult> outcomes;      ///< of each entry of the batch
    bool flush = false;                      ///< false if everything accepted is derived
    Heads after;                             ///< heads as they are once the plan is written
};

/// Decides a batch, entry by entry in order, each seeing the accepted ones before it; writes nothing. Pure: equal
/// input, equal plan. All engines use it, so they cannot differ in meaning. Each entry has passed `check`.
///
/// Revisions go on from `heads.revision`, one for each accepted Put; a removal takes none. So an engine keeps the
/// highest revision that it has given, for the documents that bore it may be gone.
[[nodiscard]] Plan plan(std::span<const Changes> batch, Heads heads);

/// The shard of a partition key: the first 8 bytes of SHA-256(key), big end first, mod `shards`.
[[nodiscard]] int shard_of(std::string_view key, int shards);

/// What no engine accepts. Invalid: an empty name, NUL in a name or in a text of an envelope, one event id, document or
/// index entry twice, derived with events. Too large: what is over these limits, which leave room for a row of the
/// narrowest engine's index (2,704 bytes in PostgreSQL).
inline constexpr std::size_t max_event_bytes = 512 * 1024;  ///< of an event's data
inline constexpr std::size_t max_name_bytes = 512;  ///< of a stream, collection, key, index, event type, correlation id
inline constexpr std::size_t max_index_value_bytes = 1'024;
[[nodiscard]] Result<void> check(const Changes& changes);

}  // namespace tally
