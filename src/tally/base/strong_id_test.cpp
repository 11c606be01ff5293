#include "tally/base/strong_id.hpp"

#include <string>
#include <unordered_set>

#include <gtest/gtest.h>

namespace tally {
namespace {

using OrderId = Id<struct OrderTag>;
using CustomerId = Id<struct CustomerTag>;
static_assert(!std::is_convertible_v<OrderId, CustomerId> && !std::is_constructible_v<OrderId, CustomerId>);

TEST(Ids, take_what_is_safe_everywhere) {
    for (const std::string good : {"a", "Z", "536365", "C536379", "a.b_c~d:e-f", "----"}) {
        const auto id = OrderId::parse(good);
        ASSERT_TRUE(id) << good;
        EXPECT_EQ(id->text(), good);
    }
    EXPECT_TRUE(OrderId::parse(std::string(128, 'x')));
}

TEST(Ids, refuse_the_rest) {
    using namespace std::string_literals;
    for (const std::string& bad :
         {""s, " a"s, "a "s, "a/b"s, "a%b"s, "a\nb"s, "a\0b"s, "é"s, "a'b"s, "a@b"s, std::string(129, 'x')}) {
        const auto id = OrderId::parse(bad);
        ASSERT_FALSE(id) << bad;
        EXPECT_EQ(id.error().code, ErrorCode::invalid);
    }
}

TEST(Ids, are_values) {
    EXPECT_TRUE(OrderId().empty());
    EXPECT_LT(OrderId::trusted("a"), OrderId::trusted("b"));
    const std::unordered_set<OrderId> ids{OrderId::trusted("a"), OrderId::trusted("a"), OrderId::trusted("b")};
    EXPECT_EQ(ids.size(), 2U);
}

}  // namespace
}  // namespace tally
