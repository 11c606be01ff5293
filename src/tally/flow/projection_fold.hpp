#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tally/flow/projection.hpp"
#include "tally/store/store.hpp"

namespace tally {

/// What a batch of events makes of the documents of a collection.
struct Folded {
    std::vector<DocumentWrite> documents;  ///< final content of each one touched, in key order
    std::size_t events = 0;                ///< so many from the start of the batch are in it
    std::size_t applied = 0;               ///< those of them that the projection knows
    std::optional<Error> stopped;          ///< why the event after them is not
};

/// Folds the events that follow `after` into the documents as they are stored; writes nothing. An event that cannot be
/// decoded or applied, or is missing, ends the fold before it. Errors: those of Store::get. Lifetime: awaited in the
/// statement that calls it.
[[nodiscard]] Task<Result<Folded>> fold_events(Store& store, const Projection& projection,
                                               const std::string& collection, Position after,
                                               std::span<const RecordedEvent> events);

}  // namespace tally
