#pragma once

#include <optional>
#include <variant>

#include "services/shipping/shipment.hpp"
#include "tally/flow/timer.hpp"

/// A carrier that exists here only. What it does wrong is asked for by the order's shipping method:
/// `sim_refused` is not taken, `sim_exception` is delayed, `sim_lost` never arrives; any other arrives in time.
namespace tally::shipping {

/// The timer of an order's parcel: it is time for the next report.
struct CarrierReports {
    OrderId order;
};
BOOST_DESCRIBE_STRUCT(CarrierReports, (), (order))
TALLY_TIMER(CarrierReports, "carrier-reports")

using CarrierReport = std::variant<ShipmentTrackingUpdated, ShipmentException, ShipmentDelivered>;

/// Whether the carrier takes parcels that are to be sent so.
[[nodiscard]] bool takes(std::string_view method);

/// What the carrier says when the parcel has come half of its way, and when it should be there; none: it has no more to
/// say.
[[nodiscard]] std::optional<CarrierReport> next_report(const Shipment& shipment, const OrderId& order);

}  // namespace tally::shipping
