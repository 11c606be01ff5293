#include "tally/base/random.hpp"

#include <array>
#include <bit>
#include <stdexcept>

#include <openssl/rand.h>

namespace tally {
namespace {

class SystemRandom final : public Random {
public:
    std::uint64_t next() override {
        std::array<std::uint8_t, sizeof(std::uint64_t)> bytes{};
        if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
            throw std::runtime_error("the system gives no random numbers");
        return std::bit_cast<std::uint64_t>(bytes);
    }
};

/// xoshiro256** 1.0, seeded by SplitMix64, as its authors advise (Blackman and Vigna, https://prng.di.unimi.it): unlike
/// the engines of the standard library with their distributions, the same on every machine.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) {
        for (std::uint64_t& word : state_) {
            seed += 0x9E3779B97F4A7C15;
            std::uint64_t mixed = seed;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            word = mixed ^ (mixed >> 31);
        }
    }

    std::uint64_t next() override {
        const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
        const std::uint64_t shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }

private:
    std::array<std::uint64_t, 4> state_{};
};

}  // namespace

std::uint64_t Random::below(std::uint64_t bound) {
    if (bound == 0) return 0;
    // The first 2^64 mod bound numbers are one too many for an even share of each remainder.
    const std::uint64_t surplus = (0 - bound) % bound;
    std::uint64_t drawn = next();
    while (drawn < surplus) drawn = next();
    return drawn % bound;
}

double Random::fraction() { return static_cast<double>(next() >> 11) * 0x1p-53; }

void Random::fill(std::span<std::uint8_t> bytes) {
    while (!bytes.empty()) {
        std::uint64_t bits = next();
        const std::size_t taken = bytes.size() < sizeof bits ? bytes.size() : sizeof bits;
        for (std::uint8_t& byte : bytes.first(taken)) {
            byte = static_cast<std::uint8_t>(bits);
            bits >>= 8;
        }
        bytes = bytes.subspan(taken);
    }
}

std::unique_ptr<Random> create_system_random() { return std::make_unique<SystemRandom>(); }
std::unique_ptr<Random> create_seeded_random(std::uint64_t seed) { return std::make_unique<SeededRandom>(seed); }

}  // namespace tally
