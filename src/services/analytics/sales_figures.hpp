#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "services/inventory/inventory_events.hpp"
#include "services/orders/order_events.hpp"
#include "services/payments/payments_events.hpp"
#include "services/shipping/shipping_events.hpp"

namespace tally::analytics {

/// What is counted of orders. Figures add up, in whatever order, to those of several events or several orders.
struct SalesFigures {
    std::int64_t created = 0;
    std::int64_t paid = 0;
    std::int64_t confirmed = 0;
    std::int64_t delivered = 0;
    std::map<std::string, std::int64_t> cancelled{};  ///< by orders::CancelReason
    std::int64_t reservations_refused = 0;            ///< for whatever reason, as are payments
    std::int64_t payments_refused = 0;
    std::optional<Money> placed{};  ///< what was ordered; none, here and below: nothing
    std::optional<Money> captured{};
    std::optional<Money> refunded{};  ///< of what was captured
    friend bool operator==(const SalesFigures&, const SalesFigures&) = default;
};
BOOST_DESCRIBE_STRUCT(SalesFigures, (),
                      (created, paid, confirmed, delivered, cancelled, reservations_refused, payments_refused, placed,
                       captured, refunded))

/// What an event counts for.
[[nodiscard]] SalesFigures counted(const orders::OrderCreated& event);
[[nodiscard]] SalesFigures counted(const orders::OrderConfirmed& event);
[[nodiscard]] SalesFigures counted(const orders::OrderCancelled& event);
[[nodiscard]] SalesFigures counted(const inventory::InventoryReservationFailed& event);
[[nodiscard]] SalesFigures counted(const payments::PaymentConfirmed& event);
[[nodiscard]] SalesFigures counted(const payments::PaymentFailed& event);
[[nodiscard]] SalesFigures counted(const payments::PaymentRefunded& event);
[[nodiscard]] SalesFigures counted(const shipping::ShipmentDelivered& event);

/// Amounts may differ in their decimals: a sum has as many as the longer one. Errors: invalid (another currency, more
/// than can be counted).
[[nodiscard]] Result<SalesFigures> plus(SalesFigures figures, const SalesFigures& more);

/// How many orders were cancelled, for all reasons.
[[nodiscard]] std::int64_t cancelled_in_all(const SalesFigures& figures);

}  // namespace tally::analytics
