#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace tally::sqlite {

/// The system's VFS with counters and faults, registered as "shim". Sleeping takes no time in it.
struct ShimVfs {
    std::atomic<std::uint64_t> wal_flushes{0};
    std::atomic<bool> full{false};         ///< writes fail for want of space
    std::atomic<bool> flush_fails{false};  ///< flushes fail
    std::atomic<bool> writes_fail{false};  ///< writes fail for the disk's sake
    std::atomic<std::uint64_t> sleeps{0};

    void reset();
};

/// Registers it at the first call.
[[nodiscard]] ShimVfs& shim_vfs();

}  // namespace tally::sqlite
