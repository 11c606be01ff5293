#pragma once

#include <optional>
#include <string>

#include "services/shipping/shipment.hpp"
#include "tally/flow/projection.hpp"

namespace tally::shipping {

/// The read model that lists answer from: one document a shipment.
struct ShipmentListEntry {
    using Events = EventList<ShipmentCreated, ShipmentShipped, ShipmentTrackingUpdated, ShipmentException,
                             ShipmentDelivered, ShipmentReturned>;

    OrderId order;
    TrackingNumber tracking;
    std::string method;
    std::optional<Recipient> recipient;
    ShipmentStatus status = ShipmentStatus::none;
    std::optional<ShipmentProblem> problem;
    Timestamp created_at{};
    Timestamp updated_at{};

    static std::string key(const auto& event) { return event.order.text(); }

    void apply(const ShipmentCreated& event, const Envelope& envelope);
    void apply(const ShipmentShipped& event, const Envelope& envelope);
    void apply(const ShipmentTrackingUpdated& event, const Envelope& envelope);
    void apply(const ShipmentException& event, const Envelope& envelope);
    void apply(const ShipmentDelivered& event, const Envelope& envelope);
    void apply(const ShipmentReturned& event, const Envelope& envelope);
};
BOOST_DESCRIBE_STRUCT(ShipmentListEntry, (),
                      (order, tracking, method, recipient, status, problem, created_at, updated_at))
TALLY_DOCUMENT(ShipmentListEntry, "shipment-list")
/// `time`, and `status`, each status by time.
[[nodiscard]] std::vector<IndexEntry> tally_indexes(const ShipmentListEntry& entry);

}  // namespace tally::shipping
