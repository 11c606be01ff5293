#include "services/notifications/notification.hpp"

#include <gtest/gtest.h>

#include "tally/testing/covers.hpp"
#include "tally/testing/scenario.hpp"

namespace tally::notifications {
namespace {

using testing::given;

const EventId event = Uuid::parse("01890a5d-ac96-774b-bcce-b302099a8057").value();
const EventId other = Uuid::parse("01890a5d-ac96-774b-bcce-b302099a8058").value();

NotificationRequested requested() {
    return {.notification = notification_id(event, Channel::email),
            .order = OrderId::trusted("o1"),
            .event = event,
            .kind = NotificationKind::shipment_shipped};
}
const NotificationSent was_sent{requested().notification, requested().order, requested().kind, Channel::email};
const NotificationFailed has_failed{requested().notification, requested().order, requested().kind, Channel::email,
                                    NotificationFailure::erased};

auto asking() {
    return [](const Notification& notification) { return request(notification, requested()); };
}
auto sending() {
    return [](const Notification& notification) { return sent(notification); };
}
auto giving_up() {
    return [](const Notification& notification) { return failed(notification, NotificationFailure::erased); };
}

TEST(Notification, OfAnEventHasOneIdForEachChannel) {
    TALLY_COVERS("E06.6");
    EXPECT_EQ(notification_id(event, Channel::email), notification_id(event, Channel::email));
    EXPECT_NE(notification_id(event, Channel::email), notification_id(other, Channel::email));
    EXPECT_NE(notification_id(event, Channel::email), event);
}

TEST(Notification, IsAskedForOnce) {
    TALLY_COVERS("E06.6");
    given<Notification>().when(asking()).then(requested());
    given<Notification>(requested()).when(asking()).then_refused("notification-exists");
    given<Notification>(requested(), was_sent).when(asking()).then_refused("notification-exists");
    given<Notification>(requested(), has_failed).when(asking()).then_refused("notification-exists");
}

TEST(Notification, EndsOnceSentOrGivenUp) {
    given<Notification>(requested()).when(sending()).then(was_sent);
    given<Notification>(requested()).when(giving_up()).then(has_failed);
    given<Notification>().when(sending()).then_refused("notification-not-open");
    given<Notification>().when(giving_up()).then_refused("notification-not-open");
    for (const auto& ended :
         {given<Notification>(requested(), was_sent), given<Notification>(requested(), has_failed)}) {
        ended.when(sending()).then_refused("notification-not-open");
        ended.when(giving_up()).then_refused("notification-not-open");
    }
    EXPECT_EQ(given<Notification>(requested(), has_failed).state().failure, NotificationFailure::erased);
}

}  // namespace
}  // namespace tally::notifications
