#include "tally/base/random.hpp"

#include <array>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace tally {
namespace {

TEST(SeededRandom, is_the_same_on_every_machine) {
    // Computed with an implementation of the published algorithm in Python.
    const auto random = create_seeded_random(42);
    EXPECT_EQ(random->next(), 0x15780B2E0C2EC716U);
    EXPECT_EQ(random->next(), 0x6104D9866D113A7EU);
    EXPECT_EQ(random->next(), 0xAE17533239E499A1U);
}

TEST(SeededRandom, differs_by_seed) { EXPECT_NE(create_seeded_random(1)->next(), create_seeded_random(2)->next()); }

TEST(Below, stays_below_and_reaches_everything_evenly) {
    const auto random = create_seeded_random(1);
    EXPECT_EQ(random->below(0), 0U);
    EXPECT_EQ(random->below(1), 0U);
    std::array<int, 6> counts{};
    for (int i = 0; i < 60'000; ++i) ++counts.at(random->below(6));
    for (const int count : counts) EXPECT_NEAR(count, 10'000, 500);
    for (int i = 0; i < 1000; ++i) EXPECT_LT(random->below((1ULL << 63) + 1), (1ULL << 63) + 1);
}

TEST(Below, draws_again_where_the_last_share_is_incomplete) {
    class Scripted final : public Random {
    public:
        std::uint64_t next() override { return values.at(at++); }
        std::vector<std::uint64_t> values{0, 1, 2};
        std::size_t at = 0;
    } random;
    // 2^64 mod (2^63 + 1) = 2^63 - 1: the first values are surplus.
    EXPECT_EQ((random.values = {0, 5, UINT64_MAX}, random.below((1ULL << 63) + 1)), (1ULL << 63) - 2);
    EXPECT_EQ(random.at, 3U);
}

TEST(Fraction, is_in_zero_to_one) {
    const auto random = create_seeded_random(3);
    double sum = 0;
    for (int i = 0; i < 10'000; ++i) {
        const double fraction = random->fraction();
        ASSERT_GE(fraction, 0);
        ASSERT_LT(fraction, 1);
        sum += fraction;
    }
    EXPECT_NEAR(sum / 10'000, 0.5, 0.02);
}

TEST(Fill, covers_every_byte) {
    const auto random = create_seeded_random(4);
    for (std::size_t length = 0; length < 40; ++length) {
        std::vector<std::uint8_t> seen(length);
        for (int round = 0; round < 10; ++round) {
            std::vector<std::uint8_t> bytes(length);
            random->fill(bytes);
            for (std::size_t i = 0; i < length; ++i) seen[i] = static_cast<std::uint8_t>(seen[i] | bytes[i]);
        }
        for (const std::uint8_t byte : seen) EXPECT_NE(byte, 0);
    }
}

TEST(SystemRandom, does_not_repeat) {
    const auto random = create_system_random();
    std::set<std::uint64_t> drawn;
    for (int i = 0; i < 1000; ++i) drawn.insert(random->next());
    EXPECT_EQ(drawn.size(), 1000U);
}

}  // namespace
}  // namespace tally
