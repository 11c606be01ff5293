#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "tally/store/memory/memory_store.hpp"
#include "tally/store/planner.hpp"

namespace tally {

/// Events, documents and their indexes as plain containers. Nothing suspends here: a call is one moment.
class MemoryDisk {
public:
    explicit MemoryDisk(Uuid incarnation) : incarnation_(incarnation) {}

    /// A store begins to use the disk, and whoever used it before is fenced off: the first decides the shards. Returns
    /// what the store shows as `owner` when it writes.
    [[nodiscard]] std::uint64_t take_over(int shards);
    [[nodiscard]] std::uint64_t owner() const noexcept { return owner_; }

    [[nodiscard]] Heads heads(const Touched& touched) const;
    /// Returns the number of rows that it took.
    std::size_t write(const Plan& plan, Timestamp recorded_at);

    [[nodiscard]] EventBatch read(const StreamRead& read) const;
    [[nodiscard]] EventBatch read(const LogRead& read) const;
    [[nodiscard]] std::vector<Document> get(const std::vector<DocumentKey>& keys) const;
    [[nodiscard]] Result<DocumentPage> find(const DocumentQuery& query) const;
    [[nodiscard]] std::vector<Document> expired(Timestamp now, std::size_t limit) const;

    [[nodiscard]] Position head() const noexcept { return events_.size(); }
    [[nodiscard]] int shards() const noexcept { return static_cast<int>(shard_heads_.size()); }
    [[nodiscard]] const Uuid& incarnation() const noexcept { return incarnation_; }

private:
    struct StoredEvent {
        NewEvent event;
        std::string stream;
        Version version;
        Position position;
        int shard;
        Position previous;
        Timestamp recorded_at;
        Digest digest;

        [[nodiscard]] RecordedEvent view() const;
    };
    struct StoredDocument {
        Revision revision;
        Put put;
    };
    /// Where a document stands in an order; the order of the keys is the index without a name.
    struct Place {
        std::string collection;
        std::string index;
        std::string value;
        std::string key;
        friend auto operator<=>(const Place&, const Place&) = default;
    };
    using Positions = std::vector<Position>;
    using Documents = std::map<DocumentKey, StoredDocument>;
    using Places = std::set<Place>;

    void add_event(const PlannedEvent& planned, Timestamp recorded_at);
    std::size_t write_document(const PlannedDocument& planned);
    std::size_t erase_places(const DocumentKey& key, const Put& put);
    std::size_t add_places(const DocumentKey& key, const Put& put);
    [[nodiscard]] EventBatch read_matching(const LogRead& read, const Positions& matching) const;
    [[nodiscard]] Document document(const Places::value_type& place) const;
    [[nodiscard]] Places::const_iterator first_place(const DocumentQuery& query, const Place* after) const;
    [[nodiscard]] Places::const_iterator last_place(const DocumentQuery& query, const Place* after) const;

    Uuid incarnation_;
    std::vector<StoredEvent> events_;  // position 1 first
    std::unordered_map<std::string, Positions> streams_;
    std::unordered_map<std::string, Positions> correlations_;
    std::unordered_map<EventId, Position> ids_;
    std::vector<Position> shard_heads_;
    Documents documents_;
    Places places_;
    std::set<std::pair<Timestamp, DocumentKey>> expiries_;
    Revision revision_ = 0;
    std::uint64_t owner_ = 0;
};

}  // namespace tally
