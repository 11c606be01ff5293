#include "services/notifications/letter.hpp"

#include <gmock/gmock.h>

#include "tally/testing/covers.hpp"

namespace tally::notifications {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

NotificationRequested about(NotificationKind kind) {
    return {.order = OrderId::trusted("536365"), .event = {}, .kind = kind};
}

TEST(Letter, AboutANewOrderNamesWhatItComesTo) {
    TALLY_COVERS("E06.4");
    NotificationRequested wanted = about(NotificationKind::order_created);
    wanted.total = Money(13912, 2, *Currency::parse("GBP"));
    const Letter letter = render(wanted, "Zoë Ångström");
    EXPECT_EQ(letter.subject, "We have your order 536365");
    EXPECT_EQ(letter.body,
              "Dear Zoë Ångström,\n\n"
              "Thank you for your order 536365, which comes to 139.12 GBP.\n"
              "We shall write again when it is confirmed.\n\n"
              "Your shop\n");
}

TEST(Letter, ToSomebodyWithoutANameGreetsThemAllTheSame) {
    EXPECT_THAT(render(about(NotificationKind::order_confirmed), "").body, StartsWith("Hello,\n"));
}

TEST(Letter, SaysOfEachKindWhatHasHappened) {
    TALLY_COVERS("E06.4");
    EXPECT_EQ(render(about(NotificationKind::order_confirmed), "Ann").subject, "Your order 536365 is confirmed");
    EXPECT_EQ(render(about(NotificationKind::payment_failed), "Ann").subject,
              "The payment for your order 536365 has failed");
    NotificationRequested shipped = about(NotificationKind::shipment_shipped);
    shipped.tracking = shipping::TrackingNumber::trusted("TS0123");
    EXPECT_EQ(render(shipped, "Ann").subject, "Your order 536365 is on its way");
    EXPECT_THAT(render(shipped, "Ann").body, HasSubstr("Its tracking number is TS0123.\n"));
}

TEST(Letter, AboutACancelledOrderSaysWhy) {
    TALLY_COVERS("E06.4");
    NotificationRequested cancelled = about(NotificationKind::order_cancelled);
    using orders::CancelReason;
    const std::pair<CancelReason, const char*> reasons[] = {
        {CancelReason::out_of_stock, "is out of stock"},
        {CancelReason::customer_request, "you asked us"},
        {CancelReason::reservation_refused, "could not set the goods aside"},
        {CancelReason::reservation_overdue, "could not set the goods aside"},
        {CancelReason::payment_refused, "was not accepted"},
        {CancelReason::payment_overdue, "did not arrive in time"}};
    for (const auto& [reason, text] : reasons) {
        cancelled.reason = reason;
        EXPECT_THAT(render(cancelled, "Ann").body, HasSubstr(text));
        EXPECT_THAT(render(cancelled, "Ann").body, HasSubstr("You pay nothing"));
    }
}

}  // namespace
}  // namespace tally::notifications
