#include "tally/base/trace_context.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace tally {
namespace {

const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string span = "00f067aa0ba902b7";
const std::string head = "00-" + trace + "-" + span;

TEST(TraceParents, are_read_as_the_recommendation_says) {
    const std::vector<std::pair<std::string, std::string>> read{
        {head + "-01", "01"},
        {head + "-00", "00"},
        {head + "-03", "01"},  // a flag of a later level is not passed on
        {head + "-fe", "00"},
        {"cc-" + trace + "-" + span + "-01", "01"},
        {"01-" + trace + "-" + span + "-01-what-the-future-brings", "01"},
        {"fe-" + trace + "-" + span + "-01-", "01"},
    };
    for (const auto& [text, flags] : read) {
        const auto parent = TraceParent::parse(text);
        ASSERT_TRUE(parent) << text;
        EXPECT_EQ(parent->trace_id, trace);
        EXPECT_EQ(parent->span_id, span);
        EXPECT_EQ(parent->flags, flags);
        EXPECT_EQ(parent->text(), head + "-" + flags);
    }
}

TEST(TraceParents, are_ignored_when_malformed) {
    using namespace std::string_literals;
    const std::string zeros(32, '0');
    for (const std::string& bad : {
             ""s,
             "ff-" + trace + "-" + span + "-01",
             "00-" + zeros + "-" + span + "-01",
             "00-" + trace + "-" + zeros.substr(16) + "-01",
             "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + span + "-01",
             "00-" + trace + "-00F067AA0BA902B7-01",
             head + "-0A",
             "0A-" + trace + "-" + span + "-01",
             head + "-01-",
             head + "-01x",
             head + "-011",
             "01-" + trace + "-" + span + "-01x",
             head + "-0",
             head + "-",
             head,
             " " + head + "-01",
             head + "-01 ",
             "00_" + trace + "_" + span + "_01",
             "00-" + trace.substr(1) + "-" + span + "0-01",
             "00-" + trace.substr(1) + "g-" + span + "-01",
             "zz-" + trace + "-" + span + "-01",
         })
        EXPECT_FALSE(TraceParent::parse(bad)) << bad;
}

TEST(TraceParents, start_and_go_on) {
    const auto random = create_seeded_random(1);
    const TraceParent first = TraceParent::start(*random);
    ASSERT_TRUE(TraceParent::parse(first.text()));
    const TraceParent next = first.child(*random);
    ASSERT_TRUE(TraceParent::parse(next.text()));
    EXPECT_EQ(next.trace_id, first.trace_id);
    EXPECT_NE(next.span_id, first.span_id);
    EXPECT_NE(TraceParent::start(*random).trace_id, first.trace_id);
    EXPECT_EQ((TraceParent{trace, span, "00"}.child(*random).flags), "00");
}

}  // namespace
}  // namespace tally
