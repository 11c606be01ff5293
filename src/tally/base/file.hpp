#pragma once

#include <string>
#include <string_view>

#include "tally/base/error.hpp"

namespace tally {

/// All bytes of a small file. Blocks. Errors: not_found, io.
[[nodiscard]] Result<std::string> read_file(const std::string& path);

/// Gives the file this content, so that whenever the machine stops it has either the old or the new one, whole: it is
/// written beside it, flushed and renamed. `mode` is that of a file for its owner (0600) or for everybody (0644).
/// Blocks. Errors: io, disk_full.
[[nodiscard]] Result<void> write_file(const std::string& path, std::string_view content, unsigned mode);
/// The same by way of `draft`, of the same file system: for folders whose readers take every file for a whole one.
[[nodiscard]] Result<void> write_file_by(const std::string& draft, const std::string& path, std::string_view content,
                                         unsigned mode);

}  // namespace tally
