#pragma once

#include <optional>
#include <string>

#include <boost/describe.hpp>
#include <boost/json/serialize.hpp>

#include "tally/flow/aggregate.hpp"
#include "tally/flow/document_type.hpp"
#include "tally/store/store.hpp"

namespace tally {

/// An aggregate whose state can be stored: describing it (BOOST_DESCRIBE_STRUCT) is what asks for snapshots.
template <class A>
concept SnapshotAggregate = Aggregate<A> && boost::describe::has_describe_members<A>::value;

/// A fold of more events than this is worth a snapshot.
inline constexpr std::size_t snapshot_after_events = 100;

/// The document `tally.snapshots/<stream>`: a fold as of a version. A cache: one with another schema, or ahead of its
/// stream, is ignored.
template <class A>
struct Snapshot {
    Version version = 0;
    std::string schema;  ///< see snapshot_schema
    A state;
    BOOST_DESCRIBE_CLASS(Snapshot, (), (version, schema, state), (), ())
};
[[nodiscard]] DocumentKey snapshot_key(std::string stream);

/// SHA-256 of the state's JSON Schema and of the versions of the events that it is folded from.
template <SnapshotAggregate A>
[[nodiscard]] const std::string& snapshot_schema() {
    static const std::string hash = [] {
        Sha256 digest;
        boost::json::object definitions;
        digest.field(boost::json::serialize(json_schema<A>(definitions, "#/")));
        digest.field(boost::json::serialize(definitions));
        for (const EventDescription& event : A::Events::describe())
            digest.field(event.type.name).field(static_cast<std::uint64_t>(event.type.schema));
        return to_hex(digest.finish());
    }();
    return hash;
}

/// A stream folded up to its last version.
template <class A>
struct Folded {
    A state{};
    Version version = 0;
    std::size_t events = 0;  ///< read for it, beyond the snapshot
};

namespace detail {

inline constexpr std::size_t fold_page = 10'000;

/// Folds `page` and what follows it into `folded`; a page shorter than `limit` is the last.
template <Aggregate A>
Task<Result<void>> fold_pages(Store& store, const std::string& stream, EventBatch page, std::size_t limit,
                              Folded<A>& folded) {
    for (;;) {
        for (const RecordedEvent& event : page) {
            if (event.version <= folded.version) continue;
            if (auto applied = apply_recorded(folded.state, event); !applied) co_return applied;
            folded.version = event.version;
            ++folded.events;
        }
        if (page.size() < limit) co_return Result<void>{};
        limit = fold_page;
        auto next = co_await store.read(StreamRead{.stream = stream, .from = folded.version + 1, .limit = limit});
        if (!next) co_return std::unexpected(std::move(next.error()));
        page = std::move(*next);
    }
}

template <SnapshotAggregate A>
Task<Result<std::optional<Snapshot<A>>>> read_snapshot(Store& store, const std::string& stream) {
    auto found = co_await store.get({snapshot_key(stream)});
    if (!found) co_return std::unexpected(std::move(found.error()));
    if (found->empty()) co_return std::nullopt;
    auto snapshot = decode<Snapshot<A>>(found->front().body, UnknownFields::ignored, JsonLimits::own_events());
    if (!snapshot || snapshot->schema != snapshot_schema<A>()) co_return std::nullopt;
    co_return std::move(*snapshot);
}

/// Folds from the snapshot on. False where there is none to use.
template <SnapshotAggregate A>
Task<Result<bool>> fold_from_snapshot(Store& store, const std::string& stream, Folded<A>& folded) {
    auto snapshot = co_await read_snapshot<A>(store, stream);
    if (!snapshot) co_return std::unexpected(std::move(snapshot.error()));
    if (!*snapshot) co_return false;
    // The snapshot's own event is read too: it proves that the stream reaches so far.
    const Version from = (*snapshot)->version;
    auto tail = co_await store.read(StreamRead{.stream = stream, .from = from, .limit = fold_page});
    if (!tail) co_return std::unexpected(std::move(tail.error()));
    if (tail->empty() || tail->begin()->version != from) co_return false;
    folded.state = std::move((*snapshot)->state);
    folded.version = from;
    auto done = co_await fold_pages(store, stream, std::move(*tail), fold_page, folded);
    if (!done) co_return std::unexpected(std::move(done.error()));
    co_return true;
}

}  // namespace detail

/// Reads and folds a stream, from its snapshot where that saves reading. Errors: those of Store::read and
/// apply_recorded.
template <Aggregate A>
[[nodiscard]] Task<Result<Folded<A>>> fold_stream(Store& store, std::string stream) {
    Folded<A> folded;
    // Most streams are short: only one that fills this page is worth looking for a snapshot.
    constexpr std::size_t limit = snapshot_after_events + 1;
    auto page = co_await store.read(StreamRead{.stream = stream, .limit = limit});
    if (!page) co_return std::unexpected(std::move(page.error()));
    if constexpr (SnapshotAggregate<A>) {
        if (page->size() == limit) {
            auto used = co_await detail::fold_from_snapshot(store, stream, folded);
            if (!used) co_return std::unexpected(std::move(used.error()));
            if (*used) co_return folded;
        }
    }
    auto done = co_await detail::fold_pages(store, stream, std::move(*page), limit, folded);
    if (!done) co_return std::unexpected(std::move(done.error()));
    co_return folded;
}

}  // namespace tally
