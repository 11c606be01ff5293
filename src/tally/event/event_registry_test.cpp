#include "tally/event/event_registry.hpp"

#include <gtest/gtest.h>

#include "support/event_samples.hpp"
#include "tally/testing/covers.hpp"

namespace tally::samples::other {

/// Another type with a name that is taken.
struct StockReceived {
    std::string item;
};
BOOST_DESCRIBE_STRUCT(StockReceived, (), (item))
TALLY_EVENT(StockReceived, "StockReceived", 1, internal)

/// Version 2 without an upcaster.
struct Forgetful {
    int n = 0;
};
BOOST_DESCRIBE_STRUCT(Forgetful, (), (n))
TALLY_EVENT(Forgetful, "Forgetful", 2, published)

}  // namespace tally::samples::other

namespace tally {
namespace {

using samples::CustomerRenamed;
using samples::StockReceived;

EventRegistry both() {
    EventRegistry registry;
    for (const EventDescription& event : EventList<StockReceived, CustomerRenamed>::describe())
        EXPECT_TRUE(registry.add(event));
    return registry;
}

TEST(EventRegistry, KnowsATypeFromItsStructAlone) {
    TALLY_COVERS("A07.1");
    const EventRegistry registry = both();
    const EventDescription* event = registry.find("StockReceived");
    ASSERT_NE(event, nullptr);
    EXPECT_EQ(event->type.schema, 1);
    EXPECT_EQ(event->type.visibility, Visibility::internal);
    EXPECT_EQ(registry.find("Unknown"), nullptr);

    boost::json::object definitions;
    EXPECT_EQ(event->schema(definitions, "#/"), (boost::json::value{{"$ref", "#/StockReceived"}}));
    EXPECT_TRUE(definitions.contains("StockReceived"));
    EXPECT_TRUE(event->check(*read_json(R"({"sku":"a","quantity":1})")).empty());
    EXPECT_EQ(event->check(*read_json(R"({"sku":"a"})")).at(0).pointer, "/quantity");
    const auto more = read_json(R"({"quantity":1, "sku":"a", "more":0})");
    EXPECT_EQ(event->rewrite(*more, UnknownFields::ignored), R"({"sku":"a","quantity":1})");
    EXPECT_EQ(event->rewrite(*more, UnknownFields::refused).error().at(0).pointer, "/more");
    EXPECT_FALSE(event->rewrite(*read_json("{}"), UnknownFields::ignored));
    EXPECT_FALSE(event->personal);
}

TEST(EventRegistry, ListsItsTypesByName) {
    const EventRegistry registry = both();
    const auto all = registry.all();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0]->type.name, "CustomerRenamed");
    EXPECT_EQ(all[1]->type.name, "StockReceived");
}

TEST(EventRegistry, TakesATypeTwiceButNotTwoOfOneName) {
    EventRegistry registry = both();
    EXPECT_TRUE(registry.add(describe_event<StockReceived>()));
    const auto added = registry.add(describe_event<samples::other::StockReceived>());
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, ErrorCode::invalid);
    EXPECT_EQ(registry.all().size(), 2U);
}

TEST(EventRegistry, WantsAnUpcasterForEachVersionButTheLast) {
    TALLY_COVERS("B21.3");
    EventRegistry registry;
    EXPECT_EQ(registry.add(describe_event<samples::other::Forgetful>()).error().code, ErrorCode::invalid);

    EventDescription event = describe_event<CustomerRenamed>();
    event.upcasters[1] = nullptr;
    EXPECT_FALSE(registry.add(event));
    event.upcasters = {&samples::split_name, &samples::add_country, &samples::add_country};
    EXPECT_FALSE(registry.add(event));
    EXPECT_TRUE(registry.add(describe_event<CustomerRenamed>()));
}

TEST(EventRegistry, RefusesANameThatNoWireCarries) {
    EventRegistry registry;
    EventDescription event = describe_event<StockReceived>();
    for (const std::string_view name : {"", "Stock Received", "Bestand\xc3\xa4nderung", "Stock\n"}) {
        event.type.name = name;
        EXPECT_FALSE(registry.add(event)) << name;
    }
}

}  // namespace
}  // namespace tally
