#pragma once

#include <optional>
#include <string>

#include "services/payments/payment.hpp"
#include "tally/flow/projection.hpp"

namespace tally::payments {

/// The read model that lists answer from: one document a payment.
struct PaymentListEntry {
    using Events =
        EventList<PaymentInitiated, PaymentAuthorized, PaymentConfirmed, PaymentFailed, PaymentVoided, PaymentRefunded>;

    OrderId order;
    PaymentStatus status = PaymentStatus::none;
    std::optional<Money> amount;  ///< none: it was refused, or undone, before anything was to be charged
    std::optional<std::string> method;
    std::optional<PaymentFailure> reason;
    std::optional<Money> refunded;
    Timestamp requested_at{};

    static std::string key(const auto& event) { return event.order.text(); }

    void apply(const PaymentInitiated& event, const Envelope& envelope);
    void apply(const PaymentAuthorized& event, const Envelope& envelope);
    void apply(const PaymentConfirmed& event, const Envelope& envelope);
    void apply(const PaymentFailed& event, const Envelope& envelope);
    void apply(const PaymentVoided& event, const Envelope& envelope);
    void apply(const PaymentRefunded& event, const Envelope& envelope);
};
BOOST_DESCRIBE_STRUCT(PaymentListEntry, (), (order, status, amount, method, reason, refunded, requested_at))
TALLY_DOCUMENT(PaymentListEntry, "payment-list")
/// `time` and `status`, that one then by time.
[[nodiscard]] std::vector<IndexEntry> tally_indexes(const PaymentListEntry& entry);

}  // namespace tally::payments
