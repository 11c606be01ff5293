// What payments do about the requests of orders: they are written down, and the provider is asked by timers.
#include "services/orders/order_events.hpp"
#include "services/payments/payments_service.hpp"
#include "services/payments/provider_calls.hpp"

namespace tally::payments {
namespace {

using orders::PaymentRefundRequested;
using orders::PaymentRequested;

Task<Result<OpenPayment>> open(const OrderId& order, Session& session) {
    auto loaded = co_await session.load<Payment>(order);
    if (!loaded) co_return std::unexpected(std::move(loaded.error()));
    co_return OpenPayment(session, order, std::move(loaded->state));
}

/// Where the provider was to be asked before, the timer is there.
void record(OpenPayment& payment, const Outcomes& outcomes, Session& session) {
    const bool awaited = awaits_provider(payment.state());
    payment.record(outcomes);
    if (!awaited && awaits_provider(payment.state()))
        session.schedule(payment.order().text(), session.now(), PaymentCall{payment.order(), 1, session.now()});
}

Task<Handled> charge_order(Delivery<PaymentRequested> wanted, Session& session) {
    auto payment = co_await open(wanted.event.order, session);
    if (!payment) co_return std::unexpected(std::move(payment.error()));
    const Envelope& envelope = wanted.envelope;
    const bool expired = envelope.expires_at && *envelope.expires_at <= session.now();
    record(*payment, charge(payment->state(), wanted.event, {envelope.id, envelope.correlation}, expired), session);
    co_return Handled{};
}

Task<Handled> refund_order(Delivery<PaymentRefundRequested> wanted, Session& session) {
    auto payment = co_await open(wanted.event.order, session);
    if (!payment) co_return std::unexpected(std::move(payment.error()));
    const Envelope& envelope = wanted.envelope;
    record(*payment, refund(payment->state(), wanted.event, {envelope.id, envelope.correlation}), session);
    co_return Handled{};
}

}  // namespace

Consumer payment_requests() {
    Consumer consumer("payments", "orders.events");
    consumer.on<PaymentRequested>(&charge_order);
    consumer.on<PaymentRefundRequested>(&refund_order);
    return consumer;
}

}  // namespace tally::payments
