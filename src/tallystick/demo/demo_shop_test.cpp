#include "tallystick/demo/demo_shop.hpp"

#include <map>
#include <set>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace tally {
namespace {

TEST(DemoShop, TheSameNumberIsTheSameOrder) {
    for (const std::uint64_t number : {1U, 77U, 12'345U}) {
        const DemoOrder first = demo_order(number);
        const DemoOrder again = demo_order(number);
        EXPECT_EQ(first.body, again.body);
        EXPECT_EQ(first.regretted, again.regretted);
        EXPECT_EQ(first.id, demo_order_id(number));
    }
    EXPECT_EQ(demo_order_id(1), "demo-0001");
    EXPECT_NE(demo_order(1).body, demo_order(2).body);
}

TEST(DemoShop, IsShortOfAFewGoodsAndHasEnoughOfTheOthers) {
    std::map<std::string, std::int64_t> stock;
    for (const DemoReceipt& receipt : demo_first_stock())
        stock[receipt.sku] += boost::json::parse(receipt.body).at("quantity").as_int64();
    EXPECT_EQ(stock.size(), 25U);
    int regretted = 0;
    for (std::uint64_t number = 1; number <= 200; ++number) {
        const DemoOrder order = demo_order(number);
        regretted += order.regretted ? 1 : 0;
        for (const auto& line : boost::json::parse(order.body).at("lines").as_array())
            if (line.at("stocked").as_bool())
                stock.at(std::string(line.at("sku").as_string())) -= line.at("quantity").as_int64();
    }
    std::set<std::string> scarce;
    for (const auto& [sku, left] : stock)
        if (left < 10) scarce.insert(sku);
    EXPECT_EQ(scarce, (std::set<std::string>{"CLOCK-BRASS", "GLOBE-ANTIQUE", "LAST-SAMOVAR"}));
    EXPECT_GT(regretted, 3);
    EXPECT_LT(regretted, 30);
}

TEST(DemoShop, ReceivesAgainUnderOtherIds) {
    std::set<std::string> ids;
    for (const DemoReceipt& receipt : demo_first_stock()) ids.insert(receipt.key);
    EXPECT_TRUE(demo_more_stock(101).empty());
    const auto more = demo_more_stock(200);
    EXPECT_EQ(more.size(), 22U);
    for (const DemoReceipt& receipt : more) EXPECT_TRUE(ids.insert(receipt.key).second) << receipt.key;
}

}  // namespace
}  // namespace tally
