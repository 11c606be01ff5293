#include <algorithm>
#include <iterator>

#include "tally/store/memory/memory_disk.hpp"
#include "tally/store/page_cursor.hpp"

namespace tally {

RecordedEvent MemoryDisk::StoredEvent::view() const {
    const Envelope& envelope = event.envelope;
    RecordedEvent recorded;
    recorded.id = envelope.id;
    recorded.type = envelope.type;
    recorded.schema = envelope.schema;
    recorded.correlation = envelope.correlation;
    recorded.causation = envelope.causation;
    recorded.actor = envelope.actor;
    recorded.key = envelope.key;
    recorded.occurred_at = envelope.occurred_at;
    recorded.expires_at = envelope.expires_at;
    recorded.traceparent = envelope.traceparent;
    recorded.subject = envelope.subject;
    recorded.data = event.data;
    recorded.stream = stream;
    recorded.version = version;
    recorded.position = position;
    recorded.shard = shard;
    recorded.previous = previous;
    recorded.recorded_at = recorded_at;
    recorded.content_digest = digest;
    return recorded;
}

EventBatch MemoryDisk::read(const StreamRead& read) const {
    EventBatch batch;
    batch.head = head();
    batch.scanned_to = head();
    const auto stream = streams_.find(read.stream);
    if (stream == streams_.end()) return batch;
    const Positions& positions = stream->second;

    Version version = read.from;
    if (read.backward && (version == 0 || version > positions.size())) version = positions.size();
    if (!read.backward && version == 0) version = 1;
    for (; version >= 1 && version <= positions.size(); read.backward ? --version : ++version) {
        if (batch.size() == read.limit) break;
        const StoredEvent& event = events_[positions[version - 1] - 1];
        const bool wanted =
            (!read.until || version <= *read.until) && (!read.until_time || event.recorded_at <= *read.until_time);
        if (wanted) batch.add(event.view());
    }
    return batch;
}

EventBatch MemoryDisk::read(const LogRead& read) const {
    if (read.id) {
        const auto known = ids_.find(*read.id);
        const bool wanted =
            known != ids_.end() &&
            (!read.correlation || events_[known->second - 1].event.envelope.correlation == *read.correlation);
        return read_matching(read, wanted ? Positions{known->second} : Positions{});
    }
    if (read.correlation) {
        const auto known = correlations_.find(*read.correlation);
        return read_matching(read, known == correlations_.end() ? Positions{} : known->second);
    }
    // The whole log matches: of its positions only those that can be returned.
    Positions all;
    const Position last = read.backward && read.after != 0 ? std::min(read.after - 1, head()) : head();
    Position from = read.backward ? (last > read.limit ? last - read.limit : 0) : std::min(read.after, last);
    for (++from; from <= last && all.size() <= read.limit; ++from) all.push_back(from);
    return read_matching(read, all);
}

EventBatch MemoryDisk::read_matching(const LogRead& read, const Positions& matching) const {
    EventBatch batch;
    batch.head = head();
    const auto add = [&](Position position) { batch.add(events_[position - 1].view()); };
    if (read.backward) {
        auto next = read.after == 0 ? matching.end() : std::ranges::lower_bound(matching, read.after);
        while (next != matching.begin() && batch.size() < read.limit) add(*--next);
        batch.scanned_to = batch.size() < read.limit ? 1 : batch.events().back().position;
    } else {
        auto next = std::ranges::upper_bound(matching, read.after);
        for (; next != matching.end() && batch.size() < read.limit; ++next) add(*next);
        batch.scanned_to = batch.size() < read.limit ? std::max(read.after, head()) : batch.events().back().position;
    }
    return batch;
}

Document MemoryDisk::document(const Places::value_type& place) const {
    const auto found = documents_.find({place.collection, place.key});
    return {found->first, found->second.revision, found->second.put.body, found->second.put.expires_at};
}

std::vector<Document> MemoryDisk::get(const std::vector<DocumentKey>& keys) const {
    std::vector<Document> found;
    for (const DocumentKey& key : keys)
        if (documents_.contains(key)) found.push_back(document({key.collection, "", key.key, key.key}));
    return found;
}

std::vector<Document> MemoryDisk::expired(Timestamp now, std::size_t limit) const {
    std::vector<Document> found;
    for (const auto& [at, key] : expiries_) {
        if (at > now || found.size() == limit) break;
        found.push_back(document({key.collection, "", key.key, key.key}));
    }
    return found;
}

MemoryDisk::Places::const_iterator MemoryDisk::first_place(const DocumentQuery& query, const Place* after) const {
    return after != nullptr ? places_.upper_bound(*after)
                            : places_.lower_bound({query.collection, query.index, query.lower, ""});
}

MemoryDisk::Places::const_iterator MemoryDisk::last_place(const DocumentQuery& query, const Place* after) const {
    if (after != nullptr) return places_.lower_bound(*after);
    if (query.upper) return places_.lower_bound({query.collection, query.index, *query.upper, ""});
    return places_.lower_bound({query.collection, query.index + '\0', "", ""});
}

Result<DocumentPage> MemoryDisk::find(const DocumentQuery& query) const {
    std::optional<Place> after;
    if (!query.after.empty()) {
        auto cursor = parse_cursor(query);
        if (!cursor) return std::unexpected(std::move(cursor.error()));
        after = Place{query.collection, query.index, std::move(cursor->value), std::move(cursor->key)};
    }
    const auto wanted = [&](const Place& place) {
        return place.collection == query.collection && place.index == query.index && place.value >= query.lower &&
               (!query.upper || place.value < *query.upper);
    };
    DocumentPage page;
    const Place* last = nullptr;
    const auto take = [&](const Place& place) {
        if (!wanted(place)) return false;
        if (page.documents.size() == query.limit) {
            page.next = cursor_text(query, {last->value, last->key});
            return false;
        }
        page.documents.push_back(document(place));
        last = &place;
        return true;
    };
    const Place* from = after ? &*after : nullptr;
    if (query.backward) {
        for (auto end = last_place(query, from); end != places_.begin() && take(*std::prev(end)); --end) {
        }
    } else {
        for (auto next = first_place(query, from); next != places_.end() && take(*next); ++next) {
        }
    }
    return page;
}

}  // namespace tally
