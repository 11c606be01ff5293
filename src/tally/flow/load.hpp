#pragma once

#include "tally/flow/aggregate.hpp"
#include "tally/flow/stream_fold.hpp"
#include "tally/store/store.hpp"

namespace tally {

/// How far to fold: up to a version, or up to what was recorded at a time; neither: all of it.
struct LoadUntil {
    std::optional<Version> version;
    std::optional<Timestamp> time;
};

/// An aggregate's state, now or as it was; for reading, not for deciding (see Session::load).
template <Aggregate A>
[[nodiscard]] Task<Result<Loaded<A>>> load_aggregate(Store& store, typename A::Key key, LoadUntil until = {}) {
    Loaded<A> loaded;
    if (!until.version && !until.time) {
        auto folded = co_await fold_stream<A>(store, stream_of<A>(key));
        if (!folded) co_return std::unexpected(std::move(folded.error()));
        co_return Loaded<A>{std::move(folded->state), folded->version};
    }
    for (;;) {
        auto batch = co_await store.read(StreamRead{.stream = stream_of<A>(key),
                                                    .from = loaded.version + 1,
                                                    .until = until.version,
                                                    .until_time = until.time,
                                                    .limit = 1'000,
                                                    .backward = false});
        if (!batch) co_return std::unexpected(std::move(batch.error()));
        for (const RecordedEvent& event : *batch) {
            if (auto applied = apply_recorded(loaded.state, event); !applied)
                co_return std::unexpected(std::move(applied.error()));
            loaded.version = event.version;
        }
        if (batch->size() < 1'000) co_return loaded;
    }
}

}  // namespace tally
