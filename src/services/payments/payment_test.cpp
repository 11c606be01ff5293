// Goal: every state of a payment against everything that can be asked of it or said to it.
#include "services/payments/payment.hpp"

#include <functional>
#include <map>

#include <gtest/gtest.h>

#include "tally/testing/covers.hpp"

namespace tally::payments {
namespace {

const OrderId order = OrderId::trusted("536365");
const ReturnId some_return = ReturnId::trusted("C536379");
const ReturnId other_return = ReturnId::trusted("C536380");

Money money(std::int64_t units) { return {units, 2, *Currency::parse("GBP")}; }

RequestOrigin origin(std::uint8_t number) {
    Uuid id;
    id.bytes[15] = number;
    return {id, "c" + std::to_string(number)};
}
const RequestOrigin request = origin(1);
const RequestOrigin undo = origin(2);
const RequestOrigin give_back = origin(3);
const RequestOrigin other = origin(9);

Payment after(const std::vector<PaymentEvent>& past) {
    Payment payment;
    for (const PaymentEvent& event : past) std::visit([&](const auto& each) { payment.apply(each); }, event);
    return payment;
}

Payment apply_all(Payment payment, const Outcomes& outcomes) {
    for (const Outcome& outcome : outcomes) std::visit([&](const auto& each) { payment.apply(each); }, outcome.event);
    return payment;
}

// What has happened.
const PaymentInitiated initiated{order, request, money(1000), "card"};
const PaymentAuthorized authorized{order, money(1000), "r"};
const PaymentConfirmed confirmed{order, money(1000), "r"};
const PaymentFailed declined{order, PaymentFailure::declined, ""};
const PaymentRefundInitiated undo_asked{order, undo, {}, {}};
const PaymentRefundInitiated return_asked{order, give_back, money(300), some_return};
const PaymentRefunded return_refunded{order, money(300), some_return};
const PaymentRefunded all_refunded{order, money(1000), {}};
const PaymentVoided voided{order};

const std::map<std::string, std::vector<PaymentEvent>> states{
    {"none", {}},
    {"initiated", {initiated}},
    {"initiated, undone", {initiated, undo_asked}},
    {"authorized", {initiated, authorized}},
    {"authorized, undone", {initiated, authorized, undo_asked}},
    {"captured", {initiated, authorized, confirmed}},
    {"captured, undone", {initiated, authorized, confirmed, undo_asked}},
    {"captured, a return asked", {initiated, authorized, confirmed, return_asked}},
    {"captured, a return refunded", {initiated, authorized, confirmed, return_asked, return_refunded}},
    {"refunded", {initiated, authorized, confirmed, undo_asked, all_refunded}},
    {"failed", {initiated, declined}},
    {"failed, undone", {initiated, declined, undo_asked, voided}},
    {"expired", {PaymentFailed{order, PaymentFailure::expired, ""}}},
    {"undone before", {undo_asked, voided}},
    {"undone, then refused", {undo_asked, voided, PaymentFailed{order, PaymentFailure::undone_before, ""}}},
};

std::string names(const Outcomes& outcomes) {
    std::string all;
    for (const Outcome& outcome : outcomes)
        all += (all.empty() ? "" : " ") +
               std::visit([]<class E>(const E&) { return std::string(event_type<E>.name.substr(7)); }, outcome.event);
    return all;
}

std::string names(const std::expected<Outcomes, Rejection>& outcomes) {
    return outcomes ? names(*outcomes) : "!" + outcomes.error().code;
}

std::string answers(const Payment& payment, ChargeState state) {
    return names(take(payment, ChargeAnswer{.state = state, .amount = money(1000), .reference = "r"}));
}
std::string answers(const Payment& payment, RefundState state) {
    const Refund* open = payment.open_refund();
    return names(take(payment, open != nullptr ? open->request.event : undo.event, RefundAnswer{state}));
}

orders::PaymentRequested wanted(std::int64_t units = 1000) { return {order, money(units), "card"}; }
orders::PaymentRefundRequested wanted_back(std::optional<std::int64_t> units, std::optional<ReturnId> return_id = {}) {
    return {order, units ? std::optional(money(*units)) : std::nullopt, std::move(return_id)};
}

struct Row {
    std::string state;
    std::map<std::string, std::string> expected;  ///< by input; what is missing brings about nothing
};

const std::map<std::string, std::function<std::string(const Payment&)>> inputs{
    {"charge", [](const Payment& p) { return names(charge(p, wanted(), other, false)); }},
    {"charge expired", [](const Payment& p) { return names(charge(p, wanted(), other, true)); }},
    {"charge nothing", [](const Payment& p) { return names(charge(p, wanted(0), other, false)); }},
    {"undo", [](const Payment& p) { return names(refund(p, wanted_back({}), other)); }},
    {"return", [](const Payment& p) { return names(refund(p, wanted_back(700, other_return), other)); }},
    {"return too much", [](const Payment& p) { return names(refund(p, wanted_back(1001, other_return), other)); }},
    {"return again", [](const Payment& p) { return names(refund(p, wanted_back(300, some_return), other)); }},
    {"unknown", [](const Payment& p) { return answers(p, ChargeState::unknown); }},
    {"pending", [](const Payment& p) { return answers(p, ChargeState::pending); }},
    {"authorized", [](const Payment& p) { return answers(p, ChargeState::authorized); }},
    {"captured", [](const Payment& p) { return answers(p, ChargeState::captured); }},
    {"declined", [](const Payment& p) { return answers(p, ChargeState::declined); }},
    {"released", [](const Payment& p) { return answers(p, ChargeState::released); }},
    {"refund unknown", [](const Payment& p) { return answers(p, RefundState::unknown); }},
    {"refund pending", [](const Payment& p) { return answers(p, RefundState::pending); }},
    {"refunded", [](const Payment& p) { return answers(p, RefundState::refunded); }},
    {"refused", [](const Payment& p) { return answers(p, RefundState::refused); }},
};

using Expected = std::map<std::string, std::string>;
Expected operator+(Expected all, const Expected& more) {
    for (const auto& [input, events] : more) all[input] = events;
    return all;
}

/// No charge was ever asked for at the provider.
const Expected never_asked{{"unknown", "!payment-unknown"},    {"pending", "!payment-unknown"},
                           {"authorized", "!payment-unknown"}, {"captured", "!payment-unknown"},
                           {"declined", "!payment-unknown"},   {"released", "!payment-unknown"}};
const Expected no_refund{{"refund unknown", "!payment-unknown"},
                         {"refund pending", "!payment-unknown"},
                         {"refunded", "!payment-unknown"},
                         {"refused", "!payment-unknown"}};
const Expected refund_over{{"refund unknown", "AnswerRepeated"},
                           {"refund pending", "AnswerRepeated"},
                           {"refunded", "AnswerRepeated"},
                           {"refused", "AnswerRepeated"}};
const Expected charge_over{
    {"unknown", "AnswerRepeated"}, {"pending", "AnswerRepeated"}, {"authorized", "AnswerRepeated"}};
const Expected charged = charge_over + Expected{{"captured", "AnswerRepeated"},
                                                {"declined", "!payment-contradiction"},
                                                {"released", "!payment-contradiction"}};
const Expected not_charged =
    charge_over +
    Expected{{"captured", "!payment-contradiction"}, {"declined", "AnswerRepeated"}, {"released", "AnswerRepeated"}};
const Expected no_returns{{"return", "RefundInitiated RefundFailed"},
                          {"return too much", "RefundInitiated RefundFailed"},
                          {"return again", "RefundInitiated RefundFailed"}};
const Expected returns_wait{
    {"return", "RefundInitiated"}, {"return too much", "RefundInitiated"}, {"return again", "RefundInitiated"}};
const Expected void_at_once{{"undo", "RefundInitiated Voided"}};
const Expected undo_waits{{"undo", "RefundInitiated"}};

const std::vector<Row> table{
    {"none", never_asked + no_refund + no_returns + void_at_once +
                 Expected{{"charge", "Initiated"}, {"charge expired", "Failed"}, {"charge nothing", "Failed"}}},
    {"initiated", no_refund + returns_wait + undo_waits +
                      Expected{{"authorized", "Authorized"},
                               {"captured", "Authorized Confirmed"},
                               {"declined", "Failed"},
                               {"released", "Failed"}}},
    {"initiated, undone", no_refund + returns_wait +
                              Expected{{"authorized", "Authorized"},
                                       {"captured", "Authorized Confirmed"},
                                       {"declined", "Failed Voided"},
                                       {"released", "Failed Voided"}}},
    {"authorized", no_refund + returns_wait + undo_waits +
                       Expected{{"captured", "Confirmed"}, {"declined", "Failed"}, {"released", "Failed"}}},
    {"authorized, undone",
     no_refund + returns_wait +
         Expected{{"captured", "Confirmed"}, {"declined", "Failed Voided"}, {"released", "Failed Voided"}}},
    {"captured", charged + no_refund + undo_waits +
                     Expected{{"return", "RefundInitiated"},
                              {"return too much", "RefundInitiated RefundFailed"},
                              {"return again", "RefundInitiated"}}},
    {"captured, undone", charged + returns_wait + Expected{{"refunded", "Refunded"}, {"refused", "!refund-refused"}}},
    {"captured, a return asked", charged + undo_waits +
                                     Expected{{"return", "RefundInitiated"},
                                              {"return too much", "RefundInitiated"},
                                              {"refunded", "Refunded"},
                                              {"refused", "RefundFailed"}}},
    {"captured, a return refunded",
     charged + no_refund + undo_waits +
         Expected{{"return", "RefundInitiated"}, {"return too much", "RefundInitiated RefundFailed"}}},
    {"refunded", charged + refund_over + no_returns},
    {"failed", not_charged + no_refund + no_returns + void_at_once},
    {"failed, undone", not_charged + refund_over + no_returns},
    {"expired", never_asked + no_refund + no_returns + void_at_once},
    {"undone before", never_asked + refund_over + no_returns +
                          Expected{{"charge", "Failed"}, {"charge expired", "Failed"}, {"charge nothing", "Failed"}}},
    {"undone, then refused", never_asked + refund_over + no_returns},
};

TEST(Payment, InEveryStateAnswersEveryInput) {
    TALLY_COVERS("E02.7", "I8");
    ASSERT_EQ(table.size(), states.size());
    for (const Row& row : table) {
        const Payment payment = after(states.at(row.state));
        for (const auto& [input, _] : row.expected) EXPECT_TRUE(inputs.contains(input)) << input;
        for (const auto& [input, give] : inputs) {
            const auto found = row.expected.find(input);
            EXPECT_EQ(give(payment), found == row.expected.end() ? "" : found->second) << row.state << " + " << input;
        }
    }
}

TEST(Payment, NamesTheRequestThatEachEventAnswers) {
    // A success after an undo was asked for: the charge's events are the request's, the refund is the undo's.
    Payment payment = after({initiated, undo_asked});
    const auto late =
        take(payment, ChargeAnswer{.state = ChargeState::captured, .amount = money(1000), .reference = "r"});
    for (const Outcome& outcome : *late) EXPECT_EQ(outcome.request, request);
    payment = apply_all(payment, *late);
    const auto given = take(payment, undo.event, RefundAnswer{RefundState::refunded});
    ASSERT_EQ(names(*given), "Refunded");
    EXPECT_EQ(given->front().request, undo);

    const auto refused = take(after({initiated, undo_asked}), ChargeAnswer{.state = ChargeState::declined});
    ASSERT_EQ(names(*refused), "Failed Voided");
    EXPECT_EQ((*refused)[0].request, request);
    EXPECT_EQ((*refused)[1].request, undo);
}

TEST(Payment, IsRefusedForAReason) {
    const auto reason = [](const Outcomes& outcomes) { return std::get<PaymentFailed>(outcomes.back().event).reason; };
    EXPECT_EQ(reason(charge({}, wanted(), other, true)), PaymentFailure::expired);
    EXPECT_EQ(reason(charge({}, wanted(0), other, false)), PaymentFailure::invalid_amount);
    EXPECT_EQ(reason(charge(after({undo_asked, voided}), wanted(), other, true)), PaymentFailure::undone_before);
    const auto undone = take(after({initiated, undo_asked}), ChargeAnswer{.state = ChargeState::released});
    EXPECT_EQ(std::get<PaymentFailed>(undone->front().event).reason, PaymentFailure::undone_before);
    const auto lapsed = take(after({initiated}), ChargeAnswer{.state = ChargeState::released});
    EXPECT_EQ(std::get<PaymentFailed>(lapsed->front().event).reason, PaymentFailure::declined);
}

TEST(Payment, ARefundIsRefusedForAReason) {
    TALLY_COVERS("E02.6");
    const auto reason = [](const std::vector<PaymentEvent>& past, const orders::PaymentRefundRequested& asked) {
        const auto outcomes = refund(after(past), asked, other);
        return std::get<PaymentRefundFailed>(outcomes.back().event).reason;
    };
    EXPECT_EQ(reason({initiated, declined}, wanted_back(1)), RefundFailure::nothing_charged);
    EXPECT_EQ(reason({initiated, authorized, confirmed}, wanted_back(1001)), RefundFailure::more_than_left);
    EXPECT_EQ(reason({initiated, authorized, confirmed, return_asked, return_refunded}, wanted_back(701)),
              RefundFailure::more_than_left);
    EXPECT_EQ(reason({initiated, authorized, confirmed}, wanted_back(0)), RefundFailure::invalid_amount);
    auto in_euro = wanted_back({});
    in_euro.amount = Money(1, 2, *Currency::parse("EUR"));
    EXPECT_EQ(reason({initiated, authorized, confirmed}, in_euro), RefundFailure::invalid_amount);
}

TEST(Payment, OnlyTheAmountThatWasAskedForIsAuthorizedAndCaptured) {
    TALLY_COVERS("I8", "B03.5");
    for (const ChargeState state : {ChargeState::authorized, ChargeState::captured})
        for (const std::int64_t units : {999, 1001})
            EXPECT_EQ(names(take(after({initiated}), ChargeAnswer{.state = state, .amount = money(units)})),
                      "!payment-amount");
    const Payment captured =
        apply_all(after({initiated}),
                  *take(after({initiated}),
                        ChargeAnswer{.state = ChargeState::captured, .amount = money(1000), .reference = "r7"}));
    EXPECT_EQ(captured.status, PaymentStatus::captured);
    EXPECT_EQ(captured.captured, money(1000));
    EXPECT_EQ(captured.reference, "r7");
}

TEST(Payment, RefundsAreSettledInTheOrderOfAsking) {
    Payment payment = after({initiated, authorized, confirmed, return_asked});
    payment = apply_all(payment, refund(payment, wanted_back(800, other_return), origin(4)));
    payment = apply_all(payment, refund(payment, wanted_back({}), undo));
    EXPECT_EQ(next_refund(payment)->amount, money(300));

    // The second answer to the first refund is not one to the next.
    const auto given = take(payment, give_back.event, RefundAnswer{RefundState::refunded});
    EXPECT_EQ(names(given), "Refunded RefundFailed");  // of the 800 that were asked for next, 700 are left
    payment = apply_all(payment, *given);
    EXPECT_EQ(names(take(payment, give_back.event, RefundAnswer{RefundState::refunded})), "AnswerRepeated");
    EXPECT_EQ(next_refund(payment)->key, undo.event);
    EXPECT_EQ(next_refund(payment)->amount, money(700));

    payment = apply_all(payment, *take(payment, undo.event, RefundAnswer{RefundState::refunded}));
    EXPECT_EQ(payment.status, PaymentStatus::refunded);
    EXPECT_EQ(payment.refunded, money(1000));
    EXPECT_FALSE(awaits_provider(payment));
}

TEST(Payment, AnUndoWithNothingLeftIsVoidedAndTheRefundsStand) {
    TALLY_COVERS("E02.5");
    Payment payment = after({initiated, authorized, confirmed, return_asked, return_refunded});
    payment = apply_all(payment, refund(payment, wanted_back(700, other_return), origin(4)));
    payment = apply_all(payment, *take(payment, origin(4).event, RefundAnswer{RefundState::refunded}));
    EXPECT_EQ(payment.status, PaymentStatus::refunded);
    EXPECT_EQ(names(refund(payment, wanted_back({}), undo)), "RefundInitiated Voided");
}

}  // namespace
}  // namespace tally::payments
