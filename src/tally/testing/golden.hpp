#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tally/event/event_registry.hpp"

namespace tally::testing {

/// Compares event types with the golden corpus: what was ever stored stays readable, and no shape changes unseen.
///
/// `<Type>.v<N>.json` of every version up to the current one has stored data, a JSON document a line: each must decode
/// today, and those of the current version must be what this binary writes, byte for byte.
/// `<Type>.v<N>.schema.json` of the current version is its shape as JSON Schema. One that is missing is written, and
/// is a fault once, so that somebody looks at it.
[[nodiscard]] std::vector<std::string> golden_faults(const std::filesystem::path& folder,
                                                     const std::vector<EventDescription>& events);

/// Fails the running test for each fault.
void check_golden(const std::filesystem::path& folder, const std::vector<EventDescription>& events);

}  // namespace tally::testing
