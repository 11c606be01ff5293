#include "services/notifications/news.hpp"

#include <gtest/gtest.h>

#include "services/notifications/notification.hpp"
#include "tally/testing/covers.hpp"

namespace tally::notifications {
namespace {

const EventId id = Uuid::parse("01890a5d-ac96-774b-bcce-b302099a8057").value();
const OrderId order = OrderId::trusted("o1");

void expect_about(const NotificationRequested& news, NotificationKind kind) {
    EXPECT_EQ(news.notification, notification_id(id, Channel::email));
    EXPECT_EQ(news.event, id);
    EXPECT_EQ(news.order, order);
    EXPECT_EQ(news.kind, kind);
    EXPECT_EQ(news.channel, Channel::email);
}

TEST(News, AreOfOrdersAndTheirParcels) {
    TALLY_COVERS("E17.1", "E17.2", "E17.3", "E17.5");
    orders::OrderCreated created;
    created.order = order;
    created.total = Money(350, 2, *Currency::parse("GBP"));
    expect_about(news_of(created, id), NotificationKind::order_created);
    EXPECT_EQ(news_of(created, id).total, created.total);
    expect_about(news_of(orders::OrderConfirmed{order}, id), NotificationKind::order_confirmed);
    const auto cancelled = news_of(orders::OrderCancelled{order, orders::CancelReason::out_of_stock}, id);
    expect_about(cancelled, NotificationKind::order_cancelled);
    EXPECT_EQ(cancelled.reason, orders::CancelReason::out_of_stock);
    const auto tracking = shipping::TrackingNumber::trusted("TS1");
    const auto shipped = news_of(shipping::ShipmentShipped{order, tracking}, id);
    expect_about(shipped, NotificationKind::shipment_shipped);
    EXPECT_EQ(shipped.tracking, tracking);
}

TEST(News, AreOfPaymentsThatWereTried) {
    TALLY_COVERS("E17.4");
    using payments::PaymentFailure;
    const auto failed = [](PaymentFailure reason) { return payments::PaymentFailed{order, reason, "detail"}; };
    for (const auto reason : {PaymentFailure::declined, PaymentFailure::expired, PaymentFailure::invalid_amount})
        expect_about(news_of(failed(reason), id).value(), NotificationKind::payment_failed);
    EXPECT_FALSE(news_of(failed(PaymentFailure::undone_before), id));
}

}  // namespace
}  // namespace tally::notifications
