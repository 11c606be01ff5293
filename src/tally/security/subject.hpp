#pragma once

#include <string_view>

#include "tally/base/error.hpp"

namespace tally {

/// Errors: invalid (no id; the text does not repeat it, for it may be what must not be logged).
[[nodiscard]] Result<void> check_subject(std::string_view subject);
/// What a ring says of a subject that it never had a key of.
[[nodiscard]] std::unexpected<Error> unknown_subject(std::string_view subject);

}  // namespace tally
