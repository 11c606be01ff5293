#include "tallystick/import/pace.hpp"

#include <gtest/gtest.h>

namespace tally {
namespace {

using namespace std::chrono_literals;

TEST(Pace, GrowsWhileThingsEndInTimeAndStopsAtTheMost) {
    Pace pace(6, 500ms);
    EXPECT_EQ(pace.window(), 4U);
    for (int i = 0; i < 4; ++i) {
        EXPECT_TRUE(pace.has_room());
        pace.begin();
    }
    EXPECT_FALSE(pace.has_room());
    for (int i = 0; i < 4; ++i) pace.end(500ms);
    EXPECT_EQ(pace.window(), 5U);
    for (int i = 0; i < 100; ++i) {
        pace.begin();
        pace.end(1ms);
    }
    EXPECT_EQ(pace.window(), 6U);
}

TEST(Pace, HalvesWhenOneTakesTooLongAndNeverStops) {
    Pace pace(100, 500ms);
    for (int i = 0; i < 100'000; ++i) {
        pace.begin();
        pace.end(1ms);
    }
    EXPECT_EQ(pace.window(), 100U);
    pace.begin();
    pace.end(501ms);
    EXPECT_EQ(pace.window(), 50U);
    for (int i = 0; i < 10; ++i) {
        pace.begin();
        pace.end(1h);
    }
    EXPECT_EQ(pace.window(), Pace::least);
    pace.begin();
    pace.end();
    EXPECT_EQ(pace.window(), Pace::least) << "it says nothing";
    EXPECT_TRUE(pace.has_room());
}

}  // namespace
}  // namespace tally
