#include "services/payments/payment_list.hpp"

#include <gtest/gtest.h>

namespace tally::payments {
namespace {

const OrderId order = OrderId::trusted("o1");

Money money(std::int64_t units) { return {units, 2, *Currency::parse("GBP")}; }
Envelope at(int second) {
    Envelope envelope;
    envelope.occurred_at = Timestamp(std::chrono::seconds(second));
    return envelope;
}
PaymentInitiated initiated() { return {order, {}, money(1000), "card"}; }

TEST(PaymentList, FollowsAPayment) {
    PaymentListEntry entry;
    entry.apply(initiated(), at(10));
    EXPECT_EQ(entry.order, order);
    EXPECT_EQ(entry.amount, money(1000));
    EXPECT_EQ(entry.method, "card");
    EXPECT_EQ(entry.status, PaymentStatus::initiated);
    entry.apply(PaymentAuthorized{order, money(1000), "r"}, at(11));
    EXPECT_EQ(entry.status, PaymentStatus::authorized);
    entry.apply(PaymentConfirmed{order, money(1000), "r"}, at(12));
    EXPECT_EQ(entry.status, PaymentStatus::captured);
    entry.apply(PaymentRefunded{order, money(300), ReturnId::trusted("r1")}, at(13));
    EXPECT_EQ(entry.status, PaymentStatus::refunded);
    EXPECT_EQ(entry.refunded, money(300));
    entry.apply(PaymentRefunded{order, money(700), {}}, at(14));
    EXPECT_EQ(entry.status, PaymentStatus::refunded);
    EXPECT_EQ(entry.refunded, money(1000));
    EXPECT_EQ(entry.requested_at, at(10).occurred_at);
}

TEST(PaymentList, ShowsWhyNothingIsCharged) {
    PaymentListEntry declined;
    declined.apply(initiated(), at(10));
    declined.apply(PaymentFailed{order, PaymentFailure::declined, ""}, at(11));
    EXPECT_EQ(declined.status, PaymentStatus::failed);
    EXPECT_EQ(declined.reason, PaymentFailure::declined);
    EXPECT_EQ(declined.requested_at, at(10).occurred_at);

    PaymentListEntry undone;
    undone.apply(PaymentVoided{order}, at(20));
    EXPECT_EQ(undone.status, PaymentStatus::voided);
    undone.apply(PaymentFailed{order, PaymentFailure::undone_before, ""}, at(21));
    EXPECT_EQ(undone.status, PaymentStatus::failed);
    EXPECT_EQ(undone.reason, PaymentFailure::undone_before);
    EXPECT_EQ(undone.order, order);
    EXPECT_EQ(undone.amount, std::nullopt);
    EXPECT_EQ(undone.requested_at, at(20).occurred_at);
}

TEST(PaymentList, SortsByTimeWithinAStatus) {
    PaymentListEntry earlier;
    earlier.apply(initiated(), at(1));
    PaymentListEntry later;
    later.apply(initiated(), at(2));
    const auto before = tally_indexes(earlier), after = tally_indexes(later);
    ASSERT_EQ(before.size(), 2u);
    for (std::size_t i = 0; i < before.size(); ++i) EXPECT_LT(before[i].value, after[i].value) << before[i].index;
    later.apply(PaymentFailed{order, PaymentFailure::declined, ""}, at(3));
    EXPECT_NE(tally_indexes(later)[1].value, after[1].value);
}

}  // namespace
}  // namespace tally::payments
