#include "support/payment_ledger.hpp"

#include <fmt/format.h>

namespace tally::testing {

using namespace payments;

void PaymentLedger::charged(const ChargeRequest& request, const std::string& reference) {
    const auto [known, fresh] = references_.try_emplace(request.key, reference);
    if (!fresh) {
        const Charge& charge = charges_.at(known->second);
        if (charge.order != request.order || charge.amount != request.amount)
            faults_.push_back(request.key.text() + " stands for two charges");
        return;
    }
    if (charged(request.order) != 0) faults_.push_back(request.order.text() + " is charged twice");
    charges_[reference] = {request.order, request.amount};
}

void PaymentLedger::refunded(const RefundRequest& request) {
    const auto charge = charges_.find(request.reference);
    if (charge == charges_.end()) {
        faults_.push_back(request.key.text() + " refunds what was never charged");
        return;
    }
    const auto [known, fresh] = refunds_.try_emplace(request.key, request);
    if (!fresh) {
        if (known->second.reference != request.reference || known->second.amount != request.amount)
            faults_.push_back(request.key.text() + " stands for two refunds");
        return;
    }
    charge->second.refunded += request.amount.units();
    if (charge->second.refunded > charge->second.amount.units())
        faults_.push_back(charge->second.order.text() + " gets back more than it paid");
}

std::int64_t PaymentLedger::charged(const OrderId& order) const {
    std::int64_t sum = 0;
    for (const auto& [reference, charge] : charges_) sum += charge.order == order ? charge.amount.units() : 0;
    return sum;
}

std::int64_t PaymentLedger::refunded(const OrderId& order) const {
    std::int64_t sum = 0;
    for (const auto& [reference, charge] : charges_) sum += charge.order == order ? charge.refunded : 0;
    return sum;
}

namespace {

/// After each call the provider is asked what it has done: its answer may have been lost on purpose.
class BookedProvider final : public PaymentProvider {
public:
    BookedProvider(std::unique_ptr<PaymentProvider> inner, PaymentLedger& ledger)
        : inner_(std::move(inner)), ledger_(ledger) {}

    Task<Result<ChargeAnswer>> authorize(ChargeRequest request) override { return inner_->authorize(request); }
    Task<Result<ChargeAnswer>> capture(ChargeRequest request) override {
        auto answer = co_await inner_->capture(request);
        co_await book(request);
        co_return answer;
    }
    Task<Result<ChargeAnswer>> release(ChargeRequest request) override { return inner_->release(request); }
    Task<Result<ChargeAnswer>> charge_status(ChargeRequest request) override {
        co_await book(request);
        co_return co_await inner_->charge_status(request);
    }
    Task<Result<RefundAnswer>> refund(RefundRequest request) override {
        auto answer = co_await inner_->refund(request);
        const auto known = co_await inner_->refund_status(request);
        if (known->state == RefundState::refunded) ledger_.refunded(request);
        co_return answer;
    }
    Task<Result<RefundAnswer>> refund_status(RefundRequest request) override { return inner_->refund_status(request); }

private:
    Task<void> book(ChargeRequest request) {
        const auto known = co_await inner_->charge_status(request);
        if (known->state == ChargeState::captured) ledger_.charged(request, known->reference);
    }
    std::unique_ptr<PaymentProvider> inner_;
    PaymentLedger& ledger_;
};

class FickleProvider final : public PaymentProvider {
public:
    explicit FickleProvider(Fickleness& fickleness) : fickle_(fickleness) {}

    Task<Result<ChargeAnswer>> authorize(ChargeRequest request) override {
        if (co_await never_arrives()) co_return lost();
        ChargeState& state = charges_[request.key];
        if (state == ChargeState::unknown) state = happens(0.2) ? ChargeState::declined : ChargeState::authorized;
        co_return co_await answer(request);
    }
    Task<Result<ChargeAnswer>> capture(ChargeRequest request) override {
        if (co_await never_arrives()) co_return lost();
        ChargeState& state = charges_[request.key];
        if (state == ChargeState::authorized) state = happens(0.1) ? ChargeState::declined : ChargeState::pending;
        go_on(request);
        co_return co_await answer(request);
    }
    Task<Result<ChargeAnswer>> release(ChargeRequest request) override {
        if (co_await never_arrives()) co_return lost();
        ChargeState& state = charges_[request.key];
        if (state == ChargeState::unknown || state == ChargeState::authorized) state = ChargeState::released;
        co_return co_await answer(request);
    }
    Task<Result<ChargeAnswer>> charge_status(ChargeRequest request) override {
        if (co_await never_arrives()) co_return lost();
        go_on(request);
        co_return co_await answer(request);
    }
    Task<Result<RefundAnswer>> refund(RefundRequest request) override {
        if (co_await never_arrives()) co_return lost();
        RefundState& state = refunds_[request.key];
        if (state == RefundState::unknown && request.amount.units() % 10 == 7) state = RefundState::refused;
        if (state == RefundState::unknown) state = RefundState::pending;
        go_on(request);
        co_return co_await answer(request);
    }
    Task<Result<RefundAnswer>> refund_status(RefundRequest request) override {
        if (co_await never_arrives()) co_return lost();
        go_on(request);
        co_return co_await answer(request);
    }

private:
    [[nodiscard]] bool happens(double chance) { return fickle_.random.fraction() < chance; }
    [[nodiscard]] static std::unexpected<Error> lost() { return fail(ErrorCode::timeout, "simulated: lost"); }
    [[nodiscard]] bool waits() { return fickle_.lost > 0 && happens(0.5); }
    Task<bool> never_arrives() {
        ++fickle_.calls;
        return loses();
    }
    /// A process that dies meanwhile has asked, or has had its request carried out, and knows neither.
    Task<bool> loses() {
        co_await fickle_.clock.sleep_for(std::chrono::milliseconds(fickle_.random.below(200)));
        co_return happens(fickle_.lost);
    }
    /// What is pending comes to its end, sooner or later.
    void go_on(const ChargeRequest& request) {
        ChargeState& state = charges_[request.key];
        if (state != ChargeState::pending || waits()) return;
        state = ChargeState::captured;
        fickle_.ledger.charged(request, "f-" + request.key.text());
    }
    void go_on(const RefundRequest& request) {
        RefundState& state = refunds_[request.key];
        if (state != RefundState::pending || waits()) return;
        state = RefundState::refunded;
        fickle_.ledger.refunded(request);
    }
    Task<Result<ChargeAnswer>> answer(ChargeRequest request) {
        const ChargeAnswer said{.state = charges_[request.key],
                                .amount = request.amount,
                                .reference = "f-" + request.key.text(),
                                .times = happens(0.2) ? 2 : 1};
        if (co_await loses()) co_return lost();
        co_return said;
    }
    Task<Result<RefundAnswer>> answer(RefundRequest request) {
        const RefundAnswer said{.state = refunds_[request.key], .times = happens(0.2) ? 2 : 1};
        if (co_await loses()) co_return lost();
        co_return said;
    }

    Fickleness& fickle_;
    std::map<Uuid, ChargeState> charges_;
    std::map<Uuid, RefundState> refunds_;
};

}  // namespace

std::unique_ptr<PaymentProvider> create_booked_provider(std::unique_ptr<PaymentProvider> inner, PaymentLedger& ledger) {
    return std::make_unique<BookedProvider>(std::move(inner), ledger);
}

std::unique_ptr<PaymentProvider> create_fickle_provider(Fickleness& fickleness) {
    return std::make_unique<FickleProvider>(fickleness);
}

}  // namespace tally::testing
