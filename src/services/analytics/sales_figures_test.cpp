#include "services/analytics/sales_figures.hpp"

#include <gtest/gtest.h>

#include "services/analytics/analytics_views.hpp"
#include "tally/testing/covers.hpp"

namespace tally::analytics {
namespace {

using orders::CancelReason;

const OrderId o1 = OrderId::trusted("o1");
const Currency gbp = *Currency::parse("GBP");
const Currency eur = *Currency::parse("EUR");

Money pounds(std::int64_t pence) { return {pence, 2, gbp}; }

orders::OrderCreated created(const Money& total) {
    orders::OrderCreated event;
    event.order = o1;
    event.total = total;
    return event;
}

SalesFigures sum_of(std::initializer_list<SalesFigures> all) {
    SalesFigures sum;
    for (const SalesFigures& each : all) sum = plus(std::move(sum), each).value();
    return sum;
}

TEST(SalesFigures, EachEventCountsForItself) {
    TALLY_COVERS("E07.1", "E18.1", "E18.2", "E18.3", "E18.4", "E18.5", "E18.6", "E18.7", "E18.8");
    EXPECT_EQ(counted(created(pounds(350))), (SalesFigures{.created = 1, .placed = pounds(350)}));
    EXPECT_EQ(counted(orders::OrderConfirmed{o1}), SalesFigures{.confirmed = 1});
    EXPECT_EQ(counted(orders::OrderCancelled{o1, CancelReason::out_of_stock}),
              (SalesFigures{.cancelled = {{"out_of_stock", 1}}}));
    EXPECT_EQ(counted(inventory::InventoryReservationFailed{o1, {}, {}}), SalesFigures{.reservations_refused = 1});
    EXPECT_EQ(counted(payments::PaymentConfirmed{o1, pounds(350), "ref"}),
              (SalesFigures{.paid = 1, .captured = pounds(350)}));
    EXPECT_EQ(counted(payments::PaymentFailed{o1, {}, ""}), SalesFigures{.payments_refused = 1});
    EXPECT_EQ(counted(payments::PaymentRefunded{o1, pounds(100), {}}), SalesFigures{.refunded = pounds(100)});
    EXPECT_EQ(counted(shipping::ShipmentDelivered{o1}), SalesFigures{.delivered = 1});
}

TEST(SalesFigures, AddUp) {
    const SalesFigures sum =
        sum_of({counted(created(pounds(350))), counted(created(pounds(50))), counted(orders::OrderConfirmed{o1}),
                counted(orders::OrderCancelled{o1, CancelReason::out_of_stock}),
                counted(orders::OrderCancelled{o1, CancelReason::payment_refused}),
                counted(orders::OrderCancelled{o1, CancelReason::out_of_stock}),
                counted(payments::PaymentRefunded{o1, pounds(100), {}})});
    EXPECT_EQ(sum, (SalesFigures{.created = 2,
                                 .confirmed = 1,
                                 .cancelled = {{"out_of_stock", 2}, {"payment_refused", 1}},
                                 .placed = pounds(400),
                                 .refunded = pounds(100)}));
}

TEST(SalesFigures, KeepTheLongerDecimals) {
    const Money fine(2'550, 3, gbp);
    for (const SalesFigures& sum : {sum_of({counted(created(pounds(100))), counted(created(fine))}),
                                    sum_of({counted(created(fine)), counted(created(pounds(100)))})})
        EXPECT_EQ(sum.placed->decimal(), "3.550");
}

TEST(SalesFigures, AreNotMadeOfSeveralCurrenciesNorOfMoreThanCanBeCounted) {
    const SalesFigures figures = counted(created(pounds(100)));
    EXPECT_EQ(plus(figures, counted(created(Money(100, 2, eur)))).error().code, ErrorCode::invalid);
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    EXPECT_FALSE(plus(figures, counted(created(pounds(most)))));
    EXPECT_FALSE(plus(counted(created(Money(1, 3, gbp))), counted(created(pounds(most)))));
}

TEST(SalesFigures, AreShownAsAFunnelWithFailureRates) {
    TALLY_COVERS("E07.3", "E07.4");
    const SalesFigures figures{.created = 8,
                               .paid = 3,
                               .confirmed = 3,
                               .delivered = 2,
                               .cancelled = {{"out_of_stock", 2}, {"payment_refused", 1}},
                               .reservations_refused = 2,
                               .payments_refused = 1,
                               .placed = Money(8'000, 3, gbp),
                               .captured = Money(3'000, 3, gbp)};
    const SalesDayView shown = view({*Day::parse("2010-12-01"), gbp}, figures);
    EXPECT_EQ(shown.created, 8);
    EXPECT_EQ(shown.paid, 3);
    EXPECT_EQ(shown.confirmed, 3);
    EXPECT_EQ(shown.delivered, 2);
    EXPECT_EQ(shown.cancelled, 3);
    EXPECT_DOUBLE_EQ(shown.reservation_failure_rate, 0.25);
    EXPECT_DOUBLE_EQ(shown.payment_failure_rate, 0.25);
    EXPECT_EQ(shown.captured.decimal(), "3.000");
    EXPECT_EQ(shown.refunded, Money(0, 3, gbp));
    EXPECT_EQ(view({*Day::parse("2010-12-01"), gbp}, {}).payment_failure_rate, 0) << "of nothing";
}

}  // namespace
}  // namespace tally::analytics
