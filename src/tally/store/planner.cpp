// For each entry of the batch: event ids, streams, documents, in this order; only when all hold, its rows. The heads
// move along, so that the next entry sees what this one does.

#include "tally/store/planner.hpp"

#include <ranges>

namespace tally {
namespace {

class Planning {
public:
    Planning(std::span<const Changes> batch, Heads heads) : batch_(batch) {
        plan_.after = std::move(heads);
        std::size_t events = 0;
        for (const Changes& changes : batch)
            for (const Append& append : changes.appends) events += append.events.size();
        plan_.events.reserve(events);
        plan_.outcomes.reserve(batch.size());
        heads_.events.reserve(heads_.events.size() + events);
    }

    Plan run() {
        for (const Changes& changes : batch_) plan_.outcomes.push_back(decide(changes));
        // What came and went within the batch needs no row.
        std::erase_if(plan_.documents, [](const PlannedDocument& row) { return row.put == nullptr && !row.existed; });
        std::erase_if(heads_.documents, [](const auto& head) { return head.second == 0; });
        return std::move(plan_);
    }

private:
    struct Raised {
        const std::string* stream;
        Version before;
        bool stored;
    };

    CommitResult decide(const Changes& changes) {
        digest(changes);
        if (auto known = decide_ids(changes)) return std::move(*known);
        if (auto conflict = raise_streams(changes)) return refuse(std::move(*conflict));
        if (auto conflict = check_documents(changes)) return refuse(std::move(*conflict));
        return accept(changes);
    }

    void digest(const Changes& changes) {
        digests_.clear();
        for (const Append& append : changes.appends)
            for (const NewEvent& event : append.events)
                digests_.push_back(content_digest(event.envelope.type, event.envelope.schema, event.envelope.key,
                                                  event.envelope.subject, event.data));
    }

    /// Replayed, a conflict on an id, or nothing where no id is known.
    std::optional<CommitResult> decide_ids(const Changes& changes) {
        Committed before{.replayed = true, .events = {}, .revisions = {}};
        const EventId* found = nullptr;
        Position found_at = 0;
        std::size_t next = 0;
        for (const Append& append : changes.appends)
            for (const NewEvent& event : append.events) {
                const EventId& id = event.envelope.id;
                const Digest& content = digests_[next++];
                const auto known = heads_.events.find(id);
                if (known == heads_.events.end()) continue;
                const auto& [position, version, stored] = known->second;
                if (stored != content) return std::unexpected(Conflict{Conflict::On::event_id, id.text(), position});
                if (found == nullptr) {
                    found = &id;
                    found_at = position;
                }
                before.events.push_back({id, version, position});
            }
        if (found == nullptr) return std::nullopt;
        if (before.events.size() < digests_.size())
            return std::unexpected(Conflict{Conflict::On::event_id, found->text(), found_at});
        before.revisions.assign(changes.documents.size(), 0);
        return before;
    }

    std::optional<Conflict> raise_streams(const Changes& changes) {
        raised_.clear();
        for (const Append& append : changes.appends) {
            const auto head = heads_.streams.find(append.stream);
            const bool stored = head != heads_.streams.end();
            const Version actual = stored ? head->second : 0;
            if (!append.expected.holds(actual)) return Conflict{Conflict::On::stream, append.stream, actual};
            raised_.push_back({&append.stream, actual, stored});
            if (append.events.empty()) continue;
            if (stored)
                head->second += append.events.size();
            else
                heads_.streams.emplace(append.stream, append.events.size());
        }
        return std::nullopt;
    }

    std::optional<Conflict> check_documents(const Changes& changes) const {
        for (const DocumentWrite& write : changes.documents) {
            const auto head = heads_.documents.find(write.key);
            const Revision actual = head == heads_.documents.end() ? 0 : head->second;
            if (!write.expected.holds(actual))
                return Conflict{Conflict::On::document, write.key.collection + '/' + write.key.key, actual};
        }
        return std::nullopt;
    }

    CommitResult refuse(Conflict conflict) {
        for (const auto& raised : std::views::reverse(raised_)) {
            if (raised.stored)
                heads_.streams[*raised.stream] = raised.before;
            else
                heads_.streams.erase(*raised.stream);
        }
        return std::unexpected(std::move(conflict));
    }

    CommitResult accept(const Changes& changes) {
        Committed committed;
        committed.events.reserve(digests_.size());
        committed.revisions.reserve(changes.documents.size());
        std::size_t next = 0;
        for (std::size_t i = 0; i < changes.appends.size(); ++i) {
            const Append& append = changes.appends[i];
            Version version = raised_[i].before;
            for (const NewEvent& event : append.events)
                committed.events.push_back(add_event(append.stream, event, ++version, digests_[next++]));
        }
        for (const DocumentWrite& write : changes.documents) committed.revisions.push_back(add_document(write));
        plan_.flush = plan_.flush || !changes.derived;
        return committed;
    }

    Committed::Event add_event(const std::string& stream, const NewEvent& event, Version version,
                               const Digest& content) {
        const Position position = ++heads_.head;
        PlannedEvent row{&event, &stream, version, position, RecordedEvent::no_shard, 0, content};
        if (event.visibility == Visibility::published) {
            row.shard = shard_of(event.envelope.key, static_cast<int>(heads_.shard_heads.size()));
            row.previous = std::exchange(heads_.shard_heads[static_cast<std::size_t>(row.shard)], position);
        }
        plan_.events.push_back(row);
        heads_.events.emplace(event.envelope.id, Heads::Known{position, version, content});
        return {event.envelope.id, version, position};
    }

    Revision add_document(const DocumentWrite& write) {
        if (std::holds_alternative<Check>(write.write)) return 0;
        const Put* put = std::get_if<Put>(&write.write);
        Revision& head = heads_.documents[write.key];
        const auto [row, fresh] = rows_.try_emplace(&head, plan_.documents.size());
        if (fresh) plan_.documents.push_back({&write.key, nullptr, 0, head != 0});
        head = put != nullptr ? ++heads_.revision : 0;
        PlannedDocument& planned = plan_.documents[row->second];
        planned.put = put;
        planned.revision = head;
        return head;
    }

    std::span<const Changes> batch_;
    Plan plan_;
    Heads& heads_ = plan_.after;
    std::unordered_map<const Revision*, std::size_t> rows_;  // by the place of its head, which a std::map never moves
    // Of the entry at hand:
    std::vector<Digest> digests_;
    std::vector<Raised> raised_;
};

}  // namespace

Plan plan(std::span<const Changes> batch, Heads heads) { return Planning(batch, std::move(heads)).run(); }

int shard_of(std::string_view key, int shards) {
    const Digest digest = sha256(key);
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8; ++i) number = number << 8 | digest[i];
    return static_cast<int>(number % static_cast<std::uint64_t>(shards));
}

}  // namespace tally
