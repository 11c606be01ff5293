// From an order placed to an order delivered and paid, or to one of which nothing stands any more.
#include "services/inventory/inventory_events.hpp"
#include "services/orders/order.hpp"
#include "services/orders/orders_service.hpp"
#include "services/payments/payments_events.hpp"
#include "services/shipping/shipping_events.hpp"
#include "tally/flow/saga.hpp"

namespace tally::orders {
namespace {

using inventory::InventoryReservationConfirmed;
using inventory::InventoryReservationFailed;
using inventory::ReservationFailure;
using inventory::StockReleased;
using payments::PaymentConfirmed;
using payments::PaymentFailed;
using payments::PaymentRefunded;
using payments::PaymentVoided;
using shipping::ShipmentDelivered;

std::string_view why_not_reserved(const InventoryReservationFailed& event) {
    return event.reason == ReservationFailure::out_of_stock ? "out_of_stock" : "refused";
}
std::string why_not_paid(const PaymentFailed& event) { return event.detail; }

}  // namespace

// clang-format off
SagaDefinition place_order_saga(const Config& settings) {
    return saga<Order>("place-order", 1)
        .starts_on(&OrderCreated::order)
        .cancelled_by(&OrderCancelRequested::order)
        .step("reserve").request(&reservation_of)
            .expect(&InventoryReservationConfirmed::order)
            .refused_by(&InventoryReservationFailed::order, &why_not_reserved)
            .within(settings.duration("orders.reserve_within_ms"))
            .undo(&release_of).undone_by(&StockReleased::order)
        .step("pay").request(&payment_of)
            .expect(&PaymentConfirmed::order)
            .refused_by(&PaymentFailed::order, &why_not_paid)
            .within(settings.duration("orders.pay_within_ms"))
            .undo(&refund_of).undone_by(&PaymentRefunded::order).undone_by(&PaymentVoided::order)
        .step("confirm").decide(&confirm).pivot()
        .step("ship").expect(&ShipmentDelivered::order).within(settings.duration("orders.ship_within_ms"))
        .step("complete").decide(&complete)
        .compensated(&cancel)
        .done();
}
// clang-format on

std::vector<Setting> orders_settings() {
    using Kind = Setting::Kind;
    return {
        {"orders.pay_within_ms", Kind::duration_ms, "120000", "for payments to answer, before the order is undone"},
        {"orders.reserve_within_ms", Kind::duration_ms, "30000", "for inventory to answer, before the order is undone"},
        {"orders.ship_within_ms", Kind::duration_ms, "1209600000",
         "for an order to be delivered, before it is overdue"},
    };
}

}  // namespace tally::orders
