#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "tally/base/error.hpp"

namespace tally::verify {

// The parts of a JSON text as they stand in it, byte for byte: a digest is of bytes, not of what they mean. Views into
// the text; what is inside the parts is not looked at. Errors: corrupt (no array, or no object).

[[nodiscard]] Result<std::vector<std::string_view>> raw_elements(std::string_view array);
/// By name, as written between the quotes.
[[nodiscard]] Result<std::map<std::string_view, std::string_view>> raw_members(std::string_view object);

}  // namespace tally::verify
