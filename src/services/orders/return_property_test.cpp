// Goal: what is taken back is what a clerk would take back who goes piece by piece.
//
// Method: a few customers with random purchases, some of them dated alike, some with little money left; random returns,
// one after the other. Naive and real matching start from the same purchases and must agree at each return.
#include <set>

#include <gtest/gtest.h>

#include "support/naive_returns.hpp"
#include "tally/base/random.hpp"
#include "tally/testing/covers.hpp"

namespace tally::orders {
namespace {

using testing::Matched;
using testing::Purchase;

class Town {
public:
    explicit Town(std::uint64_t seed) : random_(create_seeded_random(seed)) {
        for (std::uint64_t i = 0; i < 12; ++i) buy(OrderId::trusted("o" + std::to_string(i)));
    }

    void send_back(int number) {
        NewReturn wanted{.return_id = ReturnId::trusted("r" + std::to_string(number)),
                         .customer = {},
                         .order = {},
                         .returned_at = {},
                         .lines = {}};
        if (below(8) > 0) wanted.customer = customer();
        if (below(4) == 0) wanted.order = OrderId::trusted("o" + std::to_string(below(14)));
        for (std::uint64_t n = 1 + below(4); n > 0; --n)
            wanted.lines.push_back({sku(), *Quantity::of(1 + static_cast<std::int64_t>(below(7)))});
        const Timestamp at = time();
        const Matched naive = testing::take_back_naively(purchases_, wanted, at);
        const Matched real = testing::take_back(orders_, wanted, at);
        EXPECT_EQ(real, naive);
        if (naive.orders.size() > 1) seen.insert("several orders");
        for (const auto& [order, goods] : naive.orders) {
            seen.insert("matched");
            if (goods.first.size() > 1) seen.insert("several prices or codes");
            std::int64_t price = 0;
            for (const auto& [kind, pieces] : goods.first) price += kind.second * pieces;
            if (goods.second < price) seen.insert("no more money");
        }
        for (std::size_t i = 0; i < naive.lines.size(); ++i)
            if (naive.lines[i] < wanted.lines[i].quantity.value()) seen.insert("unmatched");
    }

    std::set<std::string> seen;

private:
    [[nodiscard]] std::uint64_t below(std::uint64_t limit) { return random_->below(limit); }
    [[nodiscard]] CustomerId customer() { return CustomerId::trusted("c" + std::to_string(below(3))); }
    [[nodiscard]] Sku sku() { return *Sku::parse("S" + std::to_string(below(4))); }
    [[nodiscard]] Timestamp time() { return Timestamp(std::chrono::seconds(below(6))); }

    void buy(OrderId id) {
        NewOrder wanted{.order = id,
                        .customer = {},
                        .placed_at = time(),
                        .country = {},
                        .lines = {},
                        .payment_method = {},
                        .shipping_method = {}};
        if (below(6) > 0) wanted.customer = customer();
        for (std::uint64_t n = 1 + below(5); n > 0; --n)
            wanted.lines.push_back({sku(), "", *Quantity::of(1 + static_cast<std::int64_t>(below(5))),
                                    Money(100 + static_cast<std::int64_t>(below(2)), 2, *Currency::parse("GBP")),
                                    below(4) > 0});
        Order order;
        order.apply(*place(order, wanted));
        if (below(4) == 0) order.created.total = Money(150, 2, *Currency::parse("GBP"));
        if (below(6) > 0) {
            order.apply(OrderConfirmed{id, {}});
            order.apply(OrderCompleted{id});
            Purchase purchase{.id = id.text(),
                              .customer = {},
                              .placed_at = *wanted.placed_at,
                              .lines = {},
                              .money = order.created.total.units()};
            if (wanted.customer) purchase.customer = wanted.customer->text();
            for (const OrderLine& line : wanted.lines)
                purchase.lines.push_back(
                    {line.sku.text(), line.unit_price.units(), line.stocked, line.quantity.value()});
            purchases_.push_back(std::move(purchase));
        }
        orders_.emplace_back(*wanted.placed_at, std::move(order));
    }

    std::unique_ptr<Random> random_;
    std::vector<Purchase> purchases_;
    std::vector<std::pair<Timestamp, Order>> orders_;
};

TEST(Returns, AreMatchedAsPieceByPiece) {
    TALLY_COVERS("I9");
    std::set<std::string> seen;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Town town(seed);
        for (int i = 0; i < 15; ++i) town.send_back(i);
        seen.merge(town.seen);
        if (HasFailure()) break;
    }
    EXPECT_EQ(seen, (std::set<std::string>{"matched", "no more money", "several orders", "several prices or codes",
                                           "unmatched"}));
}

}  // namespace
}  // namespace tally::orders
