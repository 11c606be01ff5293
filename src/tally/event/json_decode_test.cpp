#include <gtest/gtest.h>

#include "support/json_samples.hpp"
#include "tally/event/codec.hpp"
#include "tally/testing/covers.hpp"

namespace tally {
namespace {

using samples::Line;
using samples::Numbers;
using samples::Order;

/// `code@pointer …`; empty for none.
template <class T>
std::string wrong(std::string_view json, UnknownFields unknown = UnknownFields::refused) {
    const auto decoded = decode<T>(json, unknown);
    std::string out;
    if (decoded) return out;
    for (const Problem& problem : decoded.error())
        out += (out.empty() ? "" : " ") + problem.code + "@" + problem.pointer;
    return out;
}

template <class T>
std::string detail_of(std::string_view json) {
    const auto decoded = decode<T>(json, UnknownFields::refused);
    return decoded ? "" : decoded.error().front().detail;
}

constexpr std::string_view good_line = R"({"sku":"A1","quantity":2,"price":{"amount":"1.50","currency":"GBP"}})";

TEST(Decode, ReadsAStruct) {
    const auto order =
        decode<Order>(R"({"lines":[{"note":null,"price":{"currency":"GBP","amount":"-1.50"},"sku":"A1","quantity":2}],)"
                      R"("customer":"17850"})",
                      UnknownFields::refused);
    ASSERT_TRUE(order) << to_text(order.error());
    const Line line{samples::SkuId::trusted("A1"), *samples::Quantity::of(2), Money(-150, 2, *Currency::parse("GBP")),
                    std::nullopt};
    EXPECT_EQ(*order, (Order{"17850", {line}}));
}

TEST(Decode, TellsAllProblemsWithTheirPlaces) {
    TALLY_COVERS("sec-N02");
    EXPECT_EQ(wrong<Order>(R"({"lines":[{"sku":"no blanks","quantity":0,"price":{"amount":1.5,"currency":"gbp"}},7,)"
                           R"({"quantity":"1","price":{},"note":[],"extra":1}],"unknown":{}})"),
              "missing@/customer value@/lines/0/sku value@/lines/0/quantity type@/lines/0/price/amount "
              "value@/lines/0/price/currency type@/lines/1 missing@/lines/2/sku type@/lines/2/quantity "
              "missing@/lines/2/price/amount missing@/lines/2/price/currency type@/lines/2/note "
              "unknown_field@/lines/2/extra unknown_field@/unknown");
    EXPECT_EQ(wrong<Order>("[]"), "type@");
    EXPECT_EQ(wrong<Order>("{"), "syntax@");
    EXPECT_EQ(wrong<Order>(R"({"customer":"a","customer":"b","lines":[]})"), "duplicate_key@/customer");
}

TEST(Decode, IgnoresOrRefusesUnknownFields) {
    TALLY_COVERS("sec-N02");
    const std::string json = R"({"customer":"a","lines":[],"new":1,"a/b~c":2})";
    EXPECT_EQ(wrong<Order>(json, UnknownFields::ignored), "");
    EXPECT_EQ(wrong<Order>(json, UnknownFields::refused), "unknown_field@/new unknown_field@/a~1b~0c");
}

TEST(Decode, WantsEachTypeExactly) {
    TALLY_COVERS("sec-N02");
    const std::vector<std::string> values = {"null", "true", "1", "1.0", "\"1\"", "[1]", "{}"};
    const auto accepted = [&]<class T>(const T*) {
        std::string out;
        for (const std::string& value : values)
            if (wrong<T>(value).empty()) out += value + " ";
        return out;
    };
    EXPECT_EQ(accepted(static_cast<bool*>(nullptr)), "true ");
    EXPECT_EQ(accepted(static_cast<int*>(nullptr)), "1 ");
    EXPECT_EQ(accepted(static_cast<samples::Quantity*>(nullptr)), "1 ");
    EXPECT_EQ(accepted(static_cast<double*>(nullptr)), "1 1.0 ");
    EXPECT_EQ(accepted(static_cast<std::string*>(nullptr)), "\"1\" ");
    EXPECT_EQ(accepted(static_cast<samples::SkuId*>(nullptr)), "\"1\" ");
    EXPECT_EQ(accepted(static_cast<std::vector<int>*>(nullptr)), "[1] ");
    EXPECT_EQ((accepted(static_cast<std::map<std::string, int>*>(nullptr))), "{} ");
    EXPECT_EQ(accepted(static_cast<std::optional<int>*>(nullptr)), "null 1 ");
    EXPECT_EQ(accepted(static_cast<Timestamp*>(nullptr)), "");
    EXPECT_EQ(accepted(static_cast<Uuid*>(nullptr)), "");
    EXPECT_EQ(accepted(static_cast<Money*>(nullptr)), "");
    EXPECT_EQ(accepted(static_cast<samples::Colour*>(nullptr)), "");
    EXPECT_EQ(accepted(static_cast<RawJson*>(nullptr)), "null true 1 1.0 \"1\" [1] {} ");
    EXPECT_EQ(detail_of<int>("1.0"), "expected an integer, found a number with a fraction or an exponent");
}

TEST(Decode, HoldsTheRangeOfIntegers) {
    TALLY_COVERS("sec-N02");
    EXPECT_EQ(wrong<std::int8_t>("-128") + wrong<std::int8_t>("127"), "");
    EXPECT_EQ(wrong<std::int8_t>("128"), "value@");
    EXPECT_EQ(wrong<std::int8_t>("-129"), "value@");
    EXPECT_EQ(wrong<std::uint32_t>("4294967295"), "");
    EXPECT_EQ(wrong<std::uint32_t>("4294967296"), "value@");
    EXPECT_EQ(wrong<std::uint64_t>("18446744073709551615"), "");
    EXPECT_EQ(wrong<std::uint64_t>("-1"), "value@");
    EXPECT_EQ(wrong<std::int64_t>("9223372036854775808"), "value@");
    EXPECT_EQ(wrong<samples::Quantity>("1000"), "");
    EXPECT_EQ(wrong<samples::Quantity>("1001"), "value@");
    EXPECT_EQ(wrong<samples::Quantity>("18446744073709551615"), "value@");
    EXPECT_EQ(decode<std::int64_t>("9007199254740993", UnknownFields::refused), 9007199254740993);
    EXPECT_EQ(wrong<double>("9007199254740993"), "value@");
    EXPECT_EQ(decode<double>("9007199254740992", UnknownFields::refused), 9007199254740992.0);
    EXPECT_EQ(wrong<double>("18446744073709551615"), "value@");
    EXPECT_EQ(detail_of<std::uint8_t>("256"), "expected an integer from 0 to 255");
}

TEST(Decode, ReadsMoneyWithTheDecimalsAsWritten) {
    TALLY_COVERS("sec-N02");
    const auto money = [](std::string_view amount) {
        return decode<Money>(fmt::format(R"({{"amount":{},"currency":"GBP"}})", amount), UnknownFields::refused);
    };
    const Currency pounds = *Currency::parse("GBP");
    EXPECT_EQ(money(R"("12.340")"), Money(12'340, 3, pounds));
    EXPECT_EQ(money(R"("-0.5")"), Money(-5, 1, pounds));
    EXPECT_EQ(money(R"("7")"), Money(7, 0, pounds));
    EXPECT_EQ(money(R"("0.000001")"), Money(1, 6, pounds));
    for (const char* amount : {"1.5", "1", "\"0.0000001\"", "\"1.\"", "\".5\"", "\"+1\"", "\"1e3\"", "\" 1\"", "\"\"",
                               "\"-\"", "\"1,5\"", "\"--1\"", "\"1.-5\"", "\"0x10\"", "null"}) {
        const auto refused = money(amount);
        ASSERT_FALSE(refused) << amount;
        ASSERT_EQ(refused.error().size(), 1U) << amount;
        EXPECT_EQ(refused.error().front().pointer, "/amount") << amount;
    }
    const auto huge = money(R"("9223372036854775808")");
    ASSERT_FALSE(huge);
    EXPECT_EQ(huge.error().front().pointer + huge.error().front().code, "/amountvalue");
    EXPECT_EQ(wrong<Money>(R"({"amount":"1","currency":"GBP","x":1})"), "unknown_field@/x");
}

TEST(Decode, ReadsTimesEnumsAndIds) {
    EXPECT_EQ(decode<Timestamp>(R"("2010-12-01T10:26:00+02:00")", UnknownFields::refused),
              *parse_timestamp("2010-12-01T08:26:00Z"));
    EXPECT_EQ(wrong<Timestamp>(R"("2010-13-01T10:26:00Z")"), "value@");
    EXPECT_EQ(decode<samples::Colour>(R"("green")", UnknownFields::refused), samples::Colour::green);
    EXPECT_EQ(wrong<samples::Colour>(R"("Green")"), "value@");
    EXPECT_EQ(detail_of<samples::Colour>(R"("blue")"), "expected one of red, green, dark_blue");
    EXPECT_EQ(wrong<Uuid>(R"("018f3c6e-0000-7000-8000-00000000000")"), "value@");
    EXPECT_EQ(wrong<samples::SkuId>(R"("")"), "value@");
}

TEST(Decode, KeepsRawJsonWhole) {
    const auto raw =
        decode<std::vector<RawJson>>(R"([ {"b":[1, 2.5, -0.0], "a":"\u00e9\n"}, null ])", UnknownFields::refused);
    ASSERT_TRUE(raw);
    EXPECT_EQ(raw->at(0).text, "{\"b\":[1,2.5,0],\"a\":\"é\\n\"}");
    EXPECT_EQ(raw->at(1).text, "null");
}

TEST(Decode, PointsIntoMapsAndNestedLists) {
    EXPECT_EQ((wrong<std::map<std::string, std::vector<std::vector<int>>>>(R"({"a/b":[[1],[2,"x"]],"~":1,"":[0]})")),
              "type@/a~1b/1/1 type@/~0 type@//0");
}

TEST(Decode, ForgetsWhatAnOptionalHeld) {
    Line line = *decode<Line>(good_line, UnknownFields::refused);
    EXPECT_FALSE(line.note);
    detail::JsonDecoding decoding;
    line.note = "old";
    detail::decode_value(decoding, {}, *read_json(good_line), line);
    EXPECT_FALSE(line.note);
}

TEST(Decode, RefusesUncleanTextInValuesMadeByHand) {
    boost::json::object object;
    object["customer"] = "caf\xc3";
    object["lines"] = boost::json::array{};
    const auto decoded = decode<Order>(boost::json::value(object), UnknownFields::refused);
    ASSERT_FALSE(decoded);
    EXPECT_EQ(to_text(decoded.error()), "/customer: value: text is UTF-8 without U+0000");

    boost::json::object map;
    map["a\xff"] = 1;
    EXPECT_FALSE((decode<std::map<std::string, int>>(boost::json::value(map), UnknownFields::refused)));
}

TEST(Decode, HoldsTheGivenLimits) {
    TALLY_COVERS("sec-D05");
    EXPECT_FALSE(decode<std::string>("\"12345\"", UnknownFields::refused, {.string_bytes = 4}));
    EXPECT_TRUE(decode<std::string>("\"1234\"", UnknownFields::refused, {.string_bytes = 4}));
}

TEST(Decode, AnswersHostileTextsShortly) {
    std::string json = R"({"customer":"a","lines":[)";
    for (int i = 0; i < 3'000; ++i) json += "1,";
    const auto decoded = decode<Order>(json + "1]}", UnknownFields::refused);
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().size(), ProblemList::most_problems);
}

TEST(Decode, ReadsTypesThatHoldThemselves) {
    const auto tree =
        decode<samples::Tree>(R"({"name":"a","children":[{"name":"b","children":[]}]})", UnknownFields::refused);
    ASSERT_TRUE(tree);
    EXPECT_EQ(tree->children.at(0).name, "b");
}

}  // namespace
}  // namespace tally
