#include "services/shipping/shipment.hpp"

#include "tally/base/sha256.hpp"
#include "tally/base/text.hpp"

namespace tally::shipping {

void Shipment::apply(const ShipmentCreated& event) {
    status = ShipmentStatus::created;
    tracking = event.tracking;
    method = event.method;
    recipient = event.recipient;
}
void Shipment::apply(const ShippingLabelCreated&) {}
void Shipment::apply(const ShipmentShipped&) { status = ShipmentStatus::shipped; }
void Shipment::apply(const ShipmentTrackingUpdated&) { status = ShipmentStatus::in_transit; }
void Shipment::apply(const ShipmentException& event) {
    status = ShipmentStatus::exception;
    problem = event.reason;
}
void Shipment::apply(const ShipmentDelivered&) { status = ShipmentStatus::delivered; }
void Shipment::apply(const ShipmentReturned& event) {
    status = ShipmentStatus::returned;
    returns.insert(event.return_id);
}

namespace {

std::unexpected<Rejection> unknown(const OrderId& order) {
    return std::unexpected(Rejection{"shipment-unknown", "there is no shipment of order " + order.text()});
}

}  // namespace

TrackingNumber tracking_number(const OrderId& order) {
    return TrackingNumber::trusted("TS" + to_upper(to_hex(sha256(order.text())).substr(0, 16)));
}

std::expected<ShipmentDelivered, Rejection> deliver(const Shipment& shipment, const OrderId& order) {
    if (shipment.status == ShipmentStatus::none) return unknown(order);
    if (shipment.status >= ShipmentStatus::delivered)
        return std::unexpected(Rejection{"shipment-not-open", "the goods are delivered already"});
    return ShipmentDelivered{order};
}

std::expected<ShipmentReturned, Rejection> take_back(const Shipment& shipment, const OrderId& order,
                                                     const ReturnId& return_id) {
    if (shipment.status == ShipmentStatus::none) return unknown(order);
    if (shipment.status < ShipmentStatus::delivered)
        return std::unexpected(Rejection{"shipment-not-delivered",
                                         "goods of order " + order.text() + " came back before they were there"});
    return ShipmentReturned{order, return_id};
}

}  // namespace tally::shipping
