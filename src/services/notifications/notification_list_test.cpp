#include "services/notifications/notification_list.hpp"

#include <gtest/gtest.h>

namespace tally::notifications {
namespace {

const OrderId order = OrderId::trusted("o1");

Envelope at(int second) {
    Envelope envelope;
    envelope.occurred_at = Timestamp(std::chrono::seconds(second));
    return envelope;
}

NotificationListEntry requested_at(int second) {
    NotificationListEntry entry;
    entry.apply(NotificationRequested{.order = order, .event = {}, .kind = NotificationKind::payment_failed},
                at(second));
    return entry;
}

TEST(NotificationList, FollowsANotification) {
    NotificationListEntry entry = requested_at(10);
    EXPECT_EQ(entry.order, order);
    EXPECT_EQ(entry.kind, NotificationKind::payment_failed);
    EXPECT_EQ(entry.status, NotificationStatus::requested);
    entry.apply(NotificationSent{{}, order}, at(11));
    EXPECT_EQ(entry.status, NotificationStatus::sent);
    EXPECT_EQ(entry.requested_at, at(10).occurred_at);
    EXPECT_EQ(entry.updated_at, at(11).occurred_at);
    EXPECT_FALSE(entry.reason);
}

TEST(NotificationList, SaysWhyOneWasNotSent) {
    NotificationListEntry entry = requested_at(10);
    NotificationFailed failed{.notification = {}, .order = order};
    failed.reason = NotificationFailure::erased;
    entry.apply(failed, at(12));
    EXPECT_EQ(entry.status, NotificationStatus::failed);
    EXPECT_EQ(entry.reason, NotificationFailure::erased);
    EXPECT_EQ(entry.updated_at, at(12).occurred_at);
}

TEST(NotificationList, IndexesSortByTimeWithinOrderAndStatus) {
    const NotificationListEntry earlier = requested_at(1);
    NotificationListEntry later = requested_at(2);
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_LT(tally_indexes(earlier)[i].value, tally_indexes(later)[i].value) << tally_indexes(later)[i].index;
    later.apply(NotificationSent{{}, order}, at(3));
    EXPECT_GT(tally_indexes(later)[2].value, tally_indexes(requested_at(9))[2].value);
}

}  // namespace
}  // namespace tally::notifications
