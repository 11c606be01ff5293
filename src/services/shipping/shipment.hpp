#pragma once

#include <expected>
#include <optional>
#include <set>
#include <string>

#include "services/shipping/shipping_events.hpp"
#include "tally/base/rejection.hpp"

namespace tally::shipping {

BOOST_DEFINE_ENUM_CLASS(ShipmentStatus, none, created, shipped, in_transit, exception, delivered, returned)

/// The shipment of one order: the fold of its stream. Where a decision is refused, the rejection says why.
///
///     none → created → shipped → in_transit → delivered → returned
///                         ↘          ↓       ↗
///                            →   exception
struct Shipment {
    using Key = OrderId;
    using Events = ShipmentEvents;
    static constexpr std::string_view category = "shipment";

    ShipmentStatus status = ShipmentStatus::none;
    TrackingNumber tracking;
    std::string method;
    std::optional<Recipient> recipient;
    std::optional<ShipmentProblem> problem;  ///< the last that there was, also of a parcel that was delivered then
    std::set<ReturnId> returns;

    void apply(const ShipmentCreated& event);
    void apply(const ShippingLabelCreated& event);
    void apply(const ShipmentShipped& event);
    void apply(const ShipmentTrackingUpdated& event);
    void apply(const ShipmentException& event);
    void apply(const ShipmentDelivered& event);
    void apply(const ShipmentReturned& event);
};

/// The number of an order's parcel: `TS` and 16 hexadecimal digits, the same each time.
[[nodiscard]] TrackingNumber tracking_number(const OrderId& order);

/// `shipment-unknown`, `shipment-not-open` (delivered already).
[[nodiscard]] std::expected<ShipmentDelivered, Rejection> deliver(const Shipment& shipment, const OrderId& order);
/// `shipment-unknown`, `shipment-not-delivered`.
[[nodiscard]] std::expected<ShipmentReturned, Rejection> take_back(const Shipment& shipment, const OrderId& order,
                                                                   const ReturnId& return_id);

}  // namespace tally::shipping
