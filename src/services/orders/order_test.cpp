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
    return {.order = id,
            .customer = CustomerId::trusted("17850"),
            .placed_at = {},
            .country = {},
            .lines = lines,
            .payment_method = {},
            .shipping_method = {}};
}
OrderCreated created() { return *place(Order{}, wanted({line("85123A", 6, "2.55")})); }

auto placing(NewOrder order) {
    return [order](const Order& state) { return place(state, order); };
}
auto confirming() {
    return [](const Order& order) { return confirm(order); };
}
auto completing() {
    return [](const Order& order) { return complete(order); };
}
auto asking_to_cancel() {
    return [](const Order& order) { return request_cancel(order); };
}
SagaCompensating failure(SagaFailureReason reason, std::string step, std::string detail = "") {
    return {.saga = "place-order",
            .reason = reason,
            .step = std::move(step),
            .detail = std::move(detail),
            .done = {},
            .undo = {}};
}
auto cancelling(SagaCompensating why) {
    return [why](const Order& order) { return cancel(order, why); };
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

Contact contact(const std::string& city) {
    return {
        .name = *LabelLine::parse("Ann"),
        .email = *EmailAddress::parse("ann@example.org"),
        .address = PostalAddress{*LabelLine::parse("1 Way"), *LabelLine::parse(city), {}, *LabelLine::parse("France")}};
}

TEST(Order, OfTheSameContactIsTheSameAndOfAnErasedOneMayBe) {
    NewOrder asked = wanted({line("85123A", 6, "2.55")});
    const NewOrder without = asked;
    asked.contact = contact("Lyon");
    NewOrder moved = asked;
    moved.contact = contact("Paris");
    Order order = given<Order>(*place(Order{}, asked)).state();
    EXPECT_TRUE(is_same(order, asked));
    EXPECT_FALSE(is_same(order, moved));
    EXPECT_FALSE(is_same(order, without));
    EXPECT_FALSE(is_same(given<Order>(created()).state(), asked));

    order.created.contact = Contact{};
    EXPECT_TRUE(is_same(order, asked));
    EXPECT_TRUE(is_same(order, moved));
    EXPECT_FALSE(is_same(order, without));
}

TEST(Order, IsAboutItsCustomerOrAboutAGuestOfItsOwn) {
    NewOrder asked = wanted({line("85123A", 6, "2.55")});
    asked.contact = contact("Lyon");
    EXPECT_EQ(subject_of(*place(Order{}, asked)), "customer:17850");
    asked.customer.reset();
    EXPECT_EQ(subject_of(*place(Order{}, asked)), "order:536365");
    asked.customer = CustomerId::trusted(std::string(120, 'c'));
    given<Order>().when(placing(asked)).then_refused("order-contact");
    asked.contact.reset();
    EXPECT_TRUE(place(Order{}, asked)) << "nothing is sealed";
}

TEST(Order, IsConfirmedWithWhomItsParcelIsForSealedOrErased) {
    const Sealed name{"AA", "customer:17850", {}, "/contact/name"};
    const Sealed address{"BB", "customer:17850", {}, "/contact/address"};
    OrderCreated placed = created();
    placed.contact = Contact{name, Sealed{"CC", "customer:17850", {}, "/contact/email"}, address};
    given<Order>(placed).when(confirming()).then(OrderConfirmed{id, {}, Recipient{name, address}});
    placed.contact = Contact{};
    given<Order>(placed).when(confirming()).then(OrderConfirmed{id, {}, Recipient{}});
}

TEST(Order, AsksForItsStockedCodesSummed) {
    const auto order = place(Order{}, wanted({line("85123a", 6, "2.55"), line("POST", 1, "18", false),
                                              line("22423", 2, "1"), line("85123A", 4, "2.55")}));
    const auto request = reservation_of(given<Order>(*order).state());
    EXPECT_EQ(request.order, id);
    EXPECT_EQ(request.items, (std::vector<Item>{{*Sku::parse("22423"), 2}, {*Sku::parse("85123A"), 10}}));
}

TEST(Order, IsConfirmedUnlessTheCustomerWasFaster) {
    given<Order>(created()).when(confirming()).then(OrderConfirmed{id, {}});
    given<Order>(created(), OrderCancelRequested{id}).when(confirming()).then_refused("order-cancelled");
}

TEST(Order, IsCompletedOnceAndConfirmed) {
    given<Order>(created()).when(completing()).then_refused("order-not-confirmed");
    given<Order>(created(), OrderConfirmed{id, {}}).when(completing()).then(OrderCompleted{id});
    given<Order>(created(), OrderConfirmed{id, {}}, OrderCompleted{id})
        .when(completing())
        .then_refused("order-completed");
}

TEST(Order, CanBeGivenUpUntilItIsConfirmed) {
    given<Order>().when(asking_to_cancel()).then_refused("order-unknown");
    given<Order>(created()).when(asking_to_cancel()).then(OrderCancelRequested{id});
    given<Order>(created(), OrderConfirmed{id, {}}).when(asking_to_cancel()).then_refused("order-not-open");
    given<Order>(created(), OrderCancelled{id, CancelReason::out_of_stock})
        .when(asking_to_cancel())
        .then_refused("order-not-open");
}

TEST(Order, SaysInTheCustomersWordsWhyItIsCancelled) {
    using Why = SagaFailureReason;
    const std::vector<std::pair<SagaCompensating, CancelReason>> table{
        {failure(Why::refused, "reserve", "out_of_stock"), CancelReason::out_of_stock},
        {failure(Why::refused, "reserve", "refused"), CancelReason::reservation_refused},
        {failure(Why::overdue, "reserve"), CancelReason::reservation_overdue},
        {failure(Why::refused, "pay", "declined"), CancelReason::payment_refused},
        {failure(Why::overdue, "pay"), CancelReason::payment_overdue},
        {failure(Why::cancelled, "pay"), CancelReason::customer_request},
        {failure(Why::rejected, "confirm"), CancelReason::customer_request}};
    for (const auto& [why, reason] : table)
        given<Order>(created()).when(cancelling(why)).then(OrderCancelled{id, reason});
}

TEST(Order, IsCancelledOnceAndNeverWhenConfirmed) {
    const SagaCompensating why = failure(SagaFailureReason::cancelled, "pay");
    given<Order>(created(), OrderConfirmed{id, {}}).when(cancelling(why)).then_refused("order-not-open");
    given<Order>(created(), OrderCancelled{id, CancelReason::customer_request})
        .when(cancelling(why))
        .then_refused("order-not-open");
}

TEST(Order, IsPaidByCardUnlessItSaysOtherwise) {
    Order order = given<Order>(created()).state();
    EXPECT_EQ(payment_of(order).method, "card");
    EXPECT_EQ(payment_of(order).amount, *Money::parse("15.300", 3, gbp));
    order.created.payment_method = "invoice";
    EXPECT_EQ(payment_of(order).method, "invoice");
    EXPECT_FALSE(refund_of(order).amount) << "all of it, and nothing will be charged any more";
}

TEST(Order, ShowsHowFarItsSagaIs) {
    const Order placed = given<Order>(created()).state();
    const Order confirmed = given<Order>(created(), OrderConfirmed{id, {}}).state();
    SagaRun saga;
    EXPECT_EQ(status_of(Order{}, saga), OrderStatus::none);
    EXPECT_EQ(status_of(placed, saga), OrderStatus::created);
    saga.status = SagaStatus::running;
    saga.current = "reserve";
    EXPECT_EQ(status_of(placed, saga), OrderStatus::reserving_stock);
    saga.current = "pay";
    EXPECT_EQ(status_of(placed, saga), OrderStatus::paying);
    EXPECT_EQ(status_of(given<Order>(created(), OrderCancelRequested{id}).state(), saga), OrderStatus::compensating);
    saga.current = "ship";
    EXPECT_EQ(status_of(confirmed, saga), OrderStatus::shipping);
    saga.operator_called = "overdue";
    EXPECT_EQ(status_of(confirmed, saga), OrderStatus::failed);
    EXPECT_EQ(status_of(given<Order>(created(), OrderConfirmed{id, {}}, OrderCompleted{id}).state(), saga),
              OrderStatus::completed);
    saga.operator_called.reset();
    saga.status = SagaStatus::compensating;
    EXPECT_EQ(status_of(placed, saga), OrderStatus::compensating);
    EXPECT_EQ(status_of(given<Order>(created(), OrderCancelled{id, CancelReason::out_of_stock}).state(), saga),
              OrderStatus::cancelled);
}

}  // namespace
}  // namespace tally::orders
