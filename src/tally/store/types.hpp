#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tally/event/envelope.hpp"
#include "tally/event/event_type.hpp"
#include "tally/event/recorded_event.hpp"

namespace tally {

/// State of a document: rises with every write anywhere in the store, so it never repeats, not even after a removal.
using Revision = std::uint64_t;

/// What a stream must look like for an append to be accepted.
struct ExpectedVersion {
    enum class Kind : std::uint8_t { any, none, exists, exactly };
    Kind kind = Kind::any;
    Version version = 0;  ///< for `exactly`

    static ExpectedVersion any() { return {}; }
    static ExpectedVersion none() { return {Kind::none, 0}; }
    static ExpectedVersion exists() { return {Kind::exists, 0}; }
    static ExpectedVersion exactly(Version v) { return v == 0 ? none() : ExpectedVersion{Kind::exactly, v}; }
    [[nodiscard]] bool holds(Version actual) const noexcept;
    friend bool operator==(const ExpectedVersion&, const ExpectedVersion&) = default;
};

struct NewEvent {
    Envelope envelope{};
    std::string data{};
    Visibility visibility = Visibility::published;
};

/// Events for one stream; without events it is a condition on a stream that is not written.
struct Append {
    std::string stream{};
    ExpectedVersion expected{};
    std::vector<NewEvent> events{};
};

struct DocumentKey {
    std::string collection{};  ///< `tally.*` is reserved for the platform
    std::string key{};
    friend auto operator<=>(const DocumentKey&, const DocumentKey&) = default;
};

/// An entry of a declared index: order-preserving bytes, see index_key.hpp.
struct IndexEntry {
    std::string index{};
    std::string value{};
    friend auto operator<=>(const IndexEntry&, const IndexEntry&) = default;
};

/// What a document must look like for a write, or a check, to be accepted.
struct ExpectedDocument {
    enum class Kind : std::uint8_t { any, absent, revision_is };
    Kind kind = Kind::any;
    Revision revision = 0;  ///< for `revision_is`

    static ExpectedDocument any() { return {}; }
    static ExpectedDocument absent() { return {Kind::absent, 0}; }
    static ExpectedDocument revision_is(Revision r) { return {Kind::revision_is, r}; }
    /// `actual` is 0 for a document that does not exist.
    [[nodiscard]] bool holds(Revision actual) const noexcept;
    friend bool operator==(const ExpectedDocument&, const ExpectedDocument&) = default;
};

struct Put {
    std::string body{};
    std::vector<IndexEntry> indexes{};
    std::optional<Timestamp> expires_at{};  ///< from then on the sweeper may remove it; until removed it counts
};
struct Remove {};
struct Check {};  ///< only the expectation: a condition on a document that is not written

struct DocumentWrite {
    DocumentKey key{};
    ExpectedDocument expected{};
    std::variant<Put, Remove, Check> write{};
};

/// All that one cause brings about: it lands whole or not at all.
struct Changes {
    std::vector<Append> appends{};
    std::vector<DocumentWrite> documents{};
    bool derived = false;  ///< can be computed again: no events, and it waits for no disk
};

/// A commit that happened.
struct Committed {
    struct Event {
        EventId id;
        Version version = 0;
        Position position = 0;
        friend bool operator==(const Event&, const Event&) = default;
    };
    bool replayed = false;            ///< it had happened before: these are the positions of then, nothing was written
    std::vector<Event> events;        ///< in the order of the appends
    std::vector<Revision> revisions;  ///< of each document write in order; 0 for Remove, Check and a replayed commit
};

/// A commit that did not happen since an expectation did not hold.
struct Conflict {
    enum class On : std::uint8_t { event_id, stream, document };
    On on = On::stream;
    std::string subject;       ///< the id, the stream, or `collection/key`
    std::uint64_t actual = 0;  ///< version or revision found; for an event id the position that has it

    [[nodiscard]] std::string text() const;
    friend bool operator==(const Conflict&, const Conflict&) = default;
};

/// Refused, or failed: in either case nothing of it was written. Only a store that dies leaves it open.
using CommitFailure = std::variant<Conflict, Error>;
using CommitResult = std::expected<Committed, CommitFailure>;

struct Document {
    DocumentKey key{};
    Revision revision = 0;
    std::string body{};
    std::optional<Timestamp> expires_at{};
};

struct StreamRead {
    std::string stream{};
    Version from = 1;                       ///< backward: to, down to 1 (0: from the last)
    std::optional<Version> until{};         ///< last version wanted
    std::optional<Timestamp> until_time{};  ///< nothing recorded after this
    std::size_t limit = 10'000;
    bool backward = false;
};

struct LogRead {
    Position after = 0;  ///< backward: before this (0: from the last)
    std::size_t limit = 1'000;
    bool backward = false;
    std::optional<CorrelationId> correlation{};  ///< only these, by index
    std::optional<EventId> id{};                 ///< only this one, by index
};

/// Documents of a collection in the order of an index (empty: of their keys), within [lower, upper).
struct DocumentQuery {
    std::string collection{};
    std::string index{};
    std::string lower{};
    std::optional<std::string> upper{};
    bool backward = false;
    std::size_t limit = 50;
    std::string after{};  ///< `next` of the page before; empty: the first page
};

struct DocumentPage {
    std::vector<Document> documents{};
    std::string next{};  ///< opaque; empty: this was the last page
};

/// Counts since the store was opened; `batches` are transactions, `flushes` those that waited for the disk.
struct StoreStatistics {
    std::uint64_t commits = 0;
    std::uint64_t batches = 0;
    std::uint64_t flushes = 0;
    std::uint64_t events = 0;
    std::uint64_t rows = 0;   ///< INSERT, UPDATE and DELETE, one each
    std::size_t waiting = 0;  ///< commits handed over and not yet answered
    Position head = 0;
};

}  // namespace tally
