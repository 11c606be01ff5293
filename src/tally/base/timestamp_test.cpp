#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tally/base/clock.hpp"
#include "tally/base/random.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;

TEST(Timestamps, are_read_with_any_offset_and_precision) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"},
        {"2010-12-01T08:26:00Z", "2010-12-01T08:26:00.000000Z"},
        {"2010-12-01t08:26:00z", "2010-12-01T08:26:00.000000Z"},
        {"2010-12-01T08:26:00.5Z", "2010-12-01T08:26:00.500000Z"},
        {"2010-12-01T08:26:00.123456789Z", "2010-12-01T08:26:00.123456Z"},
        {"2010-12-01T08:26:00.000001Z", "2010-12-01T08:26:00.000001Z"},
        {"2010-12-01T08:26:00+01:00", "2010-12-01T07:26:00.000000Z"},
        {"2010-12-31T23:30:00-05:45", "2011-01-01T05:15:00.000000Z"},
        {"2010-12-01T00:00:00-00:00", "2010-12-01T00:00:00.000000Z"},
        {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
        {"2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000000Z"},
        {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z"},
        {"2016-12-31T18:59:60.5-05:00", "2017-01-01T00:00:00.500000Z"},
        {"0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000000Z"},
        {"9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999Z"},
    };
    for (const auto& [text, printed] : table) {
        const auto at = parse_timestamp(text);
        ASSERT_TRUE(at) << text;
        EXPECT_EQ(to_text(*at), printed) << text;
    }
}

TEST(Timestamps, are_read_strictly) {
    for (const std::string bad : {"",
                                  "2010-12-01",
                                  "2010-12-01T08:26:00",
                                  "2010-12-01 08:26:00Z",
                                  "2010-12-01T08:26Z",
                                  "2010-12-01T08:26:00.Z",
                                  "2010-12-01T08:26:00.1234567890Z",
                                  "2010-12-01T08:26:00,5Z",
                                  "2010-13-01T08:26:00Z",
                                  "2010-00-01T08:26:00Z",
                                  "2010-12-32T08:26:00Z",
                                  "2010-12-00T08:26:00Z",
                                  "2011-02-29T08:26:00Z",
                                  "1900-02-29T08:26:00Z",
                                  "2010-12-01T24:00:00Z",
                                  "2010-12-01T08:60:00Z",
                                  "2010-12-01T08:26:61Z",
                                  "2010-12-01T08:26:60Z",
                                  "2010-12-01T08:26:00+24:00",
                                  "2010-12-01T08:26:00+01:60",
                                  "2010-12-01T08:26:00+0100",
                                  "2010-12-01T08:26:00+01",
                                  "2010-12-01T08:26:00ZZ",
                                  " 2010-12-01T08:26:00Z",
                                  "2010-12-01T08:26:00Z ",
                                  "10-12-01T08:26:00Z",
                                  "+010-12-01T08:26:00Z",
                                  "2010-1-01T08:26:00Z",
                                  "2010-12-01T8:26:00Z",
                                  "2010/12/01T08:26:00Z"}) {
        const auto at = parse_timestamp(bad);
        ASSERT_FALSE(at) << bad;
        EXPECT_EQ(at.error().code, ErrorCode::invalid);
    }
}

TEST(Timestamps, round_trip) {
    const auto random = create_seeded_random(8);
    for (int i = 0; i < 20'000; ++i) {
        const Timestamp at{
            Duration(static_cast<std::int64_t>(random->below(4'000'000'000'000'000)) - 1'000'000'000'000'000)};
        ASSERT_EQ(parse_timestamp(to_text(at)), at);
    }
}

TEST(SystemClock, goes_on) {
    const auto clock = create_system_clock();
    const Instant before = clock->instant();
    EXPECT_GT(clock->now(), parse_timestamp("2024-01-01T00:00:00Z").value());
    EXPECT_LE(before, clock->instant());
    EXPECT_EQ((Instant{5s} + 2s) - Instant{4s}, 3s);
}

}  // namespace
}  // namespace tally
