#include "services/inventory/stock_item.hpp"

#include <gtest/gtest.h>

#include "services/inventory/reservation.hpp"
#include "tally/base/random.hpp"
#include "tally/testing/covers.hpp"

namespace tally::inventory {
namespace {

Sku sku(std::string_view text) { return *Sku::parse(text); }
StockItem item(std::string_view code, std::int64_t on_hand, std::int64_t reserved) {
    return {sku(code), on_hand, reserved};
}

TEST(Stock, IsReservedAllOrNothing) {
    const std::vector<StockItem> stock{item("A", 5, 0), item("B", 5, 3)};
    const std::vector<Item> enough{{sku("A"), 5}, {sku("B"), 2}};
    const auto reserved = reserve(stock, enough);
    ASSERT_TRUE(reserved);
    EXPECT_EQ((*reserved)[0].reserved, 5);
    EXPECT_EQ((*reserved)[1].reserved, 5);
    EXPECT_EQ((*reserved)[1].on_hand, 5);

    const std::vector<Item> too_many{{sku("A"), 1}, {sku("B"), 3}};
    const auto refused = reserve(stock, too_many);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), (std::vector<Shortage>{{sku("B"), 3, 2}}));
}

TEST(Stock, NamesEveryShortage) {
    const std::vector<Item> items{{sku("A"), 1}, {sku("B"), 1}};
    const auto refused = reserve({item("A", 0, 0), item("B", 4, 4)}, items);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().size(), 2u);
}

TEST(Stock, IsReleasedAsItWasReserved) {
    const std::vector<StockItem> before{item("A", 5, 1), item("B", 7, 2)};
    const std::vector<Item> items{{sku("A"), 3}, {sku("B"), 5}};
    const auto after = release(*reserve(before, items), items);
    for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(after[i].reserved, before[i].reserved);
}

TEST(Stock, LeavesTheHouseAsItWasReserved) {
    TALLY_COVERS("E03.4");
    const std::vector<StockItem> before{item("A", 5, 1), item("B", 7, 2)};
    const std::vector<Item> items{{sku("A"), 3}, {sku("B"), 5}};
    const auto after = commit(*reserve(before, items), items);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(after[i].reserved, before[i].reserved);
        EXPECT_EQ(after[i].on_hand, before[i].on_hand - items[i].quantity);
        EXPECT_EQ(after[i].available(), before[i].available() - items[i].quantity);
    }
}

TEST(Stock, ComesBackToTheShelf) {
    const auto after = put_back({item("A", 5, 1), item("B", 0, 0)}, std::vector<Item>{{sku("A"), 3}, {sku("B"), 1}});
    ASSERT_TRUE(after);
    EXPECT_EQ((*after)[0].on_hand, 8);
    EXPECT_EQ((*after)[0].reserved, 1);
    EXPECT_EQ((*after)[1].on_hand, 1);
    EXPECT_EQ(put_back({item("A", 5, 1)}, std::vector<Item>{{sku("A"), 0}}).error().code, "stock-quantity");
    EXPECT_EQ(put_back({item("A", 5, 1)}, std::vector<Item>{{sku("A"), -1}}).error().code, "stock-quantity");
    EXPECT_EQ(put_back({item("A", INT64_MAX, 1)}, std::vector<Item>{{sku("A"), 1}}).error().code, "stock-quantity");
}

TEST(Stock, CannotBeMoreThanCanBeCounted) {
    EXPECT_EQ(receive(item("A", 5, 1), *Quantity::of(3))->on_hand, 8);
    const auto refused = receive(item("A", INT64_MAX, 0), *Quantity::of(1));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "stock-too-much");
}

TEST(Stock, AlertsAtTheMomentOfFallingBelow) {
    TALLY_COVERS("B03.2", "E03.7");
    struct Case {
        std::int64_t before, after;
        bool low, out;
    };
    for (const Case& c :
         {Case{20, 10, false, false}, Case{10, 9, true, false}, Case{9, 8, false, false}, Case{12, 0, true, true},
          Case{3, 0, false, true}, Case{0, 0, false, false}, Case{5, 15, false, false}}) {
        const Alerts raised = alerts(item("A", c.before, 0), item("A", c.after, 0), 10);
        EXPECT_EQ(raised.low.has_value(), c.low) << c.before << " to " << c.after;
        EXPECT_EQ(raised.out.has_value(), c.out) << c.before << " to " << c.after;
        if (raised.low) EXPECT_EQ(raised.low->available, c.after);
    }
}

TEST(Stock, NeverFallsBelowNothingWhateverIsAsked) {
    TALLY_COVERS("I9");
    const auto random = create_seeded_random(7);
    StockItem stock = item("A", 0, 0);
    std::vector<Item> held;
    for (int i = 0; i < 10'000; ++i) {
        const auto amount = static_cast<std::int64_t>(random->below(20) + 1);
        const std::vector<Item> items{{sku("A"), amount}};
        switch (random->below(4)) {
            case 0:
                stock = *receive(stock, *Quantity::of(amount));
                break;
            case 1:
                if (auto reserved = reserve({stock}, items)) {
                    stock = reserved->front();
                    held.push_back(items.front());
                }
                break;
            case 2:
                if (held.empty()) break;
                stock = commit({stock}, std::vector<Item>{held.back()}).front();
                held.pop_back();
                break;
            default:
                if (held.empty()) break;
                stock = release({stock}, std::vector<Item>{held.back()}).front();
                held.pop_back();
        }
        std::int64_t sum = 0;
        for (const Item& each : held) sum += each.quantity;
        ASSERT_EQ(stock.reserved, sum);
        ASSERT_GE(stock.available(), 0);
        ASSERT_GE(stock.reserved, 0);
    }
}

TEST(Reservation, RemembersThatItWasReleasedBeforeItWasAskedFor) {
    const OrderId order = OrderId::trusted("o1");
    Reservation reservation;
    reservation.apply(StockReleased{order, {}});
    EXPECT_EQ(reservation.status, ReservationStatus::released);
    reservation.apply(InventoryReservationFailed{order, ReservationFailure::released_before, {}});
    EXPECT_EQ(reservation.status, ReservationStatus::released);
}

TEST(Reservation, IsCommittedForGoodAndAnswersAReleaseOnce) {
    const OrderId order = OrderId::trusted("o1");
    Reservation reservation;
    reservation.apply(InventoryReservationConfirmed{order, {{sku("A"), 3}}});
    EXPECT_EQ(reservation.status, ReservationStatus::held);
    EXPECT_EQ(reservation.items.size(), 1u);
    reservation.apply(StockCommitted{order, {{sku("A"), 3}}});
    EXPECT_EQ(reservation.status, ReservationStatus::committed);
    EXPECT_TRUE(reservation.items.empty());
    EXPECT_FALSE(reservation.release_answered);
    reservation.apply(StockReleased{order, {}});
    EXPECT_EQ(reservation.status, ReservationStatus::committed);
    EXPECT_TRUE(reservation.release_answered);
    reservation.apply(StockReturned{order, ReturnId::trusted("r1"), {{sku("A"), 1}}});
    EXPECT_EQ(reservation.status, ReservationStatus::committed);
    EXPECT_TRUE(reservation.returns.contains(ReturnId::trusted("r1")));
}

}  // namespace
}  // namespace tally::inventory
