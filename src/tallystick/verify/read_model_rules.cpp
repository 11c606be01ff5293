#include "tallystick/verify/read_model_rules.hpp"

namespace tally::verify {
namespace {

using From = Assignment::From;

constexpr Assignment order_list[] = {
    {"OrderCreated", "order", From::member, "/order"},
    {"OrderCreated", "customer", From::member, "/customer"},
    {"OrderCreated", "status", From::literal, "created"},
    {"OrderCreated", "placed_at", From::member_or_occurred, "/placed_at"},
    {"OrderCreated", "total", From::member, "/total"},
    {"OrderCreated", "lines", From::count, "/lines"},
    {"SagaStepStarted", "status", From::literal, "reserving_stock", "/step", "reserve"},
    {"SagaStepStarted", "status", From::literal, "paying", "/step", "pay"},
    {"SagaStepStarted", "status", From::literal, "shipping", "/step", "ship"},
    {"SagaCompensating", "status", From::literal, "compensating"},
    {"SagaOperatorCalled", "status", From::literal, "failed"},
    {"OrderConfirmed", "status", From::literal, "shipping"},
    {"OrderCompleted", "status", From::literal, "completed"},
    {"OrderCancelled", "status", From::literal, "cancelled"},
    {"OrderCancelled", "reason", From::member, "/reason"},
};

constexpr Assignment return_list[] = {
    {"ReturnReceived", "return_id", From::member, "/return_id"},
    {"ReturnReceived", "customer", From::member, "/customer"},
    {"ReturnReceived", "order", From::member, "/order"},
    {"ReturnReceived", "outcome", From::member, "/outcome"},
    {"ReturnReceived", "returned_at", From::member_or_occurred, "/returned_at"},
    {"ReturnReceived", "lines", From::count, "/lines"},
    {"ReturnReceived", "refunds", From::member, "/refunds"},
};

constexpr Assignment payment_list[] = {
    {"PaymentInitiated", "order", From::member, "/order"},
    {"PaymentInitiated", "amount", From::member, "/amount"},
    {"PaymentInitiated", "method", From::member, "/method"},
    {"PaymentInitiated", "status", From::literal, "initiated"},
    {"PaymentInitiated", "requested_at", From::first_occurred, ""},
    {"PaymentAuthorized", "status", From::literal, "authorized"},
    {"PaymentConfirmed", "status", From::literal, "captured"},
    {"PaymentFailed", "order", From::member, "/order"},
    {"PaymentFailed", "reason", From::member, "/reason"},
    {"PaymentFailed", "status", From::literal, "failed"},
    {"PaymentFailed", "requested_at", From::first_occurred, ""},
    {"PaymentVoided", "order", From::member, "/order"},
    {"PaymentVoided", "status", From::literal, "voided"},
    {"PaymentVoided", "requested_at", From::first_occurred, ""},
    {"PaymentRefunded", "refunded", From::sum, "/amount"},
    {"PaymentRefunded", "status", From::literal, "refunded"},
};

constexpr Assignment shipment_list[] = {
    {"ShipmentCreated", "order", From::member, "/order"},
    {"ShipmentCreated", "tracking", From::member, "/tracking"},
    {"ShipmentCreated", "method", From::member, "/method"},
    {"ShipmentCreated", "recipient", From::member, "/recipient"},
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
    {"orders", "order-list", "", order_list},
    {"orders", "return-list", "/return_id", return_list},
    {"payments", "payment-list", "/order", payment_list},
    {"shipping", "shipment-list", "/order", shipment_list},
};

}  // namespace

std::span<const ReadModelRule> read_model_rules() { return rules; }

}  // namespace tally::verify
