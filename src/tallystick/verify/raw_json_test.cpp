#include "tallystick/verify/raw_json.hpp"

#include <gtest/gtest.h>

namespace tally::verify {
namespace {

TEST(RawJson, PartsKeepTheirBytes) {
    const auto members = raw_members(R"( {"a" : 1.50, "b":"x\"}\\", "c": {"d": [ "]" , {} ]} , "e":null} )");
    ASSERT_TRUE(members);
    EXPECT_EQ(members->size(), 4U);
    EXPECT_EQ(members->at("a"), "1.50");
    EXPECT_EQ(members->at("b"), R"("x\"}\\")");
    EXPECT_EQ(members->at("c"), R"({"d": [ "]" , {} ]})");
    EXPECT_EQ(members->at("e"), "null");
}

TEST(RawJson, ElementsAreTakenInOrder) {
    const auto elements = raw_elements(R"([ 1 ,[2,[3]],{"a":"]"},"," ])");
    ASSERT_TRUE(elements);
    EXPECT_EQ(*elements, (std::vector<std::string_view>{"1", "[2,[3]]", R"({"a":"]"})", R"(",")"}));
    EXPECT_TRUE(raw_elements("[]")->empty());
    EXPECT_TRUE(raw_members("{ }")->empty());
}

TEST(RawJson, WhatIsCutIsRefused) {
    for (const std::string_view text : {"", "[", "[1", "[1,", "[1 2]", "[1]x", "{}", "[[1]", "[\"a]"})
        EXPECT_FALSE(raw_elements(text)) << text;
    for (const std::string_view text :
         {"", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{a:1}", "{\"a\":1}}", "[]"})
        EXPECT_FALSE(raw_members(text)) << text;
}

}  // namespace
}  // namespace tally::verify
