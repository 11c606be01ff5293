#include "services/payments/simulated_provider.hpp"

namespace tally::payments {
namespace {

enum class Mood { honest, decline, lose, late, twice, hold, silent };

Mood mood_of(std::string_view method) {
    if (method == "sim_decline") return Mood::decline;
    if (method == "sim_lose") return Mood::lose;
    if (method == "sim_late") return Mood::late;
    if (method == "sim_twice") return Mood::twice;
    if (method == "sim_hold") return Mood::hold;
    if (method == "sim_silent") return Mood::silent;
    return Mood::honest;
}

std::unexpected<Error> lost() { return fail(ErrorCode::timeout, "the provider's answer did not arrive"); }

ChargeAnswer answer(const ChargeRequest& request, ChargeState state) {
    return {.state = state, .amount = request.amount, .reference = "sim-" + request.key.text()};
}

ChargeAnswer declined() { return {.state = ChargeState::declined, .detail = "the card is declined"}; }

class SimulatedProvider final : public PaymentProvider {
public:
    SimulatedProvider(const Clock& clock, Duration late) : clock_(clock), late_(late) {}

    Task<Result<ChargeAnswer>> authorize(ChargeRequest request) override {
        if (mood_of(request.method) == Mood::silent) co_return lost();
        if (mood_of(request.method) == Mood::decline) co_return declined();
        co_return answer(request, ChargeState::authorized);
    }

    Task<Result<ChargeAnswer>> capture(ChargeRequest request) override {
        const Mood mood = mood_of(request.method);
        if (mood == Mood::lose || mood == Mood::hold || mood == Mood::silent) co_return lost();
        ChargeAnswer said = by_now(request);
        if (mood == Mood::twice) said.times = 2;
        co_return said;
    }

    Task<Result<ChargeAnswer>> release(ChargeRequest request) override {
        co_return answer(request, ChargeState::released);
    }

    Task<Result<ChargeAnswer>> charge_status(ChargeRequest request) override {
        if (mood_of(request.method) == Mood::silent) co_return lost();
        co_return by_now(request);
    }

    Task<Result<RefundAnswer>> refund(RefundRequest request) override {
        const Mood mood = mood_of(request.method);
        if (mood == Mood::lose) co_return lost();
        co_return RefundAnswer{.state = RefundState::refunded, .times = mood == Mood::twice ? 2 : 1};
    }

    Task<Result<RefundAnswer>> refund_status(RefundRequest) override {
        co_return RefundAnswer{.state = RefundState::refunded};
    }

private:
    [[nodiscard]] ChargeAnswer by_now(const ChargeRequest& request) const {
        switch (mood_of(request.method)) {
            case Mood::decline:
                return declined();
            case Mood::hold:
                return answer(request, ChargeState::authorized);
            case Mood::late:
                if (clock_.now() < request.initiated + late_) return answer(request, ChargeState::pending);
                break;
            default:
                break;
        }
        return answer(request, ChargeState::captured);
    }

    const Clock& clock_;
    Duration late_;
};

}  // namespace

std::unique_ptr<PaymentProvider> create_simulated_provider(const Clock& clock, Duration late) {
    return std::make_unique<SimulatedProvider>(clock, late);
}

}  // namespace tally::payments
