#include "services/payments/payment.hpp"

#include <algorithm>

namespace tally::payments {

bool Payment::undone() const noexcept { return std::ranges::any_of(refunds, &Refund::everything); }

const Refund* Payment::open_refund() const noexcept {
    const auto open = std::ranges::find(refunds, RefundStatus::requested, &Refund::status);
    return open == refunds.end() ? nullptr : &*open;
}

Money Payment::left() const {
    return Money(captured.units() - refunded.units(), captured.scale(), captured.currency());
}

Refund& Payment::settled(RefundStatus as) {
    const auto open = std::ranges::find(refunds, RefundStatus::requested, &Refund::status);
    open->status = as;
    return *open;
}

void Payment::apply(const PaymentInitiated& event) {
    status = PaymentStatus::initiated;
    requested = true;
    order = event.order;
    request = event.request;
    amount = event.amount;
    method = event.method;
    captured = refunded = Money(0, amount.scale(), amount.currency());
}
void Payment::apply(const PaymentAuthorized& event) {
    status = PaymentStatus::authorized;
    reference = event.reference;
}
void Payment::apply(const PaymentConfirmed& event) {
    status = PaymentStatus::captured;
    reference = event.reference;
    captured = event.amount;
}
void Payment::apply(const PaymentFailed& event) {
    status = PaymentStatus::failed;
    requested = true;
    failure = event.reason;
}
void Payment::apply(const PaymentVoided&) {
    settled(RefundStatus::voided);
    status = PaymentStatus::voided;
}
void Payment::apply(const PaymentRefunded& event) {
    settled(RefundStatus::refunded).amount = event.amount;
    refunded = Money(refunded.units() + event.amount.units(), captured.scale(), captured.currency());
    status = PaymentStatus::refunded;
}
void Payment::apply(const PaymentRefundFailed&) { settled(RefundStatus::failed); }
void Payment::apply(const PaymentRefundInitiated& event) {
    refunds.push_back({.request = event.request,
                       .everything = !event.amount,
                       .amount = event.amount.value_or(Money()),
                       .return_id = event.return_id});
}
void Payment::apply(const PaymentAnswerRepeated&) {}

namespace {

/// A decision in steps: each sees what the ones before it have led to.
struct Deciding {
    Payment payment;
    Outcomes outcomes{};

    template <EventStruct E>
    void add(E event, const RequestOrigin& request) {
        payment.apply(event);
        outcomes.push_back({std::move(event), request});
    }
};

/// Why an amount cannot be given back; none: it can.
std::optional<RefundFailure> refusal(const Payment& payment, const Money& amount) {
    if (payment.captured.units() == 0) return RefundFailure::nothing_charged;
    const auto rest = payment.left().minus(amount);
    if (!rest || amount.units() <= 0) return RefundFailure::invalid_amount;
    if (rest->units() < 0) return RefundFailure::more_than_left;
    return {};
}

/// Answers the refunds that need no provider, up to the first that does.
Outcomes settle(Deciding deciding) {
    const Payment& payment = deciding.payment;
    while (!payment.charging() && payment.open_refund() != nullptr) {
        const Refund open = *payment.open_refund();
        if (open.everything) {
            if (payment.left().units() > 0) break;
            deciding.add(PaymentVoided{payment.order}, open.request);
        } else {
            const auto reason = refusal(payment, open.amount);
            if (!reason) break;
            deciding.add(PaymentRefundFailed{payment.order, open.amount, open.return_id, *reason, ""}, open.request);
        }
    }
    return std::move(deciding.outcomes);
}

std::unexpected<Rejection> never_asked() {
    return std::unexpected(Rejection{"payment-unknown", "the provider answers what it was never asked"});
}

Outcomes repeated(const Payment& payment, std::string_view answer, const RequestOrigin& request) {
    return {{PaymentAnswerRepeated{payment.order, std::string(answer)}, request}};
}

/// What a charge answer that comes after the final one brings about.
std::expected<Outcomes, Rejection> take_late(const Payment& payment, const ChargeAnswer& answer) {
    const bool charged = payment.captured.units() > 0;
    const bool says_charged = answer.state == ChargeState::captured;
    const bool says_not = answer.state == ChargeState::declined || answer.state == ChargeState::released;
    const std::string said = boost::describe::enum_to_string(answer.state, "");
    if (charged ? says_not : says_charged)
        return std::unexpected(
            Rejection{"payment-contradiction",
                      "the provider now says " + said + ": find out there whether money was taken for this order"});
    return repeated(payment, said, *payment.request);
}

}  // namespace

Outcomes charge(const Payment& payment, const orders::PaymentRequested& wanted, const RequestOrigin& request,
                bool expired) {
    if (payment.requested) return {};
    const auto refused = [&](PaymentFailure reason) {
        return Outcomes{{PaymentFailed{wanted.order, reason, ""}, request}};
    };
    if (payment.undone()) return refused(PaymentFailure::undone_before);
    if (expired) return refused(PaymentFailure::expired);
    if (wanted.amount.units() <= 0) return refused(PaymentFailure::invalid_amount);
    return {{PaymentInitiated{wanted.order, request, wanted.amount, wanted.method}, request}};
}

Outcomes refund(const Payment& payment, const orders::PaymentRefundRequested& wanted, const RequestOrigin& request) {
    if (!wanted.amount && payment.undone()) return {};
    if (wanted.return_id &&
        std::ranges::find(payment.refunds, wanted.return_id, &Refund::return_id) != payment.refunds.end())
        return {};
    Deciding deciding{payment};
    deciding.payment.order = wanted.order;
    deciding.add(PaymentRefundInitiated{wanted.order, request, wanted.amount, wanted.return_id}, request);
    return settle(std::move(deciding));
}

std::expected<Outcomes, Rejection> take(const Payment& payment, const ChargeAnswer& answer) {
    if (!payment.request) return never_asked();
    if (!payment.charging()) return take_late(payment, answer);
    const auto& [order, request] = std::tie(payment.order, *payment.request);
    Deciding deciding{payment};
    switch (answer.state) {
        case ChargeState::unknown:
        case ChargeState::pending:
            return Outcomes{};
        case ChargeState::authorized:
        case ChargeState::captured:
            if (answer.amount != payment.amount)
                return std::unexpected(Rejection{"payment-amount", "the provider speaks of " + answer.amount.decimal() +
                                                                       " where it was asked for " +
                                                                       payment.amount.decimal()});
            if (payment.status == PaymentStatus::initiated)
                deciding.add(PaymentAuthorized{order, answer.amount, answer.reference}, request);
            if (answer.state == ChargeState::captured)
                deciding.add(PaymentConfirmed{order, answer.amount, answer.reference}, request);
            break;
        case ChargeState::declined:
            deciding.add(PaymentFailed{order, PaymentFailure::declined, answer.detail}, request);
            break;
        case ChargeState::released:
            deciding.add(
                PaymentFailed{order, payment.undone() ? PaymentFailure::undone_before : PaymentFailure::declined,
                              "the authorisation is released"},
                request);
            break;
    }
    return settle(std::move(deciding));
}

std::expected<Outcomes, Rejection> take(const Payment& payment, const EventId& request, const RefundAnswer& answer) {
    const auto known =
        std::ranges::find(payment.refunds, request, [](const Refund& each) { return each.request.event; });
    if (known == payment.refunds.end()) return never_asked();
    const Refund& refund = *known;
    if (refund.status != RefundStatus::requested)
        return repeated(payment, boost::describe::enum_to_string(answer.state, ""), refund.request);
    const auto asked = next_refund(payment);
    if (!asked || asked->key != request) return never_asked();
    Deciding deciding{payment};
    switch (answer.state) {
        case RefundState::unknown:
        case RefundState::pending:
            return Outcomes{};
        case RefundState::refunded:
            deciding.add(PaymentRefunded{payment.order, asked->amount, refund.return_id}, refund.request);
            break;
        case RefundState::refused:
            if (refund.everything)
                return std::unexpected(Rejection{"refund-refused", "the provider refuses to give the money back: " +
                                                                       answer.detail + "; settle it there"});
            deciding.add(PaymentRefundFailed{payment.order, asked->amount, refund.return_id, RefundFailure::refused,
                                             answer.detail},
                         refund.request);
            break;
    }
    return settle(std::move(deciding));
}

std::optional<RefundRequest> next_refund(const Payment& payment) {
    const Refund* open = payment.open_refund();
    if (payment.charging() || open == nullptr) return {};
    return RefundRequest{.key = open->request.event,
                         .reference = payment.reference,
                         .amount = open->everything ? payment.left() : open->amount,
                         .method = payment.method};
}

bool awaits_provider(const Payment& payment) { return payment.charging() || next_refund(payment).has_value(); }

}  // namespace tally::payments
