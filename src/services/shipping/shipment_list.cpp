#include "services/shipping/shipment_list.hpp"

namespace tally::shipping {
namespace {

void move_to(ShipmentStatus status, ShipmentListEntry& entry, const Envelope& envelope) {
    entry.status = status;
    entry.updated_at = envelope.occurred_at;
}

}  // namespace

void ShipmentListEntry::apply(const ShipmentCreated& event, const Envelope& envelope) {
    order = event.order;
    tracking = event.tracking;
    method = event.method;
    recipient = event.recipient;
    created_at = envelope.occurred_at;
    move_to(ShipmentStatus::created, *this, envelope);
}

void ShipmentListEntry::apply(const ShipmentShipped&, const Envelope& envelope) {
    move_to(ShipmentStatus::shipped, *this, envelope);
}

void ShipmentListEntry::apply(const ShipmentTrackingUpdated&, const Envelope& envelope) {
    move_to(ShipmentStatus::in_transit, *this, envelope);
}

void ShipmentListEntry::apply(const ShipmentException& event, const Envelope& envelope) {
    problem = event.reason;
    move_to(ShipmentStatus::exception, *this, envelope);
}

void ShipmentListEntry::apply(const ShipmentDelivered&, const Envelope& envelope) {
    move_to(ShipmentStatus::delivered, *this, envelope);
}

void ShipmentListEntry::apply(const ShipmentReturned&, const Envelope& envelope) {
    move_to(ShipmentStatus::returned, *this, envelope);
}

std::vector<IndexEntry> tally_indexes(const ShipmentListEntry& entry) {
    const IndexKey status = IndexKey().number(static_cast<int>(entry.status));
    return {{"time", IndexKey().time(entry.created_at).text(entry.order.text()).bytes()},
            {"status", IndexKey(status).time(entry.created_at).text(entry.order.text()).bytes()}};
}

}  // namespace tally::shipping
