#include "services/values/sku.hpp"

#include <gtest/gtest.h>

#include "services/values/quantity.hpp"

namespace tally {
namespace {

TEST(Sku, IsKeptInUpperCase) {
    EXPECT_EQ(Sku::parse("85123a")->text(), "85123A");
    EXPECT_EQ(*Sku::parse("85123a"), *Sku::parse("85123A"));
    EXPECT_EQ(Sku::parse("Bank Charges")->text(), "BANK CHARGES");
}

TEST(Sku, RefusesWhatCannotBeACode) {
    for (const std::string& text : {std::string(), std::string(" 1"), std::string("1 "), std::string("a\tb"),
                                    std::string("é"), std::string(65, 'X'), std::string("a\0b", 3)})
        EXPECT_FALSE(Sku::parse(text)) << text;
    EXPECT_TRUE(Sku::parse(std::string(64, 'X')));
}

TEST(Quantity, HasBounds) {
    EXPECT_FALSE(Quantity::of(0));
    EXPECT_FALSE(Quantity::of(-1));
    EXPECT_EQ(Quantity::of(1)->value(), 1);
    EXPECT_EQ(Quantity::of(10'000'000)->value(), 10'000'000);
    EXPECT_FALSE(Quantity::of(10'000'001));
}

}  // namespace
}  // namespace tally
