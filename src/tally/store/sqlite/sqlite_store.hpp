#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tally/base/clock.hpp"
#include "tally/base/random.hpp"
#include "tally/store/store.hpp"

namespace tally {

struct SqliteStoreOptions {
    std::string file{};  ///< made with its schema where it does not exist; migrated where it is older
    int shards = 8;      ///< of a new file; an existing one keeps its number
    std::size_t max_batch = 512;
    std::size_t high_water = 8'192;
    std::int64_t page_cache_kib = 16'384;
    std::string vfs{};  ///< a registered SQLite VFS; empty: the system's
};

/// Where the engine's blocking calls run: a thread each, or in a simulation the seeded executor.
struct SqliteExecutors {
    Executor loop;    ///< of the callers
    Executor writer;  ///< writes and checkpoints
    Executor reader;  ///< read-only, so that reads never queue behind a flush
};

/// Opens or makes a store in one SQLite file (WAL, synchronous=FULL). Blocks; for start-up.
///
/// A read that finds an event other than it was written fails with corrupt. One that is gone leaves a gap, which those
/// who read the whole log notice: a projection by the positions, a consumer by the chain of its shard. Errors: io,
/// corrupt, unsupported (a schema newer than this binary), disk_full.
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite_store(const SqliteStoreOptions& options,
                                                               SqliteExecutors executors, Clock& clock, Random& random);

}  // namespace tally
