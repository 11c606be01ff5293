#include "services/analytics/day.hpp"

#include <gtest/gtest.h>

namespace tally::analytics {
namespace {

TEST(Day, IsReadAndWritten) {
    EXPECT_EQ(Day::parse("2010-12-01")->text(), "2010-12-01");
    EXPECT_EQ(Day::parse("2012-02-29")->next().text(), "2012-03-01");
    for (const char* text :
         {"", "2010-12", "2010-13-01", "2011-02-29", "2010-12-1x", "2010-12-01T", "2010-12-01T08:00"})
        EXPECT_FALSE(Day::parse(text)) << text;
}

TEST(Day, IsOfUtcAndBeginsAtMidnight) {
    const auto at = [](const char* text) { return *parse_timestamp(text); };
    EXPECT_EQ(Day(at("2010-12-01T00:00:00Z")).text(), "2010-12-01");
    EXPECT_EQ(Day(at("2010-12-01T23:59:59.999999Z")).text(), "2010-12-01");
    EXPECT_EQ(Day(at("2010-12-01T23:30:00-01:00")).text(), "2010-12-02");
    EXPECT_EQ(Day(at("1969-12-31T23:59:59Z")).text(), "1969-12-31");
    EXPECT_EQ(Day(at("2010-12-01T08:26:00Z")).begin(), at("2010-12-01T00:00:00Z"));
}

}  // namespace
}  // namespace tally::analytics
