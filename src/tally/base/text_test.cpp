#include "tally/base/text.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tally/base/random.hpp"

namespace tally {
namespace {

using namespace std::string_literals;

TEST(CleanText, is_valid_utf8) {
    for (const std::string& clean :
         {""s, "plain"s, "caf\u00e9"s, "\u20ac \u65e5\u672c"s, "\U0001F600"s, "\n\t\x7f"s, "\xC2\x80"s, "\xDF\xBF"s,
          "\xE0\xA0\x80"s, "\xED\x9F\xBF"s, "\xEE\x80\x80"s, "\xEF\xBF\xBF"s, "\xF0\x90\x80\x80"s, "\xF4\x8F\xBF\xBF"s})
        EXPECT_TRUE(is_clean_text(clean)) << clean;
}

TEST(CleanText, refuses_overlong_forms_surrogates_fragments_and_nul) {
    for (const std::string& dirty : {"\0"s,
                                     "a\0b"s,
                                     "\x80"s,
                                     "\xBF"s,
                                     "\xC0\x80"s,
                                     "\xC1\xBF"s,
                                     "\xC2"s,
                                     "\xC2\x41"s,
                                     "\xE0\x9F\xBF"s,
                                     "\xE2\x82"s,
                                     "\xED\xA0\x80"s,
                                     "\xED\xBF\xBF"s,
                                     "\xF0\x8F\xBF\xBF"s,
                                     "\xF0\x9F\x98"s,
                                     "\xF4\x90\x80\x80"s,
                                     "\xF5\x80\x80\x80"s,
                                     "\xFE"s,
                                     "\xFF"s,
                                     "ok\xC3"s,
                                     "\xE2\x28\xA1"s,
                                     "\xE2\x82\x28"s,
                                     "\xF0\x9F\x98\x28"s})
        EXPECT_FALSE(is_clean_text(dirty)) << ::testing::PrintToString(dirty);
}

TEST(CleanText, takes_exactly_the_code_points_that_are_characters) {
    for (std::uint32_t point = 1; point <= 0x10FFFF; ++point) {
        std::string text;
        if (point < 0x80) {
            text = {static_cast<char>(point)};
        } else if (point < 0x800) {
            text = {static_cast<char>(0xC0 | point >> 6), static_cast<char>(0x80 | (point & 0x3F))};
        } else if (point < 0x10000) {
            text = {static_cast<char>(0xE0 | point >> 12), static_cast<char>(0x80 | (point >> 6 & 0x3F)),
                    static_cast<char>(0x80 | (point & 0x3F))};
        } else {
            text = {static_cast<char>(0xF0 | point >> 18), static_cast<char>(0x80 | (point >> 12 & 0x3F)),
                    static_cast<char>(0x80 | (point >> 6 & 0x3F)), static_cast<char>(0x80 | (point & 0x3F))};
        }
        const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
        ASSERT_EQ(is_clean_text(text), !surrogate) << std::hex << point;
    }
}

TEST(Utf8Character, tells_its_length) {
    EXPECT_EQ(utf8_character(""), 0U);
    EXPECT_EQ(utf8_character("ab"), 1U);
    EXPECT_EQ(utf8_character("\u00e9b"), 2U);
    EXPECT_EQ(utf8_character("\u20acb"), 3U);
    EXPECT_EQ(utf8_character("\U0001F600b"), 4U);
    EXPECT_EQ(utf8_character("\xFF"), 0U);
}

TEST(VisibleAscii, is_bounded_by_space_delete_and_length) {
    EXPECT_TRUE(is_visible_ascii("!~", 2));
    EXPECT_FALSE(is_visible_ascii("", 2));
    EXPECT_FALSE(is_visible_ascii("abc", 2));
    EXPECT_FALSE(is_visible_ascii("a b", 9));
    EXPECT_FALSE(is_visible_ascii("a\x7f", 9));
    EXPECT_FALSE(is_visible_ascii("\u00e9", 9));
}

TEST(Case, changes_ascii_letters_only) {
    EXPECT_EQ(to_upper("az-AZ09_\u00e9"), "AZ-AZ09_\u00e9");
    EXPECT_EQ(to_lower("az-AZ09_\u00c9"), "az-az09_\u00c9");
}

TEST(Base64url, follows_the_vectors_of_rfc_4648) {
    const std::vector<std::pair<std::string, std::string>> vectors{
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xFB\xFF\xFE", "-__-"}};
    for (const auto& [bytes, text] : vectors) {
        EXPECT_EQ(to_base64url(bytes), text);
        std::string read = "left over";
        EXPECT_TRUE(from_base64url(text, read));
        EXPECT_EQ(read, bytes);
    }
}

TEST(Base64url, refuses_what_it_does_not_write) {
    std::string bytes;
    for (const std::string& bad : {"Zg=="s, "Zg="s, "Z"s, "Zm9vY"s, "Zm9+"s, "Zm9/"s, "Zm 9v"s, "Zm9v\n"s, "Zm?v"s,
                                   "Zh"s, "Zm9"s, "Zm9vYmF="s, "\0\0\0\0"s, "Zg\xC3\xA9"s})
        EXPECT_FALSE(from_base64url(bad, bytes)) << bad;
}

TEST(Base64url, gives_back_any_bytes) {
    const auto random = create_seeded_random(7);
    for (std::size_t length = 0; length < 200; ++length) {
        std::vector<std::uint8_t> raw(length);
        random->fill(raw);
        const std::string bytes(raw.begin(), raw.end());
        std::string read;
        ASSERT_TRUE(from_base64url(to_base64url(bytes), read));
        ASSERT_EQ(read, bytes);
    }
}

}  // namespace
}  // namespace tally
