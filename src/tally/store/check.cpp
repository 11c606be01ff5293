#include <algorithm>

#include <fmt/format.h>

#include "tally/store/planner.hpp"

namespace tally {
namespace {

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

Result<void> check_size(std::string_view what, std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return {};
    return fail(ErrorCode::too_large, fmt::format("the {} has {} bytes; the limit is {}", what, text.size(), limit));
}

Result<void> check_name(std::string_view what, std::string_view name) {
    if (name.empty()) return fail(ErrorCode::invalid, fmt::format("the {} is empty", what));
    if (has_nul(name)) return fail(ErrorCode::invalid, fmt::format("the {} contains NUL", what));
    return check_size(what, name, max_name_bytes);
}

template <class T, class Text>
Result<void> check_unique(std::vector<T> all, std::string_view what, Text text) {
    std::ranges::sort(all);
    const auto twin = std::ranges::adjacent_find(all);
    if (twin == all.end()) return {};
    return fail(ErrorCode::invalid, fmt::format("{} {} stands twice in one commit", what, text(*twin)));
}

Result<void> check_event(const NewEvent& event) {
    const Envelope& envelope = event.envelope;
    if (auto good = check_name("event type", envelope.type); !good) return good;
    for (const std::string& text : {std::cref(envelope.correlation), std::cref(envelope.actor), std::cref(envelope.key),
                                    std::cref(envelope.traceparent), std::cref(envelope.subject)})
        if (has_nul(text)) return fail(ErrorCode::invalid, "a text of the envelope contains NUL");
    if (auto good = check_size("correlation id", envelope.correlation, max_name_bytes); !good) return good;
    return check_size("event's data", event.data, max_event_bytes);
}

Result<void> check_appends(const Changes& changes) {
    std::vector<EventId> ids;
    for (const Append& append : changes.appends) {
        if (auto good = check_name("stream name", append.stream); !good) return good;
        for (const NewEvent& event : append.events) {
            if (auto good = check_event(event); !good) return good;
            ids.push_back(event.envelope.id);
        }
    }
    if (changes.derived && !ids.empty()) return fail(ErrorCode::invalid, "a derived commit has no events");
    return check_unique(std::move(ids), "event", [](const EventId& id) { return id.text(); });
}

Result<void> check_put(const Put& put) {
    std::vector<IndexEntry> entries;
    for (const IndexEntry& entry : put.indexes) {
        if (auto good = check_name("index name", entry.index); !good) return good;
        if (auto good = check_size("index value", entry.value, max_index_value_bytes); !good) return good;
        if (put.indexes.size() > 1) entries.push_back(entry);
    }
    return check_unique(std::move(entries), "index entry", [](const IndexEntry& entry) { return entry.index; });
}

}  // namespace

Result<void> check(const Changes& changes) {
    if (auto good = check_appends(changes); !good) return good;
    std::vector<const DocumentKey*> keys;
    for (const DocumentWrite& write : changes.documents) {
        if (auto good = check_name("collection name", write.key.collection); !good) return good;
        if (auto good = check_name("document key", write.key.key); !good) return good;
        if (const Put* put = std::get_if<Put>(&write.write))
            if (auto good = check_put(*put); !good) return good;
        keys.push_back(&write.key);
    }
    std::ranges::sort(keys, {}, [](const DocumentKey* key) -> const DocumentKey& { return *key; });
    const auto twin =
        std::ranges::adjacent_find(keys, {}, [](const DocumentKey* key) -> const DocumentKey& { return *key; });
    if (twin == keys.end()) return {};
    return fail(ErrorCode::invalid,
                fmt::format("document {}/{} stands twice in one commit", (*twin)->collection, (*twin)->key));
}

Touched touched(std::span<const Changes> batch) {
    Touched all;
    for (const Changes& changes : batch) {
        for (const Append& append : changes.appends) {
            all.streams.push_back(append.stream);
            for (const NewEvent& event : append.events) all.events.push_back(event.envelope.id);
        }
        for (const DocumentWrite& write : changes.documents) all.documents.push_back(write.key);
    }
    const auto once = [](auto& items) {
        std::ranges::sort(items);
        const auto rest = std::ranges::unique(items);
        items.erase(rest.begin(), rest.end());
    };
    once(all.events);
    once(all.streams);
    once(all.documents);
    return all;
}

}  // namespace tally
