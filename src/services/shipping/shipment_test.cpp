#include "services/shipping/shipment.hpp"

#include <gtest/gtest.h>

#include "services/shipping/carrier.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/scenario.hpp"

namespace tally::shipping {
namespace {

using testing::given;

const OrderId id = OrderId::trusted("536365");
const OrderId other = OrderId::trusted("536366");
const ReturnId back = ReturnId::trusted("C536379");
const TrackingNumber tracking = tracking_number(id);

ShipmentCreated created(std::string method = "standard") { return {id, tracking, std::move(method)}; }
const ShipmentShipped shipped{id, tracking};
const ShipmentTrackingUpdated seen{id, tracking, "half of the way is done"};

auto delivering() {
    return [](const Shipment& shipment) { return deliver(shipment, id); };
}
auto taking_back() {
    return [](const Shipment& shipment) { return take_back(shipment, id, back); };
}

/// All that the carrier says of a parcel, as types and, of exceptions, why.
std::vector<std::string> reports(std::string method) {
    Shipment shipment = given<Shipment>(created(std::move(method)), shipped).state();
    std::vector<std::string> all;
    while (const auto report = next_report(shipment, id)) {
        std::visit(
            [&]<class E>(const E& event) {
                all.emplace_back(event_type<E>.name);
                if constexpr (std::same_as<E, ShipmentException>)
                    all.back() += event.reason == ShipmentProblem::lost ? " lost" : " delayed";
                shipment.apply(event);
            },
            *report);
        if (all.size() > 9) break;
    }
    return all;
}

TEST(Shipment, HasOneTrackingNumberForEachOrder) {
    TALLY_COVERS("E05.1");
    EXPECT_EQ(tracking_number(id), tracking_number(id));
    EXPECT_NE(tracking_number(id), tracking_number(other));
    EXPECT_EQ(tracking.text().size(), 18u);
    EXPECT_TRUE(TrackingNumber::parse(tracking.text()));
}

TEST(Shipment, IsDeliveredOnceFromWhereverItIs) {
    TALLY_COVERS("E05.6");
    const ShipmentDelivered delivered{id};
    given<Shipment>().when(delivering()).then_refused("shipment-unknown");
    given<Shipment>(created(), shipped).when(delivering()).then(delivered);
    given<Shipment>(created(), shipped, seen).when(delivering()).then(delivered);
    given<Shipment>(created(), shipped, seen, ShipmentException{id, ShipmentProblem::lost})
        .when(delivering())
        .then(delivered);
    given<Shipment>(created(), shipped, delivered).when(delivering()).then_refused("shipment-not-open");
    given<Shipment>(created(), shipped, delivered, ShipmentReturned{id, back})
        .when(delivering())
        .then_refused("shipment-not-open");
}

TEST(Shipment, ComesBackOnlyAfterItWasThere) {
    TALLY_COVERS("E05.8");
    const ShipmentDelivered delivered{id};
    given<Shipment>().when(taking_back()).then_refused("shipment-unknown");
    given<Shipment>(created(), shipped, seen).when(taking_back()).then_refused("shipment-not-delivered");
    given<Shipment>(created(), shipped, delivered).when(taking_back()).then({id, back});
    const Shipment twice = given<Shipment>(created(), shipped, delivered, ShipmentReturned{id, ReturnId::trusted("C1")},
                                           ShipmentReturned{id, back})
                               .state();
    EXPECT_EQ(twice.status, ShipmentStatus::returned);
    EXPECT_EQ(twice.returns.size(), 2u);
}

TEST(Carrier, ReportsHalfOfTheWayAndItsEnd) {
    TALLY_COVERS("E05.5", "E05.6", "E05.7");
    using Reports = std::vector<std::string>;
    EXPECT_EQ(reports("standard"), (Reports{"ShipmentTrackingUpdated", "ShipmentDelivered"}));
    EXPECT_EQ(reports("express"), (Reports{"ShipmentTrackingUpdated", "ShipmentDelivered"}));
    EXPECT_EQ(reports("sim_lost"), (Reports{"ShipmentTrackingUpdated", "ShipmentException lost"}));
    EXPECT_EQ(reports("sim_exception"), (Reports{"ShipmentException delayed", "ShipmentDelivered"}));
}

TEST(Carrier, HasNothingToSayOfWhatItDoesNotHave) {
    EXPECT_FALSE(next_report(Shipment{}, id));
    EXPECT_FALSE(next_report(given<Shipment>(created()).state(), id));
    EXPECT_FALSE(next_report(given<Shipment>(created(), shipped, ShipmentDelivered{id}).state(), id));
}

}  // namespace
}  // namespace tally::shipping
