#include "services/orders/order.hpp"

#include <gtest/gtest.h>

#include "tally/testing/scenario.hpp"

namespace tally::orders {
namespace {

using testing::given;

const OrderId id = OrderId::trusted("536365");
const Currency gbp = *Currency::parse("GBP");

OrderLine line(std::string_view sku, std::int64_t quantity, std::string_view price, bool stocked = true) {
    return {*Sku::parse(sku), "", *Quantity::of(quantity), *Money::parse(price, 3, gbp), stocked};
}
NewOrder wanted(std::vector<OrderLine> lines) {
    return {.order = id, .customer = CustomerId::trusted("17850"), .placed_at = {}, .country = {}, .lines = lines};
}
OrderCreated created() { return *place(Order{}, wanted({line("85123A", 6, "2.55")})); }

auto placing(NewOrder order) {
    return [order](const Order& state) { return place(state, order); };
}
auto confirming() {
    return [](const Order& order) { return confirm(order); };
}
auto cancelling(CancelReason reason) {
    return [reason](const Order& order) { return cancel(order, reason); };
}

TEST(Order, IsPlacedWithTheSumOfItsLines) {
    const auto order = wanted({line("85123A", 6, "2.55"), line("POST", 1, "18", false)});
    given<Order>()
        .when(placing(order))
        .then(OrderCreated{.order = id,
                           .customer = order.customer,
                           .placed_at = {},
                           .country = {},
                           .lines = order.lines,
                           .total = *Money::parse("33.300", 3, gbp)});
}

TEST(Order, IsRefusedWithoutLinesOrWithAPriceThatIsNotPositive) {
    given<Order>().when(placing(wanted({}))).then_refused("order-empty");
    given<Order>().when(placing(wanted({line("85123A", 1, "0")}))).then_refused("order-price");
    given<Order>().when(placing(wanted({line("85123A", 1, "-1")}))).then_refused("order-price");
}

TEST(Order, HasOneCurrencyAndScale) {
    OrderLine other = line("22423", 1, "1");
    other.unit_price = Money(100, 2, gbp);
    given<Order>().when(placing(wanted({line("85123A", 1, "1"), other}))).then_refused("order-currency");
    other.unit_price = Money(1000, 3, *Currency::parse("EUR"));
    given<Order>().when(placing(wanted({line("85123A", 1, "1"), other}))).then_refused("order-currency");
}

TEST(Order, RefusesATotalBeyondCounting) {
    OrderLine dear = line("85123A", 10'000'000, "1");
    dear.unit_price = Money(INT64_MAX / 2, 3, gbp);
    given<Order>().when(placing(wanted({dear}))).then_refused("order-total");
}

TEST(Order, OfTheSameContentIsTheSame) {
    const Order order = given<Order>(created()).state();
    EXPECT_TRUE(is_same(order, wanted({line("85123A", 6, "2.55")})));
    EXPECT_FALSE(is_same(order, wanted({line("85123A", 7, "2.55")})));
    EXPECT_FALSE(is_same(Order{}, wanted({line("85123A", 6, "2.55")})));
    given<Order>(created()).when(placing(wanted({line("85123A", 7, "2.55")}))).then_refused("order-exists");
}

TEST(Order, AsksForItsStockedCodesSummed) {
    const auto order = place(Order{}, wanted({line("85123a", 6, "2.55"), line("POST", 1, "18", false),
                                              line("22423", 2, "1"), line("85123A", 4, "2.55")}));
    const auto request = reservation_for(*order);
    EXPECT_EQ(request.order, id);
    EXPECT_EQ(request.items, (std::vector<Item>{{*Sku::parse("22423"), 2}, {*Sku::parse("85123A"), 10}}));
}

TEST(Order, EndsOnce) {
    given<Order>().when(confirming()).then_refused("order-unknown");
    given<Order>(created()).when(confirming()).then(OrderConfirmed{id});
    given<Order>(created())
        .when(cancelling(CancelReason::out_of_stock))
        .then(OrderCancelled{id, CancelReason::out_of_stock});
    const OrderCancelled cancelled{id, CancelReason::customer_request};
    given<Order>(created(), OrderConfirmed{id}).when(confirming()).then_refused("order-not-open");
    given<Order>(created(), OrderConfirmed{id})
        .when(cancelling(CancelReason::customer_request))
        .then_refused("order-not-open");
    given<Order>(created(), cancelled).when(confirming()).then_refused("order-not-open");
    given<Order>(created(), cancelled).when(cancelling(CancelReason::customer_request)).then_refused("order-not-open");
}

TEST(Order, ShowsItsStatusAndReason) {
    EXPECT_EQ(given<Order>(created()).state().status, OrderStatus::reserving_stock);
    EXPECT_EQ(given<Order>(created(), OrderConfirmed{id}).state().status, OrderStatus::confirmed);
    const Order order = given<Order>(created(), OrderCancelled{id, CancelReason::out_of_stock}).state();
    EXPECT_EQ(order.status, OrderStatus::cancelled);
    EXPECT_EQ(order.reason, CancelReason::out_of_stock);
}

}  // namespace
}  // namespace tally::orders
