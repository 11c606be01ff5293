#pragma once

#include <optional>
#include <string>

#include "tally/flow/projection_runner.hpp"

namespace tally {

/// One document of a read model's live generation; empty if there is none.
[[nodiscard]] Task<Result<std::optional<Document>>> read_view(Store& store, const ProjectionRunner& runner,
                                                              std::string key);

/// A page of a read model's live generation. `query.collection` is not looked at; `query.after` and `next` hold across
/// a swap of generations. Errors: invalid (a cursor of another query), those of Store::find.
[[nodiscard]] Task<Result<DocumentPage>> find_views(Store& store, const ProjectionRunner& runner, DocumentQuery query);

}  // namespace tally
