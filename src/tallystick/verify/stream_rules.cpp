#include "tallystick/verify/stream_rules.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "tallystick/verify/json_fields.hpp"

namespace tally::verify {
namespace {

/// A stream is called `<category>-<name>`; the data says the name, and the partition key. Where it does not, the
/// partition key is the name. Of several rules of one type the first one counts whose name the data says, or the last.
struct StreamRule {
    std::string_view service;
    std::string_view category;
    std::string_view type;
    std::string_view name;
    std::string_view key;
};

constexpr std::array<StreamRule, 46> rules{{
    {"orders", "order", "OrderCreated", "/order", "/order"},
    {"orders", "order", "OrderCancelRequested", "/order", "/order"},
    {"orders", "order", "OrderConfirmed", "/order", "/order"},
    {"orders", "order", "OrderCompleted", "/order", "/order"},
    {"orders", "order", "OrderCancelled", "/order", "/order"},
    {"orders", "order", "OrderReturned", "/order", "/order"},
    {"orders", "return", "ReturnReceived", "/return_id", "/return_id"},
    {"orders", "return", "PaymentRefundRequested", "/return_id", "/order"},
    {"orders", "saga-place-order", "InventoryReservationRequested", "/order", "/order"},
    {"orders", "saga-place-order", "InventoryReservationReleased", "/order", "/order"},
    {"orders", "saga-place-order", "PaymentRequested", "/order", "/order"},
    {"orders", "saga-place-order", "PaymentRefundRequested", "/order", "/order"},
    {"orders", "saga-place-order", "SagaStarted", "/instance", "/instance"},
    {"orders", "saga-place-order", "SagaStepStarted", "", ""},
    {"orders", "saga-place-order", "SagaCompleted", "", ""},
    {"orders", "saga-place-order", "SagaCompensating", "", ""},
    {"orders", "saga-place-order", "SagaUndoStarted", "", ""},
    {"orders", "saga-place-order", "SagaCompensated", "", ""},
    {"orders", "saga-place-order", "SagaReplyIgnored", "", ""},
    {"orders", "saga-place-order", "SagaOperatorCalled", "", ""},
    {"orders", "saga-place-order", "SagaStepSkipped", "", ""},
    {"orders", "saga-place-order", "SagaResolved", "", ""},
    {"inventory", "reservation", "InventoryReservationConfirmed", "/order", "/order"},
    {"inventory", "reservation", "InventoryReservationFailed", "/order", "/order"},
    {"inventory", "reservation", "StockReleased", "/order", "/order"},
    {"inventory", "reservation", "StockCommitted", "/order", "/order"},
    {"inventory", "reservation", "StockReturned", "/order", "/order"},
    {"inventory", "receipt", "InventoryRestocked", "/receipt", "/sku"},
    {"inventory", "stock", "LowStockAlert", "/sku", "/sku"},
    {"inventory", "stock", "OutOfStockAlert", "/sku", "/sku"},
    {"payments", "payment", "PaymentInitiated", "/order", "/order"},
    {"payments", "payment", "PaymentAuthorized", "/order", "/order"},
    {"payments", "payment", "PaymentConfirmed", "/order", "/order"},
    {"payments", "payment", "PaymentFailed", "/order", "/order"},
    {"payments", "payment", "PaymentVoided", "/order", "/order"},
    {"payments", "payment", "PaymentRefunded", "/order", "/order"},
    {"payments", "payment", "PaymentRefundFailed", "/order", "/order"},
    {"payments", "payment", "PaymentRefundInitiated", "/order", "/order"},
    {"payments", "payment", "PaymentAnswerRepeated", "/order", "/order"},
    {"shipping", "shipment", "ShipmentCreated", "/order", "/order"},
    {"shipping", "shipment", "ShippingLabelCreated", "/order", "/order"},
    {"shipping", "shipment", "ShipmentShipped", "/order", "/order"},
    {"shipping", "shipment", "ShipmentTrackingUpdated", "/order", "/order"},
    {"shipping", "shipment", "ShipmentException", "/order", "/order"},
    {"shipping", "shipment", "ShipmentDelivered", "/order", "/order"},
    {"shipping", "shipment", "ShipmentReturned", "/order", "/order"},
}};

/// In the log of any service: what an operator has made of an event that it could not handle.
constexpr std::string_view edit_type = "DeadLetterEdited";

void check_edit(const std::string& service, const RecordedEvent& event, const boost::json::value& data,
                Findings& findings) {
    const std::string stream =
        fmt::format("dead-letter-{}/{}/{:020}", text_at(data, "/consumer").value_or("?"),
                    text_at(data, "/topic").value_or("?"), number_at(data, "/position").value_or(0));
    if (event.stream != stream)
        findings.violation(Invariant::streams, fmt::format("{}/events/{}", service, event.position),
                           fmt::format("this {} stands in {}, not in {}", event.type, event.stream, stream));
}

}  // namespace

void check_stream(const std::string& service, const RecordedEvent& event, const boost::json::value& data,
                  Findings& findings) {
    if (event.type == edit_type) return check_edit(service, event, data, findings);
    if (std::ranges::find(rules, service, &StreamRule::service) == rules.end()) return;
    const std::string subject = fmt::format("{}/events/{}", service, event.position);
    const auto said = [&](std::string_view pointer) {
        return pointer.empty() ? std::optional(std::string(event.key)) : text_at(data, pointer);
    };
    const StreamRule* rule = nullptr;
    for (const StreamRule& each : rules) {
        if (each.service != service || each.type != event.type) continue;
        rule = &each;
        if (said(rule->name)) break;
    }
    if (rule == nullptr) {
        findings.violation(Invariant::streams, subject, fmt::format("{} has no events {}", service, event.type));
        return;
    }
    const auto name = said(rule->name);
    const auto key = said(rule->key);
    const std::string stream = fmt::format("{}-{}", rule->category, name.value_or("?"));
    if (event.stream != stream)
        findings.violation(Invariant::streams, subject,
                           fmt::format("this {} stands in {}, not in {}", event.type, event.stream, stream));
    else if (event.key != key)
        findings.violation(Invariant::streams, subject,
                           fmt::format("the key of this {} is {}, not {}", event.type, event.key, key.value_or("?")));
}

}  // namespace tally::verify
