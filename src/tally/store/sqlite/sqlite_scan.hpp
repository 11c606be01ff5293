#pragma once

#include <string>

#include "tally/store/store_scan.hpp"

namespace tally {

/// Hands over everything that a store's file holds, at one moment, without the engine and without writing to it. Rows
/// that make no sense are told, not skipped; so is what SQLite itself finds wrong with the file. Blocks.
///
/// Errors: corrupt (it ends here: the file is no store, or its pages are damaged), io, unavailable.
[[nodiscard]] Result<void> scan_sqlite_store(const std::string& file, StoreScan& scan);

}  // namespace tally
