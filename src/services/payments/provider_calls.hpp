#pragma once

#include <boost/describe.hpp>

#include "services/payments/payment.hpp"
#include "tally/flow/session.hpp"

namespace tally::payments {

/// The provider is to be asked for what the order's payment waits for. There is one exactly while `awaits_provider`.
struct PaymentCall {
    OrderId order;
    std::int64_t attempt = 1;  ///< at what is to be asked for now
    Timestamp initiated{};     ///< when it was first to be asked for
};
BOOST_DESCRIBE_STRUCT(PaymentCall, (), (order, attempt, initiated))
TALLY_TIMER(PaymentCall, "payment-call")

/// An order's payment in one unit of work.
///
/// Lifetime: the session outlives it.
class OpenPayment {
public:
    OpenPayment(Session& session, OrderId order, Payment payment)
        : session_(session), order_(std::move(order)), payment_(std::move(payment)) {}

    /// As the stream says, with what was recorded here.
    [[nodiscard]] const Payment& state() const noexcept { return payment_; }
    [[nodiscard]] const OrderId& order() const noexcept { return order_; }
    void record(const Outcomes& outcomes);

private:
    Session& session_;
    OrderId order_;
    Payment payment_;
};

}  // namespace tally::payments
