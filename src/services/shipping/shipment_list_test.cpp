#include "services/shipping/shipment_list.hpp"

#include <gtest/gtest.h>

#include "tally/testing/covers.hpp"

namespace tally::shipping {
namespace {

const OrderId id = OrderId::trusted("536365");
const TrackingNumber tracking = tracking_number(id);

Envelope at(int second) {
    Envelope envelope;
    envelope.occurred_at = Timestamp(std::chrono::seconds(second));
    return envelope;
}

ShipmentListEntry shipped_at(int second) {
    ShipmentListEntry entry;
    entry.apply(ShipmentCreated{id, tracking, "express"}, at(second));
    entry.apply(ShipmentShipped{id, tracking}, at(second));
    return entry;
}

TEST(ShipmentList, FollowsAShipment) {
    TALLY_COVERS("E05.1", "E05.4");
    ShipmentListEntry entry = shipped_at(10);
    EXPECT_EQ(entry.order, id);
    EXPECT_EQ(entry.tracking, tracking);
    EXPECT_EQ(entry.method, "express");
    EXPECT_EQ(entry.status, ShipmentStatus::shipped);
    entry.apply(ShipmentTrackingUpdated{id, tracking, ""}, at(11));
    EXPECT_EQ(entry.status, ShipmentStatus::in_transit);
    entry.apply(ShipmentException{id, ShipmentProblem::lost}, at(12));
    EXPECT_EQ(entry.status, ShipmentStatus::exception);
    EXPECT_EQ(entry.problem, ShipmentProblem::lost);
    entry.apply(ShipmentDelivered{id}, at(13));
    EXPECT_EQ(entry.status, ShipmentStatus::delivered);
    entry.apply(ShipmentReturned{id, ReturnId::trusted("r1")}, at(14));
    EXPECT_EQ(entry.status, ShipmentStatus::returned);
    EXPECT_EQ(entry.created_at, at(10).occurred_at);
    EXPECT_EQ(entry.updated_at, at(14).occurred_at);
}

TEST(ShipmentList, IndexesSortByTimeWithinStatus) {
    const ShipmentListEntry earlier = shipped_at(1);
    ShipmentListEntry later = shipped_at(2);
    for (std::size_t i = 0; i < 2; ++i)
        EXPECT_LT(tally_indexes(earlier)[i].value, tally_indexes(later)[i].value) << tally_indexes(later)[i].index;
    later.apply(ShipmentTrackingUpdated{id, tracking, ""}, at(3));
    EXPECT_GT(tally_indexes(later)[1].value, tally_indexes(shipped_at(9))[1].value);
}

}  // namespace
}  // namespace tally::shipping
