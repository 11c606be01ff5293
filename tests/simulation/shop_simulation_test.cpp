#include <algorithm>

#include <gtest/gtest.h>

#include "simulation/shop_run.hpp"
#include "tally/base/log.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

constexpr std::uint64_t seeds = 60;

std::uint64_t median(std::vector<std::uint64_t> numbers) {
    std::ranges::nth_element(numbers, numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2));
    return numbers[numbers.size() / 2];
}

class ShopSimulation : public ::testing::Test {
protected:
    // Faults are what these runs are made of: a line for each would drown everything else.
    static void SetUpTestSuite() { log::configure({.level = log::Level::off, .service = "simulation", .file = ""}); }
    static void TearDownTestSuite() { log::configure({}); }
};

TEST_F(ShopSimulation, HoldsItsInvariantsUnderFaults) {
    TALLY_COVERS("I1", "I3", "I4", "I9", "I10", "I11", "I15", "F30", "F31", "B03.6", "E06.6");
    std::vector<std::uint64_t> orders, faults, restarts;
    std::map<std::string, std::uint64_t> hits;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const ShopOutcome outcome = ShopRun(seed).run();
        for (const std::string& violation : outcome.violations) ADD_FAILURE() << "seed " << seed << ": " << violation;
        if (!outcome.violations.empty()) return;
        orders.push_back(outcome.orders);
        faults.push_back(outcome.fault_hits());
        restarts.push_back(outcome.restarts);
        for (const auto& [name, count] : outcome.faults) hits[name] += count;
        hits["restart"] += outcome.restarts;
        hits["zombie"] += outcome.zombies;
    }
    EXPECT_GE(median(orders), 20u);
    EXPECT_GE(median(faults), 3u);
    EXPECT_GE(median(restarts), 1u);
    for (const char* name : {"refuse", "forget", "unread", "delay", "duplicate", "restart", "zombie"})
        EXPECT_GE(hits[name], 20u) << name;
}

TEST_F(ShopSimulation, MakesTheSameChoicesForTheSameSeed) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) EXPECT_EQ(ShopRun(seed).run().hash, ShopRun(seed).run().hash);
    EXPECT_NE(ShopRun(1).run().hash, ShopRun(2).run().hash);
}

}  // namespace
}  // namespace tally::testing
