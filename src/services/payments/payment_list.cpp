#include "services/payments/payment_list.hpp"

namespace tally::payments {
namespace {

/// Any of several events may be the first.
void begin(PaymentListEntry& entry, const OrderId& order, const Envelope& envelope) {
    entry.order = order;
    if (entry.status == PaymentStatus::none) entry.requested_at = envelope.occurred_at;
}

}  // namespace

void PaymentListEntry::apply(const PaymentInitiated& event, const Envelope& envelope) {
    begin(*this, event.order, envelope);
    status = PaymentStatus::initiated;
    amount = event.amount;
    method = event.method;
}

void PaymentListEntry::apply(const PaymentAuthorized&, const Envelope&) { status = PaymentStatus::authorized; }

void PaymentListEntry::apply(const PaymentConfirmed&, const Envelope&) { status = PaymentStatus::captured; }

void PaymentListEntry::apply(const PaymentFailed& event, const Envelope& envelope) {
    begin(*this, event.order, envelope);
    status = PaymentStatus::failed;
    reason = event.reason;
}

void PaymentListEntry::apply(const PaymentVoided& event, const Envelope& envelope) {
    begin(*this, event.order, envelope);
    status = PaymentStatus::voided;
}

void PaymentListEntry::apply(const PaymentRefunded& event, const Envelope&) {
    refunded = refunded ? refunded->plus(event.amount).value_or(*refunded) : event.amount;
    status = PaymentStatus::refunded;
}

std::vector<IndexEntry> tally_indexes(const PaymentListEntry& entry) {
    const auto by_time = [&](IndexKey key) { return key.time(entry.requested_at).text(entry.order.text()).bytes(); };
    return {{"time", by_time(IndexKey())}, {"status", by_time(IndexKey().number(static_cast<int>(entry.status)))}};
}

}  // namespace tally::payments
