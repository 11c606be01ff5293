#pragma once

#include <cstdint>
#include <memory>
#include <span>

namespace tally {

/// Source of ids, jitter and keys; in a simulation a seeded one.
///
/// Threads: none is safe; each loop has its own.
class Random {
public:
    virtual ~Random() = default;

    /// 64 uniformly distributed bits.
    [[nodiscard]] virtual std::uint64_t next() = 0;

    /// Uniform in [0, bound); 0 for bound 0.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound);
    /// Uniform in [0, 1).
    [[nodiscard]] double fraction();
    void fill(std::span<std::uint8_t> bytes);
};

/// The operating system's generator, fit for keys.
[[nodiscard]] std::unique_ptr<Random> create_system_random();
/// The same sequence for the same seed, on every machine.
[[nodiscard]] std::unique_ptr<Random> create_seeded_random(std::uint64_t seed);

}  // namespace tally
