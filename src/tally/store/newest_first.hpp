#pragma once

#include <optional>
#include <string>

#include "tally/store/index_key.hpp"
#include "tally/store/types.hpp"

namespace tally {

/// Documents in the order of an index whose values are the parts of `prefix`, then a time: those of the prefix with
/// times in [from, to), the newest first.
[[nodiscard]] DocumentQuery newest_first(std::string index, const IndexKey& prefix, std::optional<Timestamp> from,
                                         std::optional<Timestamp> to);

}  // namespace tally
