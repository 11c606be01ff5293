#pragma once

#include <memory>

#include "tally/base/clock.hpp"
#include "tally/base/random.hpp"
#include "tally/store/store.hpp"

namespace tally {

struct MemoryStoreOptions {
    int shards = 8;
    std::size_t max_batch = 512;
    std::size_t high_water = 8'192;
};

/// The durable part of a memory store: what a simulated crash leaves. A new store over the same disk continues it, and
/// what the one before has not yet written it never writes.
class MemoryDisk;
[[nodiscard]] std::shared_ptr<MemoryDisk> create_memory_disk(Random& random);

/// A store in memory, for tests and simulations: the same planner, no files. Lifetime: clock outlives it.
[[nodiscard]] std::unique_ptr<Store> create_memory_store(Executor executor, Clock& clock,
                                                         std::shared_ptr<MemoryDisk> disk,
                                                         MemoryStoreOptions options = {});

}  // namespace tally
