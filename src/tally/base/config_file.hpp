#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tally/base/config.hpp"

namespace tally {

/// A value of a TOML file, with its tables flattened into a dotted key.
struct FileEntry {
    std::string key;
    std::string text;
    std::string origin;  ///< `file:line`
};

/// What the file says. A file that cannot be read, bad TOML, and values of a type that does not suit the setting become
/// `problems`; a key that `kind_of` does not know is returned as it is.
[[nodiscard]] std::vector<FileEntry> read_config_file(
    const std::string& file, const std::function<std::optional<Setting::Kind>(std::string_view key)>& kind_of,
    std::vector<std::string>& problems);

/// `text` as a TOML string.
[[nodiscard]] std::string toml_string(const std::string& text);

}  // namespace tally
