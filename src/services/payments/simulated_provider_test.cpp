#include "services/payments/simulated_provider.hpp"

#include "tally/testing/coroutine_test.hpp"
#include "tally/testing/covers.hpp"

namespace tally::payments {
namespace {

class SimulatedProvider : public testing::CoroutineTest {
public:
    std::unique_ptr<PaymentProvider> provider = create_simulated_provider(simulation.clock(), std::chrono::seconds(5));

    [[nodiscard]] ChargeRequest charge(std::string method) {
        return {.key = {},
                .order = OrderId::trusted("o1"),
                .amount = Money(1000, 2, *Currency::parse("GBP")),
                .method = std::move(method),
                .initiated = simulation.clock().now()};
    }
    [[nodiscard]] RefundRequest refund(std::string method) {
        return {
            .key = {}, .reference = "r", .amount = Money(1, 2, *Currency::parse("GBP")), .method = std::move(method)};
    }
};

CORO_TEST_F(SimulatedProvider, AuthorizesCapturesAndRefunds) {
    TALLY_COVERS("E02.3", "E02.4", "E02.6");
    const auto request = charge("card");
    EXPECT_EQ((co_await provider->authorize(request))->state, ChargeState::authorized);
    const auto captured = co_await provider->capture(request);
    EXPECT_EQ(captured->state, ChargeState::captured);
    EXPECT_EQ(captured->amount, request.amount);
    EXPECT_EQ(captured->times, 1);
    EXPECT_EQ((co_await provider->charge_status(request))->reference, captured->reference);
    EXPECT_EQ((co_await provider->refund(refund("card")))->state, RefundState::refunded);
}

CORO_TEST_F(SimulatedProvider, Declines) {
    TALLY_COVERS("E02.8");
    EXPECT_EQ((co_await provider->authorize(charge("sim_decline")))->state, ChargeState::declined);
    EXPECT_EQ((co_await provider->charge_status(charge("sim_decline")))->state, ChargeState::declined);
}

CORO_TEST_F(SimulatedProvider, LosesItsAnswerAndKnowsItLater) {
    TALLY_COVERS("E02.8", "F34");
    const auto lost = co_await provider->capture(charge("sim_lose"));
    EXPECT_FALSE(lost);
    EXPECT_TRUE(lost.error().retryable());
    EXPECT_EQ((co_await provider->charge_status(charge("sim_lose")))->state, ChargeState::captured);
    EXPECT_FALSE(co_await provider->refund(refund("sim_lose")));
    EXPECT_EQ((co_await provider->refund_status(refund("sim_lose")))->state, RefundState::refunded);
}

CORO_TEST_F(SimulatedProvider, SaysNothingAtAll) {
    TALLY_COVERS("E02.8", "F34");
    for (const auto& answer :
         {co_await provider->authorize(charge("sim_silent")), co_await provider->capture(charge("sim_silent")),
          co_await provider->charge_status(charge("sim_silent"))}) {
        EXPECT_FALSE(answer);
        EXPECT_TRUE(answer.error().retryable());
    }
}

CORO_TEST_F(SimulatedProvider, AnswersLate) {
    TALLY_COVERS("E02.8", "F34");
    const auto request = charge("sim_late");
    EXPECT_EQ((co_await provider->authorize(request))->state, ChargeState::authorized);
    EXPECT_EQ((co_await provider->capture(request))->state, ChargeState::pending);
    co_await simulation.clock().sleep_for(std::chrono::milliseconds(4'999));
    EXPECT_EQ((co_await provider->charge_status(request))->state, ChargeState::pending);
    co_await simulation.clock().sleep_for(std::chrono::milliseconds(1));
    EXPECT_EQ((co_await provider->charge_status(request))->state, ChargeState::captured);
    EXPECT_EQ((co_await provider->capture(request))->state, ChargeState::captured);
}

CORO_TEST_F(SimulatedProvider, AnswersTwice) {
    TALLY_COVERS("E02.8", "F34");
    EXPECT_EQ((co_await provider->capture(charge("sim_twice")))->times, 2);
    EXPECT_EQ((co_await provider->refund(refund("sim_twice")))->times, 2);
}

CORO_TEST_F(SimulatedProvider, HoldsWhatItNeverCaptures) {
    TALLY_COVERS("E02.5", "E02.8");
    const auto request = charge("sim_hold");
    EXPECT_EQ((co_await provider->authorize(request))->state, ChargeState::authorized);
    EXPECT_FALSE(co_await provider->capture(request));
    EXPECT_EQ((co_await provider->charge_status(request))->state, ChargeState::authorized);
    EXPECT_EQ((co_await provider->release(request))->state, ChargeState::released);
}

}  // namespace
}  // namespace tally::payments
