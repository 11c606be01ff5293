#include "services/orders/return.hpp"

#include <gmock/gmock.h>

#include "tally/testing/covers.hpp"
#include "tally/testing/scenario.hpp"

namespace tally::orders {
namespace {

using ::testing::ElementsAre;
using testing::given;
using ::testing::IsEmpty;

const Currency gbp = *Currency::parse("GBP");
const OrderId o1 = OrderId::trusted("o1");
const ReturnId r1 = ReturnId::trusted("r1");
const CustomerId c1 = CustomerId::trusted("c1");
const Timestamp at{std::chrono::seconds(1'000)};

Sku sku(std::string_view code) { return *Sku::parse(code); }
Money money(std::int64_t units) { return {units, 2, gbp}; }
OrderLine line(std::string_view code, std::int64_t quantity, std::int64_t price, bool stocked = true) {
    return {sku(code), "", *Quantity::of(quantity), money(price), stocked};
}
OrderCreated bought(std::vector<OrderLine> lines) {
    return *place(Order{}, {.order = o1,
                            .customer = c1,
                            .placed_at = {},
                            .country = {},
                            .lines = std::move(lines),
                            .payment_method = {},
                            .shipping_method = {}});
}
Order completed(std::vector<OrderLine> lines) {
    return given<Order>(bought(std::move(lines)), OrderConfirmed{o1, {}}, OrderCompleted{o1}).state();
}
NewReturn sent_back(std::vector<std::pair<std::string_view, std::int64_t>> goods) {
    NewReturn wanted{.return_id = r1, .customer = c1, .order = {}, .returned_at = {}, .lines = {}};
    for (const auto& [code, quantity] : goods) wanted.lines.push_back({sku(code), *Quantity::of(quantity)});
    return wanted;
}
/// Goods that came back a second after the orders were placed.
ReturnMatcher matching(std::vector<std::pair<std::string_view, std::int64_t>> goods) {
    return {sent_back(std::move(goods)), at + std::chrono::seconds(1)};
}
/// What a matcher takes of one more order.
OrderReturned taken(ReturnMatcher& matcher, const Order& order) {
    matcher.match(order, at);
    return matcher.returned().empty() ? OrderReturned{} : matcher.returned().back();
}
std::vector<std::int64_t> matched(const ReturnMatcher& matcher) {
    std::vector<std::int64_t> pieces;
    for (const ReturnLine& each : matcher.received().lines) pieces.push_back(each.matched);
    return pieces;
}

TEST(ReturnMatcher, TakesPiecesAtThePriceOfTheirPurchase) {
    TALLY_COVERS("B02.13");
    const Order order = completed({line("MUG", 6, 250), line("POST", 1, 1800, false)});
    ReturnMatcher matcher = matching({{"POST", 1}, {"MUG", 2}});
    const OrderReturned returned = taken(matcher, order);
    EXPECT_EQ(returned.order, o1);
    EXPECT_EQ(returned.return_id, r1);
    EXPECT_THAT(returned.lines, ElementsAre(ReturnedLine{sku("MUG"), 2, money(250), true},
                                            ReturnedLine{sku("POST"), 1, money(1800), false}));
    EXPECT_EQ(returned.refund, money(2300));
    EXPECT_TRUE(matcher.is_done());
    EXPECT_EQ(matcher.received().outcome, ReturnOutcome::matched);
    EXPECT_THAT(matcher.received().refunds, ElementsAre(ReturnRefund{o1, money(2300)}));
}

TEST(ReturnMatcher, TakesOneCodeOfSeveralLinesInTheirOrder) {
    Order order = completed({line("MUG", 2, 250), line("CUP", 1, 100), line("MUG", 3, 200), line("MUG", 2, 250)});
    ReturnMatcher first = matching({{"MUG", 3}});
    const OrderReturned returned = taken(first, order);
    EXPECT_THAT(returned.lines, ElementsAre(ReturnedLine{sku("MUG"), 2, money(250), true},
                                            ReturnedLine{sku("MUG"), 1, money(200), true}));
    order.apply(returned);
    EXPECT_THAT(pieces_back(order), ElementsAre(2, 0, 1, 0));

    ReturnMatcher second = matching({{"MUG", 9}});
    const OrderReturned rest = taken(second, order);
    EXPECT_EQ(rest.refund, money(2 * 200 + 2 * 250));
    order.apply(rest);
    EXPECT_THAT(pieces_back(order), ElementsAre(2, 0, 3, 2));
    EXPECT_EQ(refund_for_returns(order), money(4 * 250 + 3 * 200));
    EXPECT_THAT(matched(second), ElementsAre(4));
    ReturnMatcher third = matching({{"MUG", 1}});
    third.match(order, at);
    EXPECT_THAT(third.returned(), IsEmpty());
}

TEST(ReturnMatcher, GoesOnWithTheNextOrderForWhatIsMissing) {
    Order newer = completed({line("MUG", 1, 300)});
    Order older = completed({line("MUG", 5, 250)});
    older.created.order = OrderId::trusted("o0");
    ReturnMatcher matcher = matching({{"MUG", 2}, {"MUG", 2}, {"CUP", 1}});
    EXPECT_EQ(taken(matcher, newer).refund, money(300));
    EXPECT_EQ(taken(matcher, older).refund, money(750));
    EXPECT_FALSE(matcher.is_done());
    EXPECT_THAT(matched(matcher), ElementsAre(2, 2, 0));
    EXPECT_EQ(matcher.received().outcome, ReturnOutcome::partly_matched);
    EXPECT_THAT(matcher.received().refunds,
                ElementsAre(ReturnRefund{o1, money(300)}, ReturnRefund{OrderId::trusted("o0"), money(750)}));
}

TEST(ReturnMatcher, ServesTheLinesOfOneCodeInTheirOrder) {
    ReturnMatcher matcher = matching({{"MUG", 2}, {"CUP", 1}, {"MUG", 2}});
    matcher.match(completed({line("MUG", 3, 250)}), at);
    EXPECT_THAT(matched(matcher), ElementsAre(2, 0, 1));
}

TEST(ReturnMatcher, LooksIntoAnOrderOnce) {
    ReturnMatcher matcher = matching({{"MUG", 9}});
    for (int i = 0; i < 2; ++i) matcher.match(completed({line("MUG", 3, 250)}), at);
    EXPECT_THAT(matched(matcher), ElementsAre(3));
}

TEST(ReturnMatcher, FindsNothingWhereNothingWasBought) {
    ReturnMatcher matcher = matching({{"CUP", 1}});
    matcher.match(completed({line("MUG", 1, 250)}), at);
    EXPECT_THAT(matcher.returned(), IsEmpty());
    EXPECT_EQ(matcher.received().outcome, ReturnOutcome::unmatched);
    EXPECT_THAT(matcher.received().refunds, ElementsAre());
}

TEST(ReturnMatcher, GivesBackNoMoreThanIsLeftOfTheTotal) {
    Order order = completed({line("MUG", 4, 250)});
    order.created.total = money(600);
    ReturnMatcher first = matching({{"MUG", 2}});
    order.apply(taken(first, order));
    ReturnMatcher second = matching({{"MUG", 1}});
    const OrderReturned rest = taken(second, order);
    EXPECT_EQ(rest.refund, money(100));
    EXPECT_EQ(refund_of(rest)->amount, money(100));
    order.apply(rest);
    ReturnMatcher third = matching({{"MUG", 1}});
    const OrderReturned nothing = taken(third, order);
    EXPECT_EQ(nothing.refund, money(0));
    EXPECT_FALSE(refund_of(nothing));
}

TEST(ReturnMatcher, TakesWhatIsBeyondCountingForTheWholeTotal) {
    Order order = completed({line("MUG", 3, 250)});
    order.created.lines[0].unit_price = money(INT64_MAX / 2);
    ReturnMatcher matcher = matching({{"MUG", 3}});
    EXPECT_EQ(taken(matcher, order).refund, money(750));
}

bool fits(const Order& order, const NewReturn& wanted, Timestamp placed_at, Timestamp returned_at) {
    ReturnMatcher matcher(wanted, returned_at);
    matcher.match(order, placed_at);
    return matcher.is_done();
}

TEST(ReturnMatcher, LooksIntoOrdersThatWereCompletedAndPlacedBefore) {
    const Order order = completed({line("MUG", 1, 250)});
    const NewReturn wanted = sent_back({{"MUG", 1}});
    EXPECT_TRUE(fits(order, wanted, at - Duration(1), at));
    EXPECT_FALSE(fits(order, wanted, at, at));
    const Order confirmed = given<Order>(bought({line("MUG", 1, 250)}), OrderConfirmed{o1, {}}).state();
    EXPECT_FALSE(fits(confirmed, wanted, at - Duration(1), at));
}

TEST(ReturnMatcher, LooksIntoOrdersOfTheCustomerOrIntoTheOneThatIsNamed) {
    const Order order = completed({line("MUG", 1, 250)});
    const auto looks_into = [&](std::optional<std::string> customer, std::optional<std::string> named) {
        NewReturn wanted = sent_back({{"MUG", 1}});
        wanted.customer = customer ? std::optional(CustomerId::trusted(*customer)) : std::nullopt;
        wanted.order = named ? std::optional(OrderId::trusted(*named)) : std::nullopt;
        return fits(order, wanted, at - Duration(1), at);
    };
    EXPECT_TRUE(looks_into("c1", {}));
    EXPECT_FALSE(looks_into("c2", {}));
    EXPECT_FALSE(looks_into({}, {}));
    EXPECT_TRUE(looks_into({}, "o1"));
    EXPECT_FALSE(looks_into({}, "o2"));
    EXPECT_TRUE(looks_into("c1", "o1"));
    EXPECT_FALSE(looks_into("c2", "o1"));
    EXPECT_FALSE(looks_into("c1", "o2"));
}

TEST(Return, OfTheSameContentIsTheSame) {
    ReturnMatcher matcher = matching({{"MUG", 2}});
    const Return known = given<Return>(matcher.received()).state();
    EXPECT_TRUE(is_same(known, sent_back({{"mug", 2}})));
    EXPECT_FALSE(is_same(known, sent_back({{"MUG", 1}})));
    EXPECT_FALSE(is_same(known, sent_back({{"MUG", 2}, {"MUG", 2}})));
    EXPECT_FALSE(is_same(Return{}, sent_back({{"MUG", 2}})));
    NewReturn later = sent_back({{"MUG", 2}});
    later.returned_at = at;
    EXPECT_FALSE(is_same(known, later));
    EXPECT_EQ(check(known, later).error().code, "return-exists");
    EXPECT_EQ(check(Return{}, sent_back({})).error().code, "return-empty");
    EXPECT_TRUE(check(Return{}, later));
}

}  // namespace
}  // namespace tally::orders
