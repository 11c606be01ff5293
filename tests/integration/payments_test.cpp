// Goal: an order is charged once and given back as asked, whatever the provider does and whenever the process ends.
//
// Orders say what the test tells them; all else is real. A ledger books what the provider has done.
#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "integration/behind_orders.hpp"
#include "services/payments/payments_events.hpp"
#include "services/payments/payments_service.hpp"
#include "services/payments/simulated_provider.hpp"
#include "support/payment_ledger.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/faults.hpp"

namespace tally::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using namespace std::chrono_literals;
using orders::PaymentRefundRequested;
using orders::PaymentRequested;

/// Services are made by plain functions, so the provider is found here.
std::shared_ptr<payments::PaymentProvider> provider;
Manifest payments_by_provider(Platform&) { return payments::payments_service(provider); }

/// Whatever it is that asks for payments.
struct Asking {
    using Key = OrderId;
    using Events = orders::OrderRequests;
    static constexpr std::string_view category = "asking";
    void apply(const auto&) {}
};

const OrderId o1 = OrderId::trusted("o1");
Money money(std::int64_t units) { return {units, 2, *Currency::parse("GBP")}; }

class Payments : public BehindOrders {
public:
    explicit Payments(Front front = {}) : BehindOrders({"payments", &payments_by_provider}, std::move(front)) {
        provider = create_booked_provider(payments::create_simulated_provider(simulation.clock(), 5s), ledger);
    }
    ~Payments() override { provider.reset(); }

    Task<EventId> pay(OrderId order, std::string method, RecordOptions options = {}) {
        return say<Asking>(PaymentRequested{std::move(order), money(1000), std::move(method)}, std::move(options));
    }
    Task<EventId> undo(OrderId order, RecordOptions options = {}) {
        return say<Asking>(PaymentRefundRequested{std::move(order), {}, {}}, std::move(options));
    }
    Task<EventId> give_back(OrderId order, std::int64_t units, std::string return_id) {
        return say<Asking>(
            PaymentRefundRequested{std::move(order), money(units), ReturnId::trusted(std::move(return_id))});
    }
    Task<void> restart() {
        co_await shop.stop();
        shop.start();
    }
    Task<std::vector<std::string>> events(OrderId order) { return types("payment-" + order.text()); }
    /// The events of a type, each with what it answers.
    Task<std::vector<std::string>> causes(OrderId order, std::string type) {
        std::vector<std::string> causes;
        for (const auto& event : co_await items("streams/payment-" + order.text()))
            if (event.at("type").as_string() == type) causes.emplace_back(event.at("causation_id").as_string());
        co_return causes;
    }
    Task<std::string> status(OrderId order) {
        const auto payment = co_await shop.read("/api/v1/payments/" + order.text());
        co_return payment.is_object() ? std::string(payment.at("status").as_string()) : "";
    }

    /// Of the payments that a list shows.
    Task<std::vector<std::string>> listed(std::string query) {
        std::vector<std::string> orders;
        const auto page = co_await shop.read("/api/v1/payments" + query);
        for (const auto& item : page.at("items").as_array()) orders.emplace_back(item.at("order").as_string());
        co_return orders;
    }

    PaymentLedger ledger;
};

CORO_TEST_F(Payments, AreAuthorizedThenCaptured) {
    TALLY_COVERS("E02.3", "E02.4", "E14.1", "B03.5", "B02.19", "B02.20", "B02.21");
    shop.start();
    const EventId request = co_await pay(o1, "card");
    co_await pause();
    const auto events = co_await items("streams/payment-o1");
    EXPECT_THAT(co_await types("payment-o1"), ElementsAre("PaymentInitiated", "PaymentAuthorized", "PaymentConfirmed"));
    for (const auto& event : events) {
        EXPECT_EQ(event.at("causation_id").as_string(), request.text());
        EXPECT_EQ(event.at("correlation_id").as_string(), correlation(o1));
        EXPECT_EQ(event.at("key").as_string(), "o1");
    }
    const auto payment = co_await shop.read("/api/v1/payments/o1");
    EXPECT_EQ(payment.at("status"), "captured");
    EXPECT_EQ(payment.at("method"), "card");
    EXPECT_EQ(payment.at("captured").at("amount"), "10.00");
    EXPECT_EQ(payment.at("refunded").at("amount"), "0.00");
    EXPECT_EQ(payment.at("reference"), events.back().at("data").at("reference"));
    EXPECT_EQ(ledger.charged(o1), 1000);
    EXPECT_THAT(ledger.faults(), IsEmpty());
    co_await shop.stop();
}

CORO_TEST_F(Payments, ThatAreDeclinedTakeNothing) {
    TALLY_COVERS("E02.8", "B02.22");
    shop.start();
    const EventId request = co_await pay(o1, "sim_decline");
    co_await pause();
    EXPECT_THAT(co_await events(o1), ElementsAre("PaymentInitiated", "PaymentFailed"));
    EXPECT_THAT(co_await causes(o1, "PaymentFailed"), ElementsAre(request.text()));
    EXPECT_EQ((co_await shop.read("/api/v1/payments/o1")).at("reason"), "declined");

    const EventId undone = co_await undo(o1);
    co_await pause();
    EXPECT_THAT(co_await causes(o1, "PaymentVoided"), ElementsAre(undone.text()));
    EXPECT_EQ(co_await status(o1), "voided");
    EXPECT_EQ(ledger.charged(o1), 0);
    co_await shop.stop();
}

CORO_TEST_F(Payments, WhoseAnswerIsLostAreAskedForAndNotRepeated) {
    TALLY_COVERS("E02.7", "E02.8", "F34");
    shop.start();
    (void)co_await pay(o1, "sim_lose");
    co_await pause(500ms);
    EXPECT_THAT(co_await events(o1), ElementsAre("PaymentInitiated", "PaymentAuthorized"));
    EXPECT_EQ(ledger.charged(o1), 1000);
    co_await pause();
    EXPECT_EQ(co_await status(o1), "captured");

    const EventId undone = co_await undo(o1);
    co_await pause(500ms);
    EXPECT_EQ(ledger.refunded(o1), 1000);
    EXPECT_THAT(co_await causes(o1, "PaymentRefunded"), IsEmpty());
    co_await pause();
    EXPECT_THAT(co_await causes(o1, "PaymentRefunded"), ElementsAre(undone.text()));
    EXPECT_EQ(co_await status(o1), "refunded");
    EXPECT_THAT(ledger.faults(), IsEmpty());
    co_await shop.stop();
}

CORO_TEST_F(Payments, ThatSucceedAfterTheyWereUndoneAreGivenBack) {
    TALLY_COVERS("E02.2", "E02.6", "E14.2", "B02.23", "F34", "I8");
    shop.start();
    const EventId request = co_await pay(o1, "sim_late", {.expires_at = simulation.clock().now() + 2s});
    co_await pause();
    const EventId undone = co_await undo(o1, {.correlation = "of the customer's cancel"});
    co_await pause();
    EXPECT_THAT(co_await events(o1), ElementsAre("PaymentInitiated", "PaymentAuthorized", "PaymentRefundInitiated"));
    co_await pause(10s);
    EXPECT_THAT(co_await events(o1), ElementsAre("PaymentInitiated", "PaymentAuthorized", "PaymentRefundInitiated",
                                                 "PaymentConfirmed", "PaymentRefunded"));
    EXPECT_THAT(co_await causes(o1, "PaymentConfirmed"), ElementsAre(request.text()));
    EXPECT_THAT(co_await causes(o1, "PaymentRefunded"), ElementsAre(undone.text()));
    const auto all = co_await items("streams/payment-o1");
    EXPECT_EQ(all.at(3).at("correlation_id").as_string(), correlation(o1));
    EXPECT_EQ(all.at(4).at("correlation_id").as_string(), "of the customer's cancel");
    EXPECT_EQ(ledger.charged(o1), 1000);
    EXPECT_EQ(ledger.refunded(o1), 1000);
    co_await shop.stop();
}

CORO_TEST_F(Payments, WhoseProviderSaysThingsTwiceHappenOnce) {
    TALLY_COVERS("E02.7", "E02.8", "F34");
    shop.start();
    (void)co_await pay(o1, "sim_twice");
    co_await pause();
    (void)co_await give_back(o1, 300, "r1");
    co_await pause();
    (void)co_await give_back(o1, 200, "r2");
    co_await pause();
    EXPECT_THAT(co_await events(o1),
                ElementsAre("PaymentInitiated", "PaymentAuthorized", "PaymentConfirmed", "PaymentAnswerRepeated",
                            "PaymentRefundInitiated", "PaymentRefunded", "PaymentAnswerRepeated",
                            "PaymentRefundInitiated", "PaymentRefunded", "PaymentAnswerRepeated"));
    EXPECT_EQ(ledger.refunded(o1), 500);
    EXPECT_THAT(ledger.faults(), IsEmpty());
    co_await shop.stop();
}

CORO_TEST_F(Payments, ThatAreOnlyAuthorizedAreVoided) {
    TALLY_COVERS("E02.5");
    shop.start();
    const EventId request = co_await pay(o1, "sim_hold");
    co_await pause();
    const EventId undone = co_await undo(o1);
    co_await pause(10s);
    EXPECT_THAT(co_await events(o1), ElementsAre("PaymentInitiated", "PaymentAuthorized", "PaymentRefundInitiated",
                                                 "PaymentFailed", "PaymentVoided"));
    EXPECT_THAT(co_await causes(o1, "PaymentFailed"), ElementsAre(request.text()));
    EXPECT_THAT(co_await causes(o1, "PaymentVoided"), ElementsAre(undone.text()));
    EXPECT_EQ(co_await status(o1), "voided");
    EXPECT_EQ(ledger.charged(o1), 0);
    co_await shop.stop();
}

CORO_TEST_F(Payments, ThatAreUndoneBeforeTheyAreAskedForNeverHappen) {
    TALLY_COVERS("E02.2", "E14.2");
    shop.start();
    const EventId undone = co_await undo(o1);
    const EventId request = co_await pay(o1, "card");
    co_await pause();
    EXPECT_THAT(co_await events(o1), ElementsAre("PaymentRefundInitiated", "PaymentVoided", "PaymentFailed"));
    EXPECT_THAT(co_await causes(o1, "PaymentVoided"), ElementsAre(undone.text()));
    EXPECT_THAT(co_await causes(o1, "PaymentFailed"), ElementsAre(request.text()));
    EXPECT_EQ((co_await shop.read("/api/v1/payments/o1")).at("reason"), "undone_before");
    EXPECT_EQ(ledger.charged(o1), 0);
    co_await shop.stop();
}

CORO_TEST_F(Payments, ThatAreAskedForTooLateAreRefused) {
    shop.start();
    (void)co_await pay(o1, "card", {.expires_at = simulation.clock().now()});
    co_await pause();
    EXPECT_THAT(co_await events(o1), ElementsAre("PaymentFailed"));
    EXPECT_EQ((co_await shop.read("/api/v1/payments/o1")).at("reason"), "expired");
    EXPECT_EQ(ledger.charged(o1), 0);
    co_await shop.stop();
}

CORO_TEST_F(Payments, ThatAreAskedForTwiceHappenOnce) {
    TALLY_COVERS("E02.7", "I3", "I8");
    shop.start();
    for (int i = 0; i < 2; ++i) (void)co_await pay(o1, "card");
    co_await pause();
    for (int i = 0; i < 2; ++i) (void)co_await give_back(o1, 300, "r1");
    co_await pause();
    for (int i = 0; i < 2; ++i) (void)co_await undo(o1);
    co_await pause();
    (void)co_await pay(o1, "card");
    co_await pause();
    EXPECT_THAT(co_await events(o1),
                ElementsAre("PaymentInitiated", "PaymentAuthorized", "PaymentConfirmed", "PaymentRefundInitiated",
                            "PaymentRefunded", "PaymentRefundInitiated", "PaymentRefunded"));
    EXPECT_EQ(ledger.charged(o1), 1000);
    EXPECT_EQ(ledger.refunded(o1), 1000);
    EXPECT_THAT(ledger.faults(), IsEmpty());
    co_await shop.stop();
}

CORO_TEST_F(Payments, AreRefundedByReturnsUpToWhatWasTaken) {
    TALLY_COVERS("E02.6", "I8");
    shop.start();
    (void)co_await pay(o1, "card");
    (void)co_await give_back(o1, 700, "r1");
    const EventId too_much = co_await give_back(o1, 301, "r2");
    (void)co_await give_back(o1, 300, "r3");
    co_await pause();
    EXPECT_THAT(co_await causes(o1, "PaymentRefundFailed"), ElementsAre(too_much.text()));
    EXPECT_EQ((co_await causes(o1, "PaymentRefunded")).size(), 2u);
    const auto payment = co_await shop.read("/api/v1/payments/o1");
    EXPECT_EQ(payment.at("status"), "refunded");
    std::vector<std::string> refunds;
    for (const auto& refund : payment.at("refunds").as_array())
        refunds.push_back(std::string(refund.at("return_id").as_string()) + " " +
                          std::string(refund.at("amount").at("amount").as_string()) + " " +
                          std::string(refund.at("status").as_string()));
    EXPECT_THAT(refunds, ElementsAre("r1 7.00 refunded", "r2 3.01 failed", "r3 3.00 refunded"));
    EXPECT_EQ(ledger.refunded(o1), 1000);
    co_await shop.stop();
}

CORO_TEST_F(Payments, GoOnAfterARestartWithAnyProvider) {
    TALLY_COVERS("E02.7", "E02.8", "I8");
    shop.start();
    const std::vector<std::string> methods{"card", "sim_decline", "sim_lose", "sim_late", "sim_twice", "sim_hold"};
    for (const std::string& method : methods) (void)co_await pay(OrderId::trusted(method), method);
    for (int i = 0; i < 8; ++i) {
        co_await pause(Duration(simulation.random().below(1'500'000)));
        co_await restart();
    }
    for (const std::string& method : methods) (void)co_await undo(OrderId::trusted(method));
    for (int i = 0; i < 8; ++i) {
        co_await pause(Duration(simulation.random().below(1'500'000)));
        co_await restart();
    }
    co_await pause(60s);
    for (const std::string& method : methods) {
        const OrderId order = OrderId::trusted(method);
        const bool takes = method != "sim_decline" && method != "sim_hold";
        EXPECT_EQ(ledger.charged(order), takes ? 1000 : 0) << method;
        EXPECT_EQ(ledger.refunded(order), takes ? 1000 : 0) << method;
        EXPECT_EQ(co_await status(order), takes ? "refunded" : "voided") << method;
        EXPECT_EQ((co_await causes(order, "PaymentConfirmed")).size(), takes ? 1u : 0u) << method;
    }
    EXPECT_THAT(ledger.faults(), IsEmpty());
    co_await shop.stop();
}

CORO_TEST_F(Payments, AreListedLatestFirst) {
    shop.start();
    int number = 0;
    for (const char* method : {"card", "sim_decline", "card"}) {
        (void)co_await pay(OrderId::trusted(fmt::format("o{}", ++number)), method);
        co_await pause();
    }
    EXPECT_THAT(co_await listed(""), ElementsAre("o3", "o2", "o1"));
    EXPECT_THAT(co_await listed("?status=captured"), ElementsAre("o3", "o1"));
    EXPECT_THAT(co_await listed("?status=failed"), ElementsAre("o2"));
    const auto page = co_await shop.read("/api/v1/payments?page_size=2");
    const std::string next(page.at("next_page_token").as_string());
    EXPECT_THAT(co_await listed("?page_size=2&page_token=" + next), ElementsAre("o1"));
    EXPECT_EQ((co_await shop.send(Method::get, "/api/v1/payments/o9")).status, 404);
    EXPECT_EQ(
        (co_await shop.send(Method::get, "/api/v1/payments?from=2011-01-02T00:00:00Z&to=2011-01-01T00:00:00Z")).status,
        400);
    co_await shop.stop();
}

/// A provider that keeps its own books and loses requests and answers, over a store that fails now and then.
class PaymentsOfAFickleProvider : public Payments {
public:
    PaymentsOfAFickleProvider()
        : Payments([this](std::unique_ptr<Store> store) { return create_faulty_store(std::move(store), faults); }) {
        provider = create_fickle_provider(fickle);
        faults.refuse = faults.forget = 0.03;
        faults.delay = 0.1;
    }

    Faults faults{simulation.random(), simulation.clock()};
    Fickleness fickle{simulation.random(), simulation.clock(), ledger};
    std::set<std::string> seen;  ///< types of events

    [[nodiscard]] bool happens(std::uint64_t one_in) { return simulation.random().below(one_in) == 0; }
    Task<void> a_while(std::uint64_t most_ms) {
        co_await pause(std::chrono::milliseconds(simulation.random().below(most_ms)));
    }

    /// Anything that may be asked of a payment, at any time; some of it twice.
    Task<void> ask(OrderId order) {
        const auto what = simulation.random().below(8);
        // Amounts that end in 7 units are refused by the provider.
        const auto units = static_cast<std::int64_t>(simulation.random().below(60) * 10 + (happens(5) ? 7 : 0));
        const std::string return_id = fmt::format("r{}", simulation.random().below(4));
        for (int times = happens(4) ? 2 : 1; times > 0; --times) {
            if (what < 4) (void)co_await pay(order, "card");
            if (what >= 4 && what < 7) (void)co_await give_back(order, units, return_id);
            if (what == 7) (void)co_await undo(order);
        }
    }

    /// How often each request of the order was answered, and what its events sum up to, are as they must be.
    Task<void> check(OrderId order) {
        std::int64_t captured = 0, refunded = 0;
        int answers = 0, initiated_refunds = 0, undo_answers = 0;
        std::map<std::string, int> times;
        const auto payment = co_await shop.read("/api/v1/payments/" + order.text());
        if (!payment.is_object()) co_return;
        for (const auto& event : co_await items("streams/payment-" + order.text() + "?page_size=1000")) {
            const std::string type(event.at("type").as_string());
            const auto units = [&] {
                const auto& amount = event.at("data").at("amount");
                return Money::parse(std::string(amount.at("amount").as_string()), 2, money(0).currency())->units();
            };
            if (type == "PaymentConfirmed") captured += units();
            if (type == "PaymentRefunded") refunded += units();
            answers += type == "PaymentConfirmed" || type == "PaymentFailed";
            initiated_refunds += type == "PaymentRefundInitiated";
            undo_answers += type == "PaymentVoided" || type == "PaymentRefunded" || type == "PaymentRefundFailed";
            seen.insert(type);
            EXPECT_LE(++times[type + " of " + std::string(event.at("causation_id").as_string())],
                      type == "PaymentAnswerRepeated" ? 1'000 : 1);
        }
        EXPECT_EQ(captured, ledger.charged(order));
        EXPECT_EQ(refunded, ledger.refunded(order));
        EXPECT_LE(answers, 1);
        EXPECT_EQ(undo_answers, initiated_refunds);
        const std::string status(payment.at("status").as_string());
        EXPECT_TRUE(status != "initiated" && status != "authorized") << status;
        for (const auto& refund : payment.at("refunds").as_array())
            if (refund.at("undo").as_bool()) EXPECT_EQ(captured, refunded) << order.text();
    }
};

CORO_TEST_F(PaymentsOfAFickleProvider, AreNotAskedForBeforeTheyAreWrittenDown) {
    TALLY_COVERS("E02.1");
    shop.start();
    fickle.lost = 0;
    faults.refuse = 1;
    (void)co_await pay(o1, "card");
    co_await pause(10s);
    EXPECT_EQ(fickle.calls, 0);
    faults.heal();
    co_await pause(60s);
    EXPECT_GT(fickle.calls, 0);
    EXPECT_NE(co_await status(o1), "initiated");
    co_await shop.stop();
}

CORO_TEST_F(PaymentsOfAFickleProvider, AreAsItsBooksSayWhateverWasLostAndWheneverItRestarts) {
    TALLY_COVERS("E02.7", "F34", "I3", "I8");
    shop.start();
    std::vector<OrderId> all;
    all.reserve(60);
    for (int i = 0; i < 60; ++i) all.push_back(OrderId::trusted(fmt::format("o{}", i)));
    for (std::size_t i = 0; i < 400; ++i) {
        // Few orders at a time, so that they are asked again while the provider has not answered yet.
        co_await ask(all[std::min(i / 7 + simulation.random().below(3), all.size() - 1)]);
        co_await a_while(happens(5) ? 3'000 : 300);
        if (happens(20)) co_await restart();
    }
    faults.heal();
    fickle.lost = 0;
    co_await pause(5min);
    EXPECT_THAT(co_await parked(), IsEmpty());
    EXPECT_THAT(ledger.faults(), IsEmpty());
    for (const OrderId& order : all) co_await check(order);
    EXPECT_EQ(seen.size(), payments::PaymentEvents::describe().size());
    co_await shop.stop();
}

}  // namespace
}  // namespace tally::testing
