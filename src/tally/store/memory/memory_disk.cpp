#include "tally/store/memory/memory_disk.hpp"

namespace tally {

std::shared_ptr<MemoryDisk> create_memory_disk(Random& random) {
    Uuid incarnation;
    random.fill(incarnation.bytes);
    incarnation.bytes[6] = static_cast<std::uint8_t>((incarnation.bytes[6] & 0x0F) | 0x40);  // version 4
    incarnation.bytes[8] = static_cast<std::uint8_t>((incarnation.bytes[8] & 0x3F) | 0x80);
    return std::make_shared<MemoryDisk>(incarnation);
}

std::uint64_t MemoryDisk::take_over(int shards) {
    if (shard_heads_.empty()) shard_heads_.resize(static_cast<std::size_t>(shards));
    return ++owner_;
}

Heads MemoryDisk::heads(const Touched& touched) const {
    Heads heads;
    for (const EventId& id : touched.events)
        if (const auto known = ids_.find(id); known != ids_.end()) {
            const StoredEvent& event = events_[known->second - 1];
            heads.events.emplace(id, Heads::Known{event.position, event.version, event.digest});
        }
    for (const std::string& stream : touched.streams)
        if (const auto known = streams_.find(stream); known != streams_.end())
            heads.streams.emplace(stream, known->second.size());
    for (const DocumentKey& key : touched.documents)
        if (const auto known = documents_.find(key); known != documents_.end())
            heads.documents.emplace(key, known->second.revision);
    heads.head = head();
    heads.revision = revision_;
    heads.shard_heads = shard_heads_;
    return heads;
}

std::size_t MemoryDisk::write(const Plan& plan, Timestamp recorded_at) {
    std::size_t rows = plan.events.size();
    for (const PlannedEvent& planned : plan.events) add_event(planned, recorded_at);
    for (const PlannedDocument& planned : plan.documents) rows += write_document(planned);
    revision_ = plan.after.revision;
    shard_heads_ = plan.after.shard_heads;
    return rows;
}

void MemoryDisk::add_event(const PlannedEvent& planned, Timestamp recorded_at) {
    const StoredEvent& event =
        events_.emplace_back(StoredEvent{*planned.event, *planned.stream, planned.version, planned.position,
                                         planned.shard, planned.previous, recorded_at, planned.digest});
    streams_[event.stream].push_back(event.position);
    correlations_[event.event.envelope.correlation].push_back(event.position);
    ids_.emplace(event.event.envelope.id, event.position);
}

std::size_t MemoryDisk::write_document(const PlannedDocument& planned) {
    std::size_t rows = 1;
    const DocumentKey& key = *planned.key;
    if (const auto before = documents_.find(key); before != documents_.end()) {
        rows += erase_places(key, before->second.put);
        documents_.erase(before);
    }
    if (planned.put != nullptr) {
        documents_.emplace(key, StoredDocument{planned.revision, *planned.put});
        rows += add_places(key, *planned.put);
    }
    return rows;
}

std::size_t MemoryDisk::erase_places(const DocumentKey& key, const Put& put) {
    places_.erase({key.collection, "", key.key, key.key});
    for (const IndexEntry& entry : put.indexes) places_.erase({key.collection, entry.index, entry.value, key.key});
    if (put.expires_at) expiries_.erase({*put.expires_at, key});
    return put.indexes.size();
}

std::size_t MemoryDisk::add_places(const DocumentKey& key, const Put& put) {
    places_.insert({key.collection, "", key.key, key.key});
    for (const IndexEntry& entry : put.indexes) places_.insert({key.collection, entry.index, entry.value, key.key});
    if (put.expires_at) expiries_.emplace(*put.expires_at, key);
    return put.indexes.size();
}

}  // namespace tally
