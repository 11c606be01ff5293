#include "tallystick/verify/payment_book.hpp"

#include "tallystick/verify/json_fields.hpp"

namespace tally::verify {
namespace {

/// False where it cannot be added.
bool add(std::optional<Money>& sum, const std::optional<Money>& more) {
    if (!more) return false;
    const auto total = sum ? sum->plus(*more) : Result<Money>(*more);
    if (total) sum = *total;
    return total.has_value();
}

/// Of nothing at most anything.
bool is_at_most(const std::optional<Money>& some, const std::optional<Money>& limit) {
    if (!some) return true;
    const auto rest = limit ? limit->minus(*some) : Result<Money>(*some);
    return limit && rest && rest->units() >= 0;
}

}  // namespace

void PaymentBook::take(const std::string& service, const RecordedEvent& event, const boost::json::value& data,
                       Findings& findings) {
    if (service != "payments") return;
    const auto order = text_at(data, "/order");
    if (!order) {
        findings.violation(Invariant::rows, service + "/events/" + std::to_string(event.position),
                           "this " + std::string(event.type) + " does not say its order");
        return;
    }
    Payment& payment = payments_[*order];
    const auto amount = money_at(data, "/amount");
    if (event.type == "PaymentInitiated") {
        ++payment.initiated;
        payment.mixed |= !add(payment.wanted, amount);
    } else if (event.type == "PaymentAuthorized") {
        payment.mixed |= !add(payment.authorized, amount);
    } else if (event.type == "PaymentConfirmed") {
        ++payment.charged;
        payment.mixed |= !add(payment.captured, amount);
    } else if (event.type == "PaymentFailed") {
        ++payment.failed;
    } else if (event.type == "PaymentRefundInitiated") {
        ++payment.refunds_asked;
        if (!amount) ++payment.undone;
    } else if (event.type == "PaymentRefunded") {
        ++payment.refunds_answered;
        payment.mixed |= !add(payment.refunded, amount);
    } else if (event.type == "PaymentVoided" || event.type == "PaymentRefundFailed") {
        ++payment.refunds_answered;
    }
}

std::string PaymentBook::problem_of(const Payment& payment) {
    if (payment.mixed) return "its amounts cannot be read or summed";
    if (payment.initiated > 1) return "it is asked for more than once";
    if (payment.charged + payment.failed > 1) return "it has more than one outcome";
    if (!is_at_most(payment.authorized, payment.wanted)) return "more is authorised than was asked for";
    if (!is_at_most(payment.captured, payment.authorized)) return "more is taken than was authorised";
    if (!is_at_most(payment.refunded, payment.captured)) return "more is given back than was taken";
    if (payment.undone > 1) return "it is undone more than once";
    if (payment.refunds_answered > payment.refunds_asked) return "a refund is answered that was not asked for";
    const bool is_settled = payment.refunds_answered == payment.refunds_asked;
    if (payment.undone > 0 && is_settled && payment.captured != payment.refunded)
        return "it is undone, and not all of it is given back";
    return "";
}

void PaymentBook::finish(Findings& findings) const {
    for (const auto& [order, payment] : payments_) {
        const std::string subject = "payments/" + order;
        if (std::string problem = problem_of(payment); !problem.empty())
            findings.violation(Invariant::payments, subject, std::move(problem));
        else if (payment.initiated > payment.charged + payment.failed)
            findings.in_flight(subject, "its charge has no outcome yet");
        else if (payment.refunds_answered < payment.refunds_asked)
            findings.in_flight(subject, "a refund has no outcome yet");
    }
}

}  // namespace tally::verify
