#include "services/orders/order_list.hpp"

#include <gtest/gtest.h>

#include "tally/testing/covers.hpp"

namespace tally::orders {
namespace {

const OrderId id = OrderId::trusted("536365");

OrderCreated created(std::optional<Timestamp> placed_at) {
    return {.order = id,
            .customer = CustomerId::trusted("17850"),
            .placed_at = placed_at,
            .country = {},
            .lines = {OrderLine{}, OrderLine{}},
            .total = Money(15300, 3, *Currency::parse("GBP"))};
}

Envelope at(int second) {
    Envelope envelope;
    envelope.occurred_at = Timestamp(std::chrono::seconds(second));
    return envelope;
}

TEST(OrderList, FollowsAnOrder) {
    TALLY_COVERS("B11.1", "B11.3");
    OrderListEntry entry;
    entry.apply(created(Timestamp(std::chrono::seconds(5))), at(10));
    EXPECT_EQ(entry.order, id);
    EXPECT_EQ(entry.lines, 2);
    EXPECT_EQ(entry.placed_at, Timestamp(std::chrono::seconds(5)));
    EXPECT_EQ(entry.status, OrderStatus::created);
    entry.apply(SagaStepStarted{.saga = "place-order", .step = "pay", .request = {}, .done = {}}, at(11));
    EXPECT_EQ(entry.status, OrderStatus::paying);
    entry.apply(OrderConfirmed{id, {}}, at(11));
    EXPECT_EQ(entry.status, OrderStatus::shipping);
    entry.apply(OrderCompleted{id}, at(12));
    EXPECT_EQ(entry.status, OrderStatus::completed);
}

TEST(OrderList, ShowsWhyAnOrderWasCancelled) {
    OrderListEntry entry;
    entry.apply(created({}), at(10));
    entry.apply(OrderCancelled{id, CancelReason::out_of_stock}, at(11));
    EXPECT_EQ(entry.status, OrderStatus::cancelled);
    EXPECT_EQ(entry.reason, CancelReason::out_of_stock);
    EXPECT_EQ(entry.placed_at, Timestamp(std::chrono::seconds(10)));
}

TEST(OrderList, IndexesSortByTimeWithinStatusAndCustomer) {
    TALLY_COVERS("B11.5");
    OrderListEntry earlier;
    earlier.apply(created(Timestamp(std::chrono::seconds(1))), at(1));
    OrderListEntry later;
    later.apply(created(Timestamp(std::chrono::seconds(2))), at(2));
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_LT(tally_indexes(earlier)[i].value, tally_indexes(later)[i].value) << tally_indexes(later)[i].index;
    earlier.customer.reset();
    EXPECT_EQ(tally_indexes(earlier).size(), 2u);
}

}  // namespace
}  // namespace tally::orders
