#include "services/shipping/carrier.hpp"

namespace tally::shipping {
namespace {

CarrierReport half_way(const Shipment& shipment, const OrderId& order) {
    if (shipment.method == "sim_exception") return ShipmentException{order, ShipmentProblem::delayed};
    return ShipmentTrackingUpdated{order, shipment.tracking, "half of the way is done"};
}

CarrierReport at_the_end(const Shipment& shipment, const OrderId& order) {
    if (shipment.method == "sim_lost") return ShipmentException{order, ShipmentProblem::lost};
    return ShipmentDelivered{order};
}

}  // namespace

bool takes(std::string_view method) { return method != "sim_refused"; }

std::optional<CarrierReport> next_report(const Shipment& shipment, const OrderId& order) {
    switch (shipment.status) {
        case ShipmentStatus::shipped:
            return half_way(shipment, order);
        case ShipmentStatus::in_transit:
            return at_the_end(shipment, order);
        case ShipmentStatus::exception:
            if (shipment.problem == ShipmentProblem::lost) return std::nullopt;
            return at_the_end(shipment, order);
        default:
            return std::nullopt;
    }
}

}  // namespace tally::shipping
