#include "tally/store/index_key.hpp"

#include <gtest/gtest.h>

#include "tally/base/random.hpp"
#include "tally/testing/covers.hpp"

namespace tally {
namespace {

using namespace std::string_literals;

TEST(IndexKey, HasADocumentedForm) {
    EXPECT_EQ(IndexKey().text("ab").bytes(), "ab\x00\x01"s);
    EXPECT_EQ(IndexKey().text("a\0b"s).bytes(), "a\x00\xFF"s + "b\x00\x01"s);
    EXPECT_EQ(IndexKey().number(0).bytes(), "\x80\0\0\0\0\0\0\0"s);
    EXPECT_EQ(IndexKey().number(-1).bytes(), "\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s);
    EXPECT_EQ(IndexKey().number(258).bytes(), "\x80\0\0\0\0\0\x01\x02"s);
    EXPECT_EQ(IndexKey().time(Timestamp(Duration(1))).bytes(), IndexKey().number(1).bytes());
}

TEST(IndexKey, UpperBoundsAreTheLeastValueBeyondThePrefix) {
    EXPECT_EQ(IndexKey().text("a").upper_bound(), "a\x00\x02"s);
    EXPECT_EQ(IndexKey().number(255).upper_bound(), "\x80\0\0\0\0\0\x01"s);
    EXPECT_EQ(IndexKey().text("a").number(INT64_MAX).upper_bound(), "a\x00\x02"s);
    EXPECT_EQ(IndexKey().upper_bound(), std::nullopt);
    EXPECT_EQ(IndexKey().number(INT64_MAX).upper_bound(), std::nullopt);
}

std::string random_text(Random& random) {
    static constexpr std::string_view bytes(
        "\x00\x01\x02"
        "ab\x7F\x80\xFE\xFF",
        9);
    std::string text;
    for (std::uint64_t left = random.below(4); left > 0; --left) text += bytes[random.below(bytes.size())];
    return text;
}

TEST(IndexKey, BytesCompareAsThePartsDo) {
    TALLY_COVERS("B09.2");
    const auto random = create_seeded_random(1);
    struct Parts {
        std::string first;
        std::int64_t second;
        std::string third;
        auto operator<=>(const Parts&) const = default;
    };
    const auto draw = [&] {
        const std::int64_t number = random->below(3) == 0 ? static_cast<std::int64_t>(random->next())
                                                          : static_cast<std::int64_t>(random->below(5)) - 2;
        return Parts{random_text(*random), number, random_text(*random)};
    };
    const auto key = [](const Parts& parts) {
        return IndexKey().text(parts.first).number(parts.second).text(parts.third).bytes();
    };
    for (int i = 0; i < 20'000; ++i) {
        const Parts a = draw();
        const Parts b = draw();
        ASSERT_EQ(a <=> b, key(a).compare(key(b)) <=> 0);
        // Within the bounds of the first part are exactly those with an equal first part.
        const IndexKey prefix = IndexKey().text(a.first);
        ASSERT_EQ(key(b) >= prefix.bytes() && key(b) < prefix.upper_bound(), a.first == b.first);
    }
}

}  // namespace
}  // namespace tally
