#include "tally/store/sqlite/head_cache.hpp"

namespace tally::sqlite {
namespace {

/// Some 10 MiB; one more and the cache starts anew, which costs a look-up a stream.
constexpr std::size_t most_streams = 65'536;

}  // namespace

// The data version changes exactly when another connection has changed the file.
HeadCache::HeadCache(Connection& connection) : log_(connection), data_version_(connection, "PRAGMA data_version") {}

void HeadCache::forget() {
    row_.reset();
    streams_.clear();
}

Result<void> HeadCache::refresh() {
    std::int64_t version = 0;
    const auto take = [&version](Row& row) -> Result<void> {
        version = row.number();
        return {};
    };
    if (auto done = data_version_.each(take); !done) return done;
    if (version != std::exchange(seen_version_, version)) forget();
    if (row_) return {};
    auto row = log_.load();
    if (!row) return std::unexpected(std::move(row.error()));
    row_ = std::move(*row);
    return {};
}

Result<LoadedHeads> HeadCache::load(const Touched& touched, EventTables& events, DocumentTable& documents) {
    if (auto fresh = refresh(); !fresh) return std::unexpected(std::move(fresh.error()));
    LoadedHeads loaded;
    loaded.heads.head = row_->head;
    loaded.heads.revision = row_->revision;
    loaded.heads.shard_heads = row_->shard_heads;

    for (const EventId& id : touched.events) {
        auto known = events.find(id);
        if (!known) return std::unexpected(std::move(known.error()));
        if (*known) loaded.heads.events.emplace(id, **known);
    }
    for (const std::string& stream : touched.streams) {
        StreamHead head;
        if (const auto cached = streams_.find(stream); cached != streams_.end()) {
            head = cached->second;
        } else {
            auto stored = events.head_of(stream);
            if (!stored) return std::unexpected(std::move(stored.error()));
            head = *stored;
        }
        if (head.id == 0) continue;
        loaded.heads.streams.emplace(stream, head.version);
        loaded.streams.emplace(stream, head.id);
    }
    for (const DocumentKey& key : touched.documents) {
        auto stored = documents.find(key);
        if (!stored) return std::unexpected(std::move(stored.error()));
        if (!*stored) continue;
        loaded.heads.documents.emplace(key, (*stored)->revision);
        loaded.documents.emplace(key, std::move(**stored));
    }
    return loaded;
}

void HeadCache::keep(const Heads& after, const std::unordered_map<std::string, std::int64_t>& streams) {
    row_->head = after.head;
    row_->revision = after.revision;
    row_->shard_heads = after.shard_heads;
    if (streams_.size() + streams.size() > most_streams) streams_.clear();
    for (const auto& [stream, id] : streams)
        streams_.insert_or_assign(stream, StreamHead{id, after.streams.at(stream)});
}

}  // namespace tally::sqlite
