#include "tally/flow/consumer_progress.hpp"

#include <fmt/format.h>

namespace tally {

DocumentKey shard_progress_key(std::string_view consumer, std::string_view topic, int shard) {
    constexpr int generation = 1;
    return document_key<ShardProgress>(fmt::format("{}/{}/{}/{}", consumer, generation, topic, shard));
}

Task<Result<void>> ConsumerProgress::load(Store& store, std::vector<int> shards) {
    std::vector<DocumentKey> keys;
    keys.reserve(shards.size());
    for (const int shard : shards) keys.push_back(shard_progress_key(consumer_, topic_, shard));
    auto found = co_await store.get(keys);
    if (!found) co_return std::unexpected(std::move(found.error()));
    for (std::size_t i = 0; i < shards.size(); ++i) {
        Shard loaded;
        const auto document = std::ranges::find(*found, keys[i], &Document::key);
        if (document != found->end()) {
            auto progress = decode_document<ShardProgress>(document->key, document->body);
            if (!progress) co_return std::unexpected(std::move(progress.error()));
            loaded = {*progress, document->revision};
        }
        shards_.insert_or_assign(shards[i], loaded);
    }
    co_return Result<void>{};
}

void ConsumerProgress::drop(const std::vector<int>& shards) {
    for (const int shard : shards) shards_.erase(shard);
}

std::map<int, Position> ConsumerProgress::positions() const {
    std::map<int, Position> positions;
    for (const auto& [number, shard] : shards_) positions[number] = shard.progress.position;
    return positions;
}

DocumentWrite ConsumerProgress::write(int shard, const ShardProgress& progress) const {
    const Revision known = shards_.at(shard).revision;
    return {shard_progress_key(consumer_, topic_, shard),
            known == 0 ? ExpectedDocument::absent() : ExpectedDocument::revision_is(known), put_of(progress)};
}

void ConsumerProgress::adopt(int shard, const ShardProgress& progress, Revision revision) {
    shards_.insert_or_assign(shard, Shard{progress, revision});
}

bool ConsumerProgress::is_fenced(const Conflict& conflict) {
    return conflict.on == Conflict::On::document &&
           conflict.subject.starts_with(std::string(collection_of<ShardProgress>) + "/");
}

}  // namespace tally
