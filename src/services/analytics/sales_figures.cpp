#include "services/analytics/sales_figures.hpp"

#include <algorithm>

#include <boost/describe/enum_to_string.hpp>

namespace tally::analytics {

SalesFigures counted(const orders::OrderCreated& event) { return {.created = 1, .placed = event.total}; }
SalesFigures counted(const orders::OrderConfirmed&) { return {.confirmed = 1}; }
SalesFigures counted(const orders::OrderCancelled& event) {
    return {.cancelled = {{boost::describe::enum_to_string(event.reason, ""), 1}}};
}
SalesFigures counted(const inventory::InventoryReservationFailed&) { return {.reservations_refused = 1}; }
SalesFigures counted(const payments::PaymentConfirmed& event) { return {.paid = 1, .captured = event.amount}; }
SalesFigures counted(const payments::PaymentFailed&) { return {.payments_refused = 1}; }
SalesFigures counted(const payments::PaymentRefunded& event) { return {.refunded = event.amount}; }
SalesFigures counted(const shipping::ShipmentDelivered&) { return {.delivered = 1}; }

namespace {

Result<Money> with_scale(const Money& amount, int scale) {
    return Money::parse(amount.decimal(), scale, amount.currency());
}

Result<std::optional<Money>> sum_of(const std::optional<Money>& amount, const std::optional<Money>& more) {
    if (!amount || !more) return amount ? amount : more;
    const int scale = std::max(amount->scale(), more->scale());
    const auto left = with_scale(*amount, scale);
    const auto right = with_scale(*more, scale);
    if (!left || !right) return std::unexpected((left ? right : left).error());
    return left->plus(*right);
}

}  // namespace

Result<SalesFigures> plus(SalesFigures figures, const SalesFigures& more) {
    figures.created += more.created;
    figures.paid += more.paid;
    figures.confirmed += more.confirmed;
    figures.delivered += more.delivered;
    for (const auto& [reason, orders] : more.cancelled) figures.cancelled[reason] += orders;
    figures.reservations_refused += more.reservations_refused;
    figures.payments_refused += more.payments_refused;
    for (const auto amount : {&SalesFigures::placed, &SalesFigures::captured, &SalesFigures::refunded}) {
        auto sum = sum_of(figures.*amount, more.*amount);
        if (!sum) return std::unexpected(std::move(sum.error()));
        figures.*amount = *sum;
    }
    return figures;
}

std::int64_t cancelled_in_all(const SalesFigures& figures) {
    std::int64_t orders = 0;
    for (const auto& [reason, cancelled] : figures.cancelled) orders += cancelled;
    return orders;
}

}  // namespace tally::analytics
