#include "tally/event/event_codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/event_samples.hpp"
#include "tally/testing/covers.hpp"

namespace tally {
namespace {

using samples::CustomerRenamed;
using ::testing::HasSubstr;

Result<CustomerRenamed> read(int schema, std::string_view data) {
    RecordedEvent event;
    event.type = "CustomerRenamed";
    event.schema = schema;
    event.data = data;
    return decode_event<CustomerRenamed>(event);
}

TEST(EventCodec, ReadsEveryVersionAsTheCurrentOne) {
    TALLY_COVERS("B21.3");
    const CustomerRenamed ada{"Ada", "Lovelace", "United Kingdom", std::nullopt};
    EXPECT_EQ(read(1, R"({"name":"Ada Lovelace"})"), ada);
    EXPECT_EQ(read(2, R"({"first":"Ada","last":"Lovelace"})"), ada);
    EXPECT_EQ(read(3, R"({"first":"Ada","last":"Lovelace","country":"United Kingdom"})"), ada);
    EXPECT_EQ(read(3, encode(ada)), ada);
}

TEST(EventCodec, IgnoresMembersThatANewerWriterAdded) {
    TALLY_COVERS("B21.3");
    const auto event = read(3, R"({"first":"A","last":"B","country":"C","nickname":"D"})");
    EXPECT_EQ(event, (CustomerRenamed{"A", "B", "C", std::nullopt}));
}

TEST(EventCodec, RefusesANewerVersionAndNamesBoth) {
    TALLY_COVERS("B21.3");
    const auto event = read(4, R"({"first":"A"})");
    ASSERT_FALSE(event);
    EXPECT_EQ(event.error().code, ErrorCode::unsupported);
    EXPECT_THAT(event.error().text, HasSubstr("version 4"));
    EXPECT_THAT(event.error().text, HasSubstr("up to 3"));
    EXPECT_EQ(read(0, "{}").error().code, ErrorCode::unsupported);
    EXPECT_EQ(read(-1, "{}").error().code, ErrorCode::unsupported);
}

TEST(EventCodec, NamesAStepThatIsMissing) {
    constexpr EventType type{"Thing", 3, Visibility::published};
    const auto json = upcast(type, {&samples::split_name}, 2, "{}");
    ASSERT_FALSE(json);
    EXPECT_EQ(json.error(), (Error{ErrorCode::unsupported, "Thing has no upcaster from schema version 2 to 3"}));
}

TEST(EventCodec, HandsOnWhatAnUpcasterRefused) {
    const auto event = read(1, R"({"name":"Plato"})");
    ASSERT_FALSE(event);
    EXPECT_EQ(event.error(),
              (Error{ErrorCode::invalid, "CustomerRenamed, schema version 1 to 2: the name has one part"}));
}

TEST(EventCodec, TellsDamageFromBadData) {
    EXPECT_EQ(read(3, "{").error().code, ErrorCode::corrupt);
    EXPECT_EQ(read(3, "[]").error().code, ErrorCode::corrupt);
    EXPECT_EQ(read(1, "").error().code, ErrorCode::corrupt);
    const auto event = read(3, R"({"first":1,"last":"B"})");
    ASSERT_FALSE(event);
    EXPECT_EQ(event.error(), (Error{ErrorCode::invalid,
                                    "CustomerRenamed: /first: type: expected a string, found an integer; "
                                    "/country: missing: this member is required"}));
}

TEST(EventCodec, RefusesAnotherType) {
    RecordedEvent event;
    event.type = "OrderCreated";
    event.data = "{}";
    const auto decoded = decode_event<CustomerRenamed>(event);
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error(), (Error{ErrorCode::unsupported, "expected CustomerRenamed, got OrderCreated"}));
}

TEST(EventCodec, TakesLargeEventsOfOurOwn) {
    std::string lines(300'000, 'x');
    EXPECT_TRUE(read(3, encode(CustomerRenamed{"A", lines, "C", std::nullopt})));
}

}  // namespace
}  // namespace tally
