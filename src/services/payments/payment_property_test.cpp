// Goal: whatever is asked, and however the provider's answers are lost, late or repeated, the events say what the
// provider's books say, and each request is answered once.
//
// Method: random requests and answers on one payment against a provider that keeps books; then no more answers are
// lost, and the books are compared.
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "services/payments/payment.hpp"
#include "tally/base/random.hpp"
#include "tally/testing/covers.hpp"

namespace tally::payments {
namespace {

const OrderId order = OrderId::trusted("o1");
constexpr std::int64_t total = 1000;

Money money(std::int64_t units) { return {units, 2, *Currency::parse("GBP")}; }

/// What the provider has done.
struct Books {
    ChargeState charge = ChargeState::unknown;
    std::map<EventId, std::int64_t> refunds;
    std::set<EventId> refused;

    [[nodiscard]] std::int64_t refunded() const {
        std::int64_t sum = 0;
        for (const auto& [key, units] : refunds) sum += units;
        return sum;
    }
};

class History {
public:
    explicit History(std::uint64_t seed) : random_(create_seeded_random(seed)) {}

    void play() {
        for (int i = 0; i < 40; ++i) step();
        answers_arrive_ = true;
        for (int i = 0; i < 1'000 && awaits_provider(payment_); ++i) ask_provider();
    }
    void check();

private:
    [[nodiscard]] bool happens(std::uint64_t one_in) { return random_->below(one_in) == 0; }

    RequestOrigin new_request() {
        EventId id;
        id.bytes[0] = static_cast<std::uint8_t>(++requests_ >> 8);
        id.bytes[1] = static_cast<std::uint8_t>(requests_);
        return {id, "c" + std::to_string(requests_)};
    }

    void step() {
        switch (random_->below(8)) {
            case 0:
                if (happens(3)) record(charge(payment_, {order, money(total), "card"}, asked(charges_), happens(8)));
                break;
            case 1:
                if (happens(6)) record(refund(payment_, {order, {}, {}}, asked(undos_)));
                break;
            case 2: {
                std::optional<ReturnId> which;
                if (!happens(3)) which = ReturnId::trusted("r" + std::to_string(random_->below(4)));
                const auto units = static_cast<std::int64_t>(random_->below(700));
                record(refund(payment_, {order, money(units), std::move(which)}, asked(returns_)));
                break;
            }
            case 3:
                if (payment_.request) say_again();
                break;
            default:
                ask_provider();
        }
    }
    RequestOrigin asked(std::set<EventId>& of) {
        const RequestOrigin origin = new_request();
        of.insert(origin.event);
        return origin;
    }

    void ask_provider() {
        if (payment_.charging()) {
            move_charge();
            hear(ChargeAnswer{.state = books_.charge, .amount = money(total), .reference = "r"});
        } else if (const auto wanted = next_refund(payment_)) {
            EXPECT_EQ(books_.charge, ChargeState::captured) << "a refund of what was not charged";
            const bool known = books_.refunds.contains(wanted->key) || books_.refused.contains(wanted->key);
            if (!known && !payment_.open_refund()->everything && happens(6)) books_.refused.insert(wanted->key);
            const bool refused = books_.refused.contains(wanted->key);
            if (!refused) books_.refunds.try_emplace(wanted->key, wanted->amount.units());
            hear(wanted->key, {refused ? RefundState::refused : RefundState::refunded});
        }
    }
    /// Each call brings the charge a step further, or not.
    void move_charge() {
        if (books_.charge == ChargeState::unknown || books_.charge == ChargeState::pending) {
            const ChargeState next[] = {ChargeState::pending, ChargeState::authorized, ChargeState::declined};
            books_.charge = next[random_->below(3)];
        } else if (books_.charge == ChargeState::authorized) {
            if (payment_.undone() && happens(2))
                books_.charge = ChargeState::released;
            else if (!happens(3))
                books_.charge = happens(6) ? ChargeState::declined : ChargeState::captured;
        }
    }
    /// The answer may be lost, or arrive several times.
    void hear(const ChargeAnswer& answer) {
        const auto times = answers_arrive_ ? 1 : random_->below(4);
        for (std::uint64_t i = 0; i < times; ++i) record(take(payment_, answer).value());
    }
    void hear(const EventId& key, const RefundAnswer& answer) {
        const auto times = answers_arrive_ ? 1 : random_->below(4);
        for (std::uint64_t i = 0; i < times; ++i) record(take(payment_, key, answer).value());
    }
    /// Old news, or what contradicts it: neither changes anything.
    void say_again() {
        if (payment_.charging()) return;
        const auto state = static_cast<ChargeState>(random_->below(6));
        if (const auto said = take(payment_, ChargeAnswer{.state = state, .amount = money(total)})) record(*said);
        if (!books_.refunds.empty()) {
            const EventId& key = books_.refunds.begin()->first;
            if (next_refund(payment_) && next_refund(payment_)->key == key) return;
            hear(key, {RefundState::refunded});
        }
    }

    void record(const Outcomes& outcomes) {
        for (const Outcome& outcome : outcomes) {
            std::visit([&](const auto& event) { note(event, outcome.request.event); }, outcome.event);
            std::visit([&](const auto& event) { payment_.apply(event); }, outcome.event);
            EXPECT_LE(payment_.refunded.units(), payment_.captured.units());
            EXPECT_LE(payment_.captured.units(), authorized_);
            EXPECT_LE(authorized_, total);
        }
    }
    void note(const PaymentInitiated&, const EventId&) {}
    void note(const PaymentAuthorized& event, const EventId&) { authorized_ += event.amount.units(); }
    void note(const PaymentConfirmed& event, const EventId& request) {
        captured_ += event.amount.units();
        ++answers_[request];
    }
    void note(const PaymentFailed&, const EventId& request) { ++answers_[request]; }
    void note(const PaymentVoided&, const EventId& request) { ++answers_[request]; }
    void note(const PaymentRefunded& event, const EventId& request) {
        refunded_ += event.amount.units();
        ++answers_[request];
    }
    void note(const PaymentRefundFailed&, const EventId& request) { ++answers_[request]; }
    void note(const PaymentRefundInitiated& event, const EventId&) {
        if (event.amount) accepted_returns_.insert(event.request.event);
    }
    void note(const PaymentAnswerRepeated&, const EventId&) {}

    [[nodiscard]] int answered(const std::set<EventId>& requests) const {
        int sum = 0;
        for (const auto& [request, times] : answers_) sum += requests.contains(request) ? times : 0;
        return sum;
    }

    std::unique_ptr<Random> random_;
    Payment payment_;
    Books books_;
    bool answers_arrive_ = false;
    int requests_ = 0;
    std::set<EventId> charges_, undos_, returns_, accepted_returns_;

    std::int64_t authorized_ = 0, captured_ = 0, refunded_ = 0;  ///< sums of the events
    std::map<EventId, int> answers_;                             ///< by request
};

void History::check() {
    EXPECT_FALSE(awaits_provider(payment_));
    EXPECT_EQ(captured_, books_.charge == ChargeState::captured ? total : 0);
    EXPECT_EQ(refunded_, books_.refunded());
    EXPECT_EQ(payment_.captured.units(), captured_);
    EXPECT_EQ(payment_.refunded.units(), refunded_);
    if (payment_.undone()) EXPECT_EQ(captured_, refunded_) << "undone, and money is kept";

    EXPECT_EQ(answered(charges_), charges_.empty() ? 0 : 1);
    EXPECT_EQ(answered(undos_), undos_.empty() ? 0 : 1);
    EXPECT_EQ(answered(returns_), static_cast<int>(accepted_returns_.size()));
    for (const auto& [request, times] : answers_) EXPECT_EQ(times, 1);
}

TEST(PaymentProperty, TheEventsSayWhatTheProvidersBooksSay) {
    TALLY_COVERS("E02.7", "I8", "F34");
    for (std::uint64_t seed = 1; seed <= 5'000; ++seed) {
        History history(seed);
        history.play();
        history.check();
        if (::testing::Test::HasFailure()) {
            ADD_FAILURE() << "seed " << seed;
            return;
        }
    }
}

}  // namespace
}  // namespace tally::payments
