#pragma once

#include <string>
#include <vector>

namespace tally::testing {

/// A text that breaks careless code.
struct HostileText {
    std::string name;  ///< an identifier, for parameterised tests
    std::string text;
    bool clean = true;  ///< UTF-8 without NUL: it may enter, and must come back byte for byte; others are refused
};
[[nodiscard]] const std::vector<HostileText>& hostile_texts();

/// A string as it stands in JSON, quotes included: a string literal that a strict reader accepts, or refuses.
struct HostileLiteral {
    std::string name;
    std::string json;
    bool accepted = true;
};
[[nodiscard]] const std::vector<HostileLiteral>& hostile_literals();

}  // namespace tally::testing
