#pragma once

#include <string>

#include "tally/base/siv.hpp"

namespace tally {

/// The key that wraps all keys of a ring: the 64 bytes of a file that only its owner, or its group, may read. Errors:
/// not_found; invalid (it is not 64 bytes long, or others may read it), io.
[[nodiscard]] Result<SivKey> read_master_key(const std::string& file);
/// Errors: io, disk_full.
[[nodiscard]] Result<SivKey> make_master_key(const std::string& file, Random& random);

}  // namespace tally
