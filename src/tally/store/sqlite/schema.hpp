#pragma once

#include "tally/base/random.hpp"
#include "tally/store/sqlite/sqlite.hpp"

namespace tally::sqlite {

/// Brings a file to the schema of this binary: a new one gets all of it, and its log row with a new incarnation; an
/// older one gets what it lacks, each migration in a transaction of its own.
///
/// Errors: unsupported (newer than this binary, or not a Tallystick store), io, corrupt, disk_full.
[[nodiscard]] Result<void> migrate(Connection& connection, int shards, Random& random);

}  // namespace tally::sqlite
