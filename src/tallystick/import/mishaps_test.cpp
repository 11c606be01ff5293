#include "tallystick/import/mishaps.hpp"

#include <map>

#include <gtest/gtest.h>

namespace tally {
namespace {

std::map<std::string, int> drawn(const Mishaps& mishaps, int orders) {
    std::map<std::string, int> all;
    for (int i = 0; i < orders; ++i) ++all[payment_method_of(mishaps, std::to_string(536'365 + i)).value_or("card")];
    return all;
}

TEST(Mishaps, MeetAsManyOrdersAsAreAskedFor) {
    EXPECT_EQ(drawn({}, 1'000), (std::map<std::string, int>{{"card", 1'000}}));
    EXPECT_EQ(drawn({.decline = 100}, 1'000), (std::map<std::string, int>{{"sim_decline", 1'000}}));
    const auto some = drawn({.decline = 3, .lose = 1, .late = 1, .twice = 2, .seed = 7}, 20'000);
    EXPECT_NEAR(some.at("sim_decline"), 600, 75);
    EXPECT_NEAR(some.at("sim_lose"), 200, 45);
    EXPECT_NEAR(some.at("sim_late"), 200, 45);
    EXPECT_NEAR(some.at("sim_twice"), 400, 60);
}

TEST(Mishaps, MeetTheSameOrdersAgainAndOthersUnderAnotherSeed) {
    int other = 0;
    for (int i = 0; i < 1'000; ++i) {
        const std::string invoice = std::to_string(i);
        const auto method = payment_method_of({.late = 50, .seed = 7}, invoice);
        EXPECT_EQ(payment_method_of({.late = 50, .seed = 7}, invoice), method);
        other += payment_method_of({.late = 50, .seed = 8}, invoice) != method ? 1 : 0;
    }
    EXPECT_GT(other, 300);
}

}  // namespace
}  // namespace tally
