#include "tally/event/json_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tally/base/text.hpp"
#include "tally/event/json_encode.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/hostile_text.hpp"

namespace tally {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::SizeIs;

std::string repeat(std::string_view part, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += part;
    return text;
}

/// `code@pointer` of the problems, or the value as it is written.
std::string reading(std::string_view text, const JsonLimits& limits = {}) {
    const auto value = read_json(text, limits);
    std::string out;
    if (value) {
        detail::append_json(out, *value);
        return out;
    }
    for (const Problem& problem : value.error()) out += (out.empty() ? "" : " ") + problem.code + "@" + problem.pointer;
    return out;
}

TEST(JsonReader, ReadsEveryKindOfValue) {
    EXPECT_EQ(reading(R"( {"a" : [ 1, -2, 2.5, true, false, null, "x" ], "b":{}, "":[] } )"),
              R"({"a":[1,-2,2.5,true,false,null,"x"],"b":{},"":[]})");
    EXPECT_EQ(reading("7"), "7");
    EXPECT_EQ(reading(R"("text")"), R"("text")");
}

TEST(JsonReader, RefusesWhatIsNotOneJsonValue) {
    TALLY_COVERS("sec-D05");
    for (const std::string& text : {""s,
                                    " "s,
                                    "{"s,
                                    "[1,]"s,
                                    "{\"a\":1,}"s,
                                    "{a:1}"s,
                                    "[1] x"s,
                                    "1 2"s,
                                    "{} {}"s,
                                    "// c\n1"s,
                                    "01"s,
                                    "+1"s,
                                    ".5"s,
                                    "1."s,
                                    "NaN"s,
                                    "Infinity"s,
                                    "-"s,
                                    "tru"s,
                                    "[\"a\" \"b\"]"s,
                                    "{\"a\"}"s,
                                    "\xef\xbb\xbf{}"s,
                                    "\xff\xfe{\0}\0"s,
                                    "{\0}\0"s,
                                    "\0"s,
                                    "1\0"s,
                                    "[\xff]"s}) {
        const auto value = read_json(text);
        ASSERT_FALSE(value) << text;
        EXPECT_THAT(value.error(), ElementsAre(Field(&Problem::code, "syntax"))) << text;
    }
    EXPECT_THAT(read_json("\xef\xbb\xbf{}").error().front().detail, ::testing::HasSubstr("byte order mark"));
}

TEST(JsonReader, SaysWhereTheGrammarBreaks) {
    EXPECT_EQ(reading(R"({"lines":[{"sku":"a"},{"sku":tru}]})"), "syntax@/lines/1/sku");
    EXPECT_EQ(reading(R"({"a/b":{"c~d":x}})"), "syntax@/a~1b/c~0d");
}

TEST(JsonReader, ReadsHostileTextsAsTheyAre) {
    TALLY_COVERS("sec-D05");
    for (const auto& hostile : testing::hostile_texts()) {
        std::string json = "\"";
        for (const char c : hostile.text) {
            if (c == '"' || c == '\\')
                json += '\\', json += c;
            else if (c >= 0 && c < 0x20)
                json += fmt::format("\\u{:04X}", static_cast<int>(c));
            else
                json += c;
        }
        const auto value = read_json(json + "\"");
        ASSERT_EQ(value.has_value(), hostile.clean) << hostile.name;
        EXPECT_EQ(is_clean_text(hostile.text), hostile.clean) << hostile.name;
        if (value) EXPECT_EQ(std::string(value->as_string()), hostile.text) << hostile.name;
    }
}

TEST(JsonReader, ReadsOrRefusesHostileLiterals) {
    TALLY_COVERS("sec-D05");
    for (const auto& literal : testing::hostile_literals()) {
        EXPECT_EQ(read_json(literal.json).has_value(), literal.accepted) << literal.name;
        EXPECT_EQ(read_json("{" + literal.json + ":1}").has_value(), literal.accepted) << literal.name << " as key";
    }
    EXPECT_EQ(reading(R"({"a":["x","\ud800"]})"), "syntax@/a/1");
    EXPECT_EQ(reading(R"({"a":"\u0000"})"), "value@/a");
}

TEST(JsonReader, RefusesDuplicateKeysAndNamesAll) {
    TALLY_COVERS("sec-N02");
    EXPECT_EQ(reading(R"({"a":1,"a":1})"), "duplicate_key@/a");
    EXPECT_EQ(reading(R"({"a":{"b":1,"c":2,"b":3},"d":[{"e":1},{"e":1,"e":2}],"a":1})"),
              "duplicate_key@/a/b duplicate_key@/d/1/e duplicate_key@/a");
    EXPECT_EQ(reading(R"({"a":1,"\u0061":1})"), "duplicate_key@/a");
    EXPECT_EQ(reading(R"({"a":1,"A":2})"), R"({"a":1,"A":2})");
}

TEST(JsonReader, ReadsNumbersExactlyOrNotAtAll) {
    TALLY_COVERS("sec-N02", "sec-D05");
    EXPECT_EQ(reading("9223372036854775807"), "9223372036854775807");
    EXPECT_EQ(reading("-9223372036854775808"), "-9223372036854775808");
    EXPECT_EQ(reading("18446744073709551615"), "18446744073709551615");
    EXPECT_EQ(reading("9007199254740993"), "9007199254740993");
    EXPECT_EQ(read_json("-0")->as_int64(), 0);
    EXPECT_EQ(reading("[-9223372036854775809]"), "value@/0");
    EXPECT_EQ(reading("[18446744073709551616]"), "value@/0");
    EXPECT_EQ(reading("{\"n\":1e400}"), "value@/n");
    EXPECT_EQ(reading("-1e400"), "value@");
    EXPECT_EQ(reading("1e99999999999999999999"), "value@");
    EXPECT_EQ(reading("[1e400,2,1e400]"), "value@/0 value@/2");
    EXPECT_EQ(reading(std::string(50'000, '9')), "value@");
    EXPECT_EQ(read_json("1.7976931348623157e308")->as_double(), 1.7976931348623157e308);
    EXPECT_EQ(read_json("5e-324")->as_double(), 5e-324);
    EXPECT_EQ(read_json("0.1")->as_double(), 0.1);
    EXPECT_EQ(read_json("7.2057594037927933e16")->as_double(), 7.2057594037927933e16);
}

TEST(JsonReader, HoldsTheLimits) {
    TALLY_COVERS("sec-D04", "sec-D05");
    const JsonLimits limits{.depth = 3, .keys = 4, .string_bytes = 5};
    EXPECT_EQ(reading("[[[1]]]", limits), "[[[1]]]");
    EXPECT_EQ(reading("[[[[1]]]]", limits), "limit@/0/0/0");
    EXPECT_EQ(reading(R"({"a":{"b":[]}})", limits), R"({"a":{"b":[]}})");
    EXPECT_EQ(reading(R"({"a":{"b":[[]]}})", limits), "limit@/a/b/0");
    EXPECT_EQ(reading(R"([{"a":1,"b":1},{"a":1,"b":1}])", limits), R"([{"a":1,"b":1},{"a":1,"b":1}])");
    EXPECT_EQ(reading(R"([{"a":1,"b":1},{"a":1,"b":1,"c":1}])", limits), "limit@/1/c");
    EXPECT_EQ(reading(R"({"k":"12345"})", limits), R"({"k":"12345"})");
    EXPECT_EQ(reading(R"({"k":"123456"})", limits), "limit@/k");
    EXPECT_EQ(reading(R"({"k":"1234é"})", limits), "limit@/k");
    EXPECT_EQ(reading(R"({"12345":1})", limits), R"({"12345":1})");
    EXPECT_EQ(reading(R"({"123456":1})", limits), "limit@");
    EXPECT_EQ(reading("12345", limits), "12345");
    EXPECT_EQ(reading("123456", limits), "limit@");
}

TEST(JsonReader, HoldsItsOwnLimits) {
    TALLY_COVERS("sec-D04", "sec-D05");
    EXPECT_TRUE(read_json(repeat("[", 32) + repeat("]", 32)));
    EXPECT_THAT(reading(repeat("[", 33) + repeat("]", 33)), ::testing::StartsWith("limit@"));
    EXPECT_THAT(reading(repeat("[", 100'000)), ::testing::StartsWith("limit@"));
    EXPECT_THAT(reading(repeat("[{\"\":", 50'000)), ::testing::StartsWith("limit@"));
    EXPECT_TRUE(read_json('"' + std::string(64 * 1024, 'x') + '"'));
    EXPECT_EQ(reading('"' + std::string(64 * 1024 + 1, 'x') + '"'), "limit@");
    EXPECT_EQ(reading('"' + std::string(1'000'000, 'x') + '"'), "limit@");
    EXPECT_EQ(reading(std::string(1'000'000, '1')), "limit@");
    const auto with_keys = [](int count) {
        std::string text = "{";
        for (int i = 0; i < count; ++i) text += fmt::format("{}\"k{}\":0", i == 0 ? "" : ",", i);
        return text + "}";
    };
    EXPECT_TRUE(read_json(with_keys(10'000)));
    EXPECT_EQ(reading(with_keys(10'001)), "limit@/k10000");
    EXPECT_EQ(reading(with_keys(100'000)), "limit@/k10000");
    EXPECT_TRUE(read_json(with_keys(200'000), JsonLimits::own_events()));
}

TEST(JsonReader, AnswersHostileTextsShortly) {
    const auto many = read_json("[" + repeat("1e400,", 5'000) + "1]");
    EXPECT_THAT(many.error(), SizeIs(ProblemList::most_problems));

    const std::string key(60'000, 'k');
    const auto long_keys = read_json("{\"" + key + "\":[" + repeat("1e400,", 50) + "1]}");
    EXPECT_THAT(long_keys.error(), SizeIs(2));
}

TEST(Problems, AreOneText) {
    EXPECT_EQ(to_text({{"/a/0", "type", "expected a string"}, {"", "syntax", "not JSON"}}),
              "/a/0: type: expected a string; syntax: not JSON");
    std::string pointer;
    append_token(pointer, "~/");
    append_token(pointer, "");
    EXPECT_EQ(pointer, "/~0~1/");
}

}  // namespace
}  // namespace tally
