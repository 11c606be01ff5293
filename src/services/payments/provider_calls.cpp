// What is asked of the provider, and what is done about its answers.
//
// The first attempt asks for the thing itself; a further one asks first how it stands, since the attempt before it may
// have had its effect, and so does an undo. An attempt that ends without an outcome is followed by another one later:
// its number is kept in the timer, so a restart loses nothing.
#include "services/payments/provider_calls.hpp"

#include "services/payments/payment_provider.hpp"
#include "services/payments/payments_service.hpp"
#include "tally/base/log.hpp"

namespace tally::payments {
namespace {

constexpr Duration shortest_wait = std::chrono::seconds(1);
constexpr Duration longest_wait = std::chrono::seconds(30);

/// Until the next attempt.
Duration wait_after(std::int64_t attempt) {
    return attempt > 5 ? longest_wait : std::min(longest_wait, shortest_wait * (1 << (attempt - 1)));
}

/// `times` equal answers, each decided on what the ones before it have led to.
template <class Decide>
Result<void> take_each(OpenPayment& payment, int times, Decide decide) {
    for (int i = 0; i < times; ++i) {
        const auto outcomes = decide(payment.state());
        if (!outcomes) return fail(ErrorCode::rejected, outcomes.error().detail);
        payment.record(*outcomes);
    }
    return {};
}

Result<void> hear(OpenPayment& payment, const ChargeAnswer& answer) {
    return take_each(payment, answer.times, [&](const Payment& state) { return take(state, answer); });
}

Result<void> hear(OpenPayment& payment, const EventId& request, const RefundAnswer& answer) {
    return take_each(payment, answer.times, [&](const Payment& state) { return take(state, request, answer); });
}

Task<Result<void>> call_for_charge(OpenPayment& payment, PaymentProvider& provider, const PaymentCall& call) {
    const Payment& state = payment.state();
    const ChargeRequest request{.key = state.request->event,
                                .order = state.order,
                                .amount = state.amount,
                                .method = state.method,
                                .initiated = call.initiated};
    if (call.attempt > 1 || state.undone()) {
        const auto known = co_await provider.charge_status(request);
        if (!known) co_return std::unexpected(known.error());
        if (auto heard = hear(payment, *known); !heard) co_return heard;
        if (!state.charging() || known->state == ChargeState::pending) co_return Result<void>{};
        if (state.undone()) {
            const auto released = co_await provider.release(request);
            if (!released) co_return std::unexpected(released.error());
            co_return hear(payment, *released);
        }
    }
    if (state.status == PaymentStatus::initiated) {
        const auto authorized = co_await provider.authorize(request);
        if (!authorized) co_return std::unexpected(authorized.error());
        if (auto heard = hear(payment, *authorized); !heard) co_return heard;
        if (state.status != PaymentStatus::authorized) co_return Result<void>{};
    }
    const auto captured = co_await provider.capture(request);
    if (!captured) co_return std::unexpected(captured.error());
    co_return hear(payment, *captured);
}

Task<Result<void>> call_for_refund(OpenPayment& payment, PaymentProvider& provider, const RefundRequest& request,
                                   std::int64_t attempt) {
    if (attempt > 1) {
        const auto known = co_await provider.refund_status(request);
        if (!known) co_return std::unexpected(known.error());
        if (known->state != RefundState::unknown) co_return hear(payment, request.key, *known);
    }
    const auto answer = co_await provider.refund(request);
    if (!answer) co_return std::unexpected(answer.error());
    co_return hear(payment, request.key, *answer);
}

/// What is being asked for, to tell whether the next call is for the same.
EventId wanted_of(const Payment& payment) {
    if (payment.charging()) return payment.request->event;
    const auto refund = next_refund(payment);
    return refund ? refund->key : EventId{};
}

Task<Handled> call_provider(Fired<PaymentCall> fired, Session& session, std::shared_ptr<PaymentProvider> provider) {
    const PaymentCall& call = fired.timer;
    auto loaded = co_await session.load<Payment>(call.order);
    if (!loaded) co_return std::unexpected(loaded.error());
    OpenPayment payment(session, call.order, std::move(loaded->state));

    const EventId wanted = wanted_of(payment.state());
    Result<void> called;
    if (payment.state().charging())
        called = co_await call_for_charge(payment, *provider, call);
    else if (const auto refund = next_refund(payment.state()))
        called = co_await call_for_refund(payment, *provider, *refund, call.attempt);
    if (!called && !called.error().retryable()) co_return called;
    if (!called)
        log::warning("the provider gave no answer: it is asked again later",
                     {{"order", call.order.text()}, {"attempt", call.attempt}, {"error", called.error().text}});

    if (!awaits_provider(payment.state())) co_return Handled{};
    if (wanted_of(payment.state()) == wanted)
        session.schedule(fired.key, session.now() + wait_after(call.attempt),
                         PaymentCall{call.order, call.attempt + 1, call.initiated});
    else
        session.schedule(fired.key, session.now(), PaymentCall{call.order, 1, session.now()});
    co_return Handled{};
}

}  // namespace

void OpenPayment::record(const Outcomes& outcomes) {
    for (const Outcome& outcome : outcomes)
        std::visit(
            [&](const auto& event) {
                session_.record<Payment>(
                    order_, event, {.reply_to = outcome.request.event, .correlation = outcome.request.correlation});
                payment_.apply(event);
            },
            outcome.event);
}

TimerHandlers provider_calls(std::shared_ptr<PaymentProvider> provider) {
    TimerHandlers timers;
    timers.on<PaymentCall>([provider = std::move(provider)](Fired<PaymentCall> fired, Session& session) {
        return call_provider(std::move(fired), session, provider);
    });
    return timers;
}

}  // namespace tally::payments
