#include "tallystick/verify/read_model_rules.hpp"

namespace tally::verify {
namespace {

using From = Assignment::From;

constexpr Assignment order_list[] = {
    {"OrderCreated", "order", From::member, "/order"},
    {"OrderCreated", "customer", From::member, "/customer"},
    {"OrderCreated", "status", From::literal, "reserving_stock"},
    {"OrderCreated", "placed_at", From::member_or_occurred, "/placed_at"},
    {"OrderCreated", "total", From::member, "/total"},
    {"OrderCreated", "lines", From::count, "/lines"},
    {"OrderConfirmed", "status", From::literal, "confirmed"},
    {"OrderCancelled", "status", From::literal, "cancelled"},
    {"OrderCancelled", "reason", From::member, "/reason"},
};

constexpr Assignment shipment_list[] = {
    {"ShipmentCreated", "order", From::member, "/order"},
    {"ShipmentCreated", "tracking", From::member, "/tracking"},
    {"ShipmentCreated", "method", From::member, "/method"},
    {"ShipmentCreated", "status", From::literal, "created"},
    {"ShipmentCreated", "created_at", From::occurred, ""},
    {"ShipmentCreated", "updated_at", From::occurred, ""},
    {"ShipmentShipped", "status", From::literal, "shipped"},
    {"ShipmentShipped", "updated_at", From::occurred, ""},
    {"ShipmentTrackingUpdated", "status", From::literal, "in_transit"},
    {"ShipmentTrackingUpdated", "updated_at", From::occurred, ""},
    {"ShipmentException", "status", From::literal, "exception"},
    {"ShipmentException", "problem", From::member, "/reason"},
    {"ShipmentException", "updated_at", From::occurred, ""},
    {"ShipmentDelivered", "status", From::literal, "delivered"},
    {"ShipmentDelivered", "updated_at", From::occurred, ""},
    {"ShipmentReturned", "status", From::literal, "returned"},
    {"ShipmentReturned", "updated_at", From::occurred, ""},
};

constexpr ReadModelRule rules[] = {
    {"orders", "order-list", "/order", order_list},
    {"shipping", "shipment-list", "/order", shipment_list},
};

}  // namespace

std::span<const ReadModelRule> read_model_rules() { return rules; }

}  // namespace tally::verify
