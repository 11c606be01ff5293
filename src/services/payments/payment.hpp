#pragma once

#include <expected>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "services/orders/order_events.hpp"
#include "services/payments/payments_events.hpp"
#include "services/payments/provider_messages.hpp"
#include "tally/base/rejection.hpp"

namespace tally::payments {

BOOST_DEFINE_ENUM_CLASS(PaymentStatus, none, initiated, authorized, captured, failed, voided, refunded)
BOOST_DEFINE_ENUM_CLASS(RefundStatus, requested, refunded, voided, failed)

/// Money that was asked back.
struct Refund {
    RequestOrigin request;
    bool everything = false;  ///< an undo: whatever is left, and nothing is charged any more
    Money amount;             ///< of an undo once it is refunded
    std::optional<ReturnId> return_id;
    RefundStatus status = RefundStatus::requested;
};

/// What is charged for one order. A request is answered once: asked again, the stream already holds the answer.
///
///     none → initiated → authorized → captured → refunded (all of it, or some)
///          ↘           ↘            ↘ failed
///     voided: undone, with nothing to give back; a request that comes afterwards fails
///
/// Invariants: one charge, of the amount that was asked for; 0 ≤ refunded ≤ captured ≤ authorised; refunds have their
/// outcome in the order of asking, and after the charge has its own.
struct Payment {
    using Key = OrderId;
    using Events = PaymentEvents;
    static constexpr std::string_view category = "payment";

    PaymentStatus status = PaymentStatus::none;
    bool requested = false;  ///< a PaymentRequested was accepted or refused
    OrderId order;
    std::optional<RequestOrigin> request;  ///< the accepted one
    Money amount;
    std::string method;
    std::string reference;
    std::optional<PaymentFailure> failure;
    Money captured;
    Money refunded;
    std::vector<Refund> refunds;

    /// The provider has not yet said how the charge ends.
    [[nodiscard]] bool charging() const noexcept {
        return status == PaymentStatus::initiated || status == PaymentStatus::authorized;
    }
    [[nodiscard]] bool undone() const noexcept;
    /// The first refund without an outcome; null: none.
    [[nodiscard]] const Refund* open_refund() const noexcept;
    [[nodiscard]] Money left() const;

    void apply(const PaymentInitiated& event);
    void apply(const PaymentAuthorized& event);
    void apply(const PaymentConfirmed& event);
    void apply(const PaymentFailed& event);
    void apply(const PaymentVoided& event);
    void apply(const PaymentRefunded& event);
    void apply(const PaymentRefundFailed& event);
    void apply(const PaymentRefundInitiated& event);
    void apply(const PaymentAnswerRepeated& event);

private:
    Refund& settled(RefundStatus as);
};

using PaymentEvent = std::variant<PaymentInitiated, PaymentAuthorized, PaymentConfirmed, PaymentFailed, PaymentVoided,
                                  PaymentRefunded, PaymentRefundFailed, PaymentRefundInitiated, PaymentAnswerRepeated>;

/// An event, and the request that it answers.
struct Outcome {
    PaymentEvent event;
    RequestOrigin request;
};
using Outcomes = std::vector<Outcome>;

/// What a request to charge brings about; nothing, where the order has had one.
[[nodiscard]] Outcomes charge(const Payment& payment, const orders::PaymentRequested& wanted,
                              const RequestOrigin& request, bool expired);
/// What a request to give back brings about; nothing, where the order was undone, or that return refunded, before.
[[nodiscard]] Outcomes refund(const Payment& payment, const orders::PaymentRefundRequested& wanted,
                              const RequestOrigin& request);

/// What an answer to the charge brings about; nothing, while it is not final. `payment-unknown` (the provider was never
/// asked), `payment-amount` (other than was asked for), `payment-contradiction` (to an earlier answer).
[[nodiscard]] std::expected<Outcomes, Rejection> take(const Payment& payment, const ChargeAnswer& answer);
/// What an answer to the refund that `request` asked for brings about. `payment-unknown`; `refund-refused` (of an undo,
/// which has no other end than to be carried out).
[[nodiscard]] std::expected<Outcomes, Rejection> take(const Payment& payment, const EventId& request,
                                                      const RefundAnswer& answer);

/// The refund that the provider is to be asked for now.
[[nodiscard]] std::optional<RefundRequest> next_refund(const Payment& payment);
/// True while the provider is to be asked for anything.
[[nodiscard]] bool awaits_provider(const Payment& payment);

}  // namespace tally::payments
