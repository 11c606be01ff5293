#include <gtest/gtest.h>

#include "support/arbitrary.hpp"
#include "tally/event/codec.hpp"

namespace tally {
namespace {

constexpr std::uint64_t seeds = 300;

TEST(CodecProperty, WhatIsWrittenIsReadBack) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        const auto value = samples::Arbitrary(seed).make<samples::Everything>();
        const std::string text = encode(value);
        const auto read = decode<samples::Everything>(text, UnknownFields::refused);
        ASSERT_TRUE(read) << "seed " << seed << ": " << to_text(read.error());
        EXPECT_EQ(*read, value) << "seed " << seed;
        EXPECT_EQ(encode(*read), text) << "seed " << seed;
    }
}

TEST(CodecProperty, MembersMayStandInAnyOrder) {
    for (std::uint64_t seed = 0; seed < seeds / 10; ++seed) {
        const auto value = samples::Arbitrary(seed).make<samples::Everything>();
        const auto json = read_json(encode(value));
        const auto random = create_seeded_random(seed);
        std::vector<const boost::json::key_value_pair*> members;
        for (const auto& member : json->as_object()) members.push_back(&member);
        for (std::size_t i = members.size(); i > 1; --i) std::swap(members[i - 1], members[random->below(i)]);
        boost::json::object shuffled;
        for (const auto* member : members) shuffled.emplace(member->key(), member->value());
        EXPECT_EQ(decode<samples::Everything>(boost::json::value(shuffled), UnknownFields::refused), value) << seed;
    }
}

TEST(CodecProperty, DamageIsRefusedOrHarmless) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        std::string text = encode(samples::Arbitrary(seed).make<samples::Everything>());
        const auto random = create_seeded_random(seed);
        for (std::uint64_t flips = 1 + random->below(3); flips > 0; --flips)
            text[random->below(text.size())] = static_cast<char>(random->next());
        const auto read = decode<samples::Everything>(text, UnknownFields::refused);
        if (!read)
            EXPECT_FALSE(read.error().empty());
        else
            EXPECT_EQ(decode<samples::Everything>(encode(*read), UnknownFields::refused), *read) << seed;
    }
}

TEST(CodecProperty, AnOrderOfThousandsOfLinesIsReadBack) {
    samples::Arbitrary arbitrary(1'114);
    samples::Order order{"17850", {}};
    while (encode(order).size() < 300'000)
        for (int i = 0; i < 500; ++i) order.lines.push_back(arbitrary.make<samples::Line>());
    EXPECT_GT(order.lines.size(), 1'000U);
    const auto read = decode<samples::Order>(encode(order), UnknownFields::refused, JsonLimits::own_events());
    ASSERT_TRUE(read) << to_text(read.error());
    EXPECT_EQ(*read, order);
}

}  // namespace
}  // namespace tally
