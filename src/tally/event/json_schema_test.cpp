#include "tally/event/json_schema.hpp"

#define VALIJSON_USE_EXCEPTIONS 1

#include <gtest/gtest.h>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "support/arbitrary.hpp"
#include "support/json_samples.hpp"
#include "tally/event/codec.hpp"
#include "tally/testing/covers.hpp"

namespace tally::samples::other {

struct Line {
    int number = 0;
};
BOOST_DESCRIBE_STRUCT(Line, (), (number))

/// Of the same name and shape as samples::Order.
struct Order {
    std::string customer;
    std::vector<samples::Line> lines;
};
BOOST_DESCRIBE_STRUCT(Order, (), (customer, lines))

template <class T>
struct Page {
    std::vector<T> items;
    BOOST_DESCRIBE_CLASS(Page, (), (items), (), ())
};

struct RenamedInCpp {
    int n = 0;
};
BOOST_DESCRIBE_STRUCT(RenamedInCpp, (), (n))
TALLY_EVENT(RenamedInCpp, "ThingHappened", 1, published)

}  // namespace tally::samples::other

namespace tally {
namespace {

namespace json = boost::json;

std::string text_of(const json::value& value) {
    std::string text;
    detail::append_json(text, value);
    return text;
}

template <class T>
json::object document(UnknownFields unknown) {
    json::object definitions;
    const json::value root = json_schema<T>(definitions, "#/$defs/", unknown);
    json::object whole = root.as_object();
    whole.emplace("$defs", definitions);
    return whole;
}

/// Valijson knows integers of 63 bits only.
void make_unsigned_real(json::value& value) {
    if (value.is_uint64()) value = static_cast<double>(value.get_uint64());
    if (value.is_object())
        for (auto& member : value.get_object()) make_unsigned_real(member.value());
}

/// An independent judge of our schemas.
class Judge {
public:
    explicit Judge(json::value document) : document_(std::move(document)) {
        make_unsigned_real(document_);
        valijson::SchemaParser().populateSchema(valijson::adapters::BoostJsonAdapter(document_), schema_);
    }
    [[nodiscard]] bool accepts(const json::value& value) const {
        return valijson::Validator().validate(schema_, valijson::adapters::BoostJsonAdapter(value), nullptr);
    }

private:
    json::value document_;
    valijson::Schema schema_;
};

TEST(JsonSchema, DescribesAStructAndWhatItRefersTo) {
    json::object definitions;
    const json::value root = json_schema<samples::Line>(definitions, "#/components/schemas/");
    EXPECT_EQ(text_of(root), R"({"$ref":"#/components/schemas/Line"})");
    EXPECT_EQ(text_of(definitions["Line"]),
              R"({"type":"object","properties":{"sku":{"type":"string","pattern":"^[A-Za-z0-9._~:-]{1,128}$"},)"
              R"("quantity":{"type":"integer","minimum":1,"maximum":1000},)"
              R"("price":{"$ref":"#/components/schemas/Money"},"note":{"type":["string","null"]}},)"
              R"("required":["sku","quantity","price"]})");
    EXPECT_EQ(text_of(definitions["Money"]),
              R"({"type":"object","properties":{"amount":{"type":"string","pattern":"^-?[0-9]+([.][0-9]{1,6})?$"},)"
              R"("currency":{"type":"string","pattern":"^[A-Z]{3}$"}},"required":["amount","currency"]})");
}

TEST(JsonSchema, DescribesEveryKind) {
    json::object definitions;
    const auto of = [&]<class T>(const T*) { return text_of(json_schema<T>(definitions, "#/")); };
    EXPECT_EQ(of(static_cast<bool*>(nullptr)), R"({"type":"boolean"})");
    EXPECT_EQ(of(static_cast<std::uint64_t*>(nullptr)),
              R"({"type":"integer","minimum":0,"maximum":18446744073709551615})");
    EXPECT_EQ(of(static_cast<std::int8_t*>(nullptr)), R"({"type":"integer","minimum":-128,"maximum":127})");
    EXPECT_EQ(of(static_cast<double*>(nullptr)), R"({"type":"number"})");
    EXPECT_EQ(of(static_cast<Timestamp*>(nullptr)), R"({"type":"string","format":"date-time"})");
    EXPECT_EQ(of(static_cast<Uuid*>(nullptr)), R"({"type":"string","format":"uuid"})");
    EXPECT_EQ(of(static_cast<RawJson*>(nullptr)), "{}");
    EXPECT_EQ(of(static_cast<std::vector<bool>*>(nullptr)), R"({"type":"array","items":{"type":"boolean"}})");
    EXPECT_EQ((of(static_cast<std::map<std::string, double>*>(nullptr))),
              R"({"type":"object","additionalProperties":{"type":"number"}})");
    EXPECT_EQ(of(static_cast<std::optional<samples::Colour>*>(nullptr)),
              R"({"anyOf":[{"$ref":"#/Colour"},{"type":"null"}]})");
    EXPECT_EQ(text_of(definitions["Colour"]), R"({"type":"string","enum":["red","green","dark_blue"]})");
}

TEST(JsonSchema, NamesDefinitionsWithoutNamespaces) {
    EXPECT_EQ(detail::definition_name("tally::Page<tally::orders::OrderView>"), "Page_OrderView");
    EXPECT_EQ(detail::definition_name("tally::(anonymous namespace)::Local"), "Local");
    EXPECT_EQ(detail::definition_name("Pair<a::B, c::D<5> >"), "Pair_B_D_5");
    EXPECT_EQ(detail::definition_name<samples::other::Page<samples::Line>>(), "Page_Line");
    EXPECT_EQ(detail::definition_name<samples::other::RenamedInCpp>(), "ThingHappened");
}

TEST(JsonSchema, EndsForTypesThatHoldThemselves) {
    json::object definitions;
    (void)json_schema<samples::Tree>(definitions, "#/");
    EXPECT_EQ(text_of(definitions),
              R"({"Tree":{"type":"object","properties":{"name":{"type":"string"},)"
              R"("children":{"type":"array","items":{"$ref":"#/Tree"}}},"required":["name","children"]}})");
}

TEST(JsonSchema, RefusesTwoTypesOfOneName) {
    json::object definitions;
    (void)json_schema<samples::Order>(definitions, "#/");
    (void)json_schema<samples::other::Order>(definitions, "#/");
    EXPECT_THROW((void)json_schema<samples::other::Line>(definitions, "#/"), std::logic_error);
}

TEST(JsonSchema, ClosesStructsForReadersThatRefuseUnknownFields) {
    const auto closed = [](const json::object& definitions, std::string_view name) {
        return definitions.at(name).as_object().contains("additionalProperties");
    };
    json::object commands;
    (void)json_schema<samples::Order>(commands, "#/", UnknownFields::refused);
    EXPECT_TRUE(closed(commands, "Order") && closed(commands, "Line") && closed(commands, "Money"));

    json::object both = commands;
    (void)json_schema<samples::Line>(both, "#/", UnknownFields::ignored);
    EXPECT_TRUE(closed(both, "Order"));
    EXPECT_FALSE(closed(both, "Line") || closed(both, "Money"));

    json::object other_order;
    (void)json_schema<samples::Line>(other_order, "#/", UnknownFields::ignored);
    (void)json_schema<samples::Order>(other_order, "#/", UnknownFields::refused);
    EXPECT_TRUE(closed(other_order, "Order"));
    EXPECT_FALSE(closed(other_order, "Line") || closed(other_order, "Money"));
}

TEST(JsonSchema, AcceptsAllThatIsWritten) {
    samples::Arbitrary arbitrary(20'101'201);
    const Judge everything(document<samples::Everything>(UnknownFields::refused));
    for (int i = 0; i < 100; ++i) {
        auto value = arbitrary.make<samples::Everything>();
        value.numbers.largest /= 2;  // see make_unsigned_real
        const std::string text = encode(value);
        EXPECT_TRUE(everything.accepts(*read_json(text))) << text;
    }
}

TEST(JsonSchema, AgreesWithTheDecoder) {
    TALLY_COVERS("sec-N02");
    const std::string rest = R"("price":{"amount":"1.50","currency":"GBP"}})";
    const std::vector<std::string> lines = {
        R"({"sku":"A","quantity":1,)" + rest,
        R"({"sku":"A","quantity":1000,"note":"n",)" + rest,
        R"({"sku":"A","quantity":1,"note":null,)" + rest,
        R"({"sku":"A","quantity":0,)" + rest,
        R"({"sku":"A","quantity":1001,)" + rest,
        R"({"sku":"A","quantity":"1",)" + rest,
        R"({"sku":"A","quantity":true,)" + rest,
        R"({"sku":"A","quantity":1.5,)" + rest,
        R"({"sku":"A","quantity":null,)" + rest,
        R"({"sku":"","quantity":1,)" + rest,
        R"({"sku":"a b","quantity":1,)" + rest,
        R"({"sku":7,"quantity":1,)" + rest,
        R"({"quantity":1,)" + rest,
        R"({"sku":"A","quantity":1,"note":5,)" + rest,
        R"({"sku":"A","quantity":1,"unknown":5,)" + rest,
        R"({"sku":"A","quantity":1,"price":{"amount":"1.2345678","currency":"GBP"}})",
        R"({"sku":"A","quantity":1,"price":{"amount":1.5,"currency":"GBP"}})",
        R"({"sku":"A","quantity":1,"price":{"amount":"1.5","currency":"gbp"}})",
        R"({"sku":"A","quantity":1,"price":{"amount":"1.5"}})",
        R"({"sku":"A","quantity":1,"price":"1.5 GBP"})",
        "[]",
        "null",
    };
    for (const UnknownFields unknown : {UnknownFields::ignored, UnknownFields::refused}) {
        const Judge judge(document<samples::Line>(unknown));
        for (const std::string& line : lines)
            EXPECT_EQ(judge.accepts(*read_json(line)), decode<samples::Line>(line, unknown).has_value()) << line;
    }
}

}  // namespace
}  // namespace tally
