#include <limits>

#include <gtest/gtest.h>

#include "support/json_samples.hpp"
#include "tally/event/codec.hpp"

namespace tally {
namespace {

using namespace std::string_literals;

TEST(Encode, WritesMembersInTheirDeclaredOrder) {
    samples::Line line{samples::SkuId::trusted("85123A"), *samples::Quantity::of(6),
                       Money(2'550, 3, *Currency::parse("GBP")), std::nullopt};
    EXPECT_EQ(encode(line), R"({"sku":"85123A","quantity":6,"price":{"amount":"2.550","currency":"GBP"}})");
    line.note = "gift";
    EXPECT_EQ(encode(line),
              R"({"sku":"85123A","quantity":6,"price":{"amount":"2.550","currency":"GBP"},"note":"gift"})");
}

TEST(Encode, WritesEveryKind) {
    samples::Everything all;
    all.numbers = {
        true, -128, 255, -7, 7, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::uint64_t>::max(),
        0.1};
    all.text = "x";
    all.at = *parse_timestamp("2010-12-01T08:26:00Z");
    all.raw = {R"({"any":[1]})"};
    all.colour = samples::Colour::dark_blue;
    all.maybe_real = 2.0;
    all.orders = {{"b", {}}, {"a", {}}};
    all.matrix = {{1, 2}, {}};
    all.flags = {true, false};
    all.gaps = {"x", std::nullopt};
    EXPECT_EQ(encode(all),
              R"({"numbers":{"flag":true,"tiny":-128,"byte":255,"whole":-7,"natural":7,"large":-9223372036854775808,)"
              R"("largest":18446744073709551615,"real":0.1},"text":"x","at":"2010-12-01T08:26:00.000000Z",)"
              R"("money":{"amount":"0","currency":"XXX"},"raw":{"any":[1]},)"
              R"("uuid":"00000000-0000-0000-0000-000000000000","currency":"XXX","colour":"dark_blue","maybe_real":2,)"
              R"("lines":[],"orders":{"a":{"customer":"","lines":[]},"b":{"customer":"","lines":[]}},)"
              R"("matrix":[[1,2],[]],"flags":[true,false],"gaps":["x",null]})");
}

TEST(Encode, EscapesOnlyWhatMustBe) {
    EXPECT_EQ(encode("\"\\/\b\f\n\r\t\x01\x1f\x7fé😀"s), "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7fé😀\"");
    EXPECT_EQ(encode(std::map<std::string, int>{{"a\"b", 1}}), R"({"a\"b":1})");
}

TEST(Encode, WritesTheShortestDouble) {
    EXPECT_EQ(encode(0.1), "0.1");
    EXPECT_EQ(encode(1.0), "1");
    EXPECT_EQ(encode(-2.5e-7), "-2.5e-07");
    EXPECT_EQ(encode(1.7976931348623157e308), "1.7976931348623157e+308");
    EXPECT_EQ(encode(5e-324), "5e-324");
    EXPECT_EQ(encode(-0.0), encode(0.0));
}

TEST(Encode, AppendsToWhatIsThere) {
    std::string out = "data: ";
    encode_to(out, std::vector<int>{1, 2});
    EXPECT_EQ(out, "data: [1,2]");
}

TEST(Encode, ThrowsForWhatCouldNotBeReadBack) {
    EXPECT_THROW((void)encode("caf\xc3"s), std::logic_error);
    EXPECT_THROW((void)encode("a\0b"s), std::logic_error);
    EXPECT_THROW((void)encode(std::numeric_limits<double>::infinity()), std::logic_error);
    EXPECT_THROW((void)encode(std::numeric_limits<double>::quiet_NaN()), std::logic_error);
    EXPECT_THROW((void)encode(static_cast<samples::Colour>(9)), std::logic_error);
}

}  // namespace
}  // namespace tally
