#include "tallystick/verify/return_book.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tallystick/verify/json_fields.hpp"

namespace tally::verify {
namespace {

/// When it happened as the data says, or else when it was recorded.
Timestamp time_of(const RecordedEvent& event, const boost::json::value& data, std::string_view pointer) {
    const auto said = parse_timestamp(text_at(data, pointer).value_or(""));
    return said ? *said : event.occurred_at;
}

/// Price times quantity; none where it cannot be read or counted.
std::optional<Money> worth_of(const boost::json::value& line) {
    const auto price = money_at(line, "/unit_price");
    const auto quantity = number_at(line, "/quantity");
    if (!price || !quantity) return std::nullopt;
    const auto worth = price->times(*quantity);
    return worth ? std::optional(*worth) : std::nullopt;
}

/// None where one of them is none, or where they cannot be added.
std::optional<Money> sum_of(const std::optional<Money>& a, const std::optional<Money>& b) {
    if (!a || !b) return std::nullopt;
    const auto sum = a->plus(*b);
    return sum ? std::optional(*sum) : std::nullopt;
}

/// What is left of `all` without `some`; none where that is more, or of another kind.
std::optional<Money> rest_of(const std::optional<Money>& all, const Money& some) {
    if (!all) return std::nullopt;
    const auto rest = all->minus(some);
    return rest && rest->units() >= 0 ? std::optional(*rest) : std::nullopt;
}

/// Adds `times` (-1 or 1) the pieces; what does not fit 64 bits wraps round.
void count(std::int64_t& sum, int times, std::int64_t pieces) {
    if (times > 0) (void)__builtin_add_overflow(sum, pieces, &sum);
    if (times < 0) (void)__builtin_sub_overflow(sum, pieces, &sum);
}

void say(std::optional<Money>& what, const Money& amount, bool& repeated) {
    repeated = repeated || what.has_value();
    what = amount;
}

void note(std::string& problem, std::string_view text) {
    if (problem.empty()) problem = text;
}

}  // namespace

void ReturnBook::take(const std::string& service, const RecordedEvent& event, const boost::json::value& data,
                      Findings& findings) {
    bool is_readable = true;
    if (service == "orders" && event.type == "OrderCreated")
        create(event, data);
    else if (service == "orders" && event.type == "OrderReturned")
        is_readable = take_back(data);
    else if (service == "orders" && event.type == "ReturnReceived")
        is_readable = receive(event, data);
    else if ((service == "orders" && event.type == "PaymentRefundRequested") ||
             (service == "payments" && (event.type == "PaymentRefunded" || event.type == "PaymentRefundFailed")))
        is_readable = !text_at(data, "/return_id") || pay(event.type, data);
    if (!is_readable)
        findings.violation(Invariant::rows, fmt::format("{}/events/{}", service, event.position),
                           fmt::format("this {} does not say its goods or its money", event.type));
}

void ReturnBook::create(const RecordedEvent& event, const boost::json::value& data) {
    const auto order = text_at(data, "/order");
    const auto* lines = list_at(data, "/lines");
    if (!order || lines == nullptr) return;  // OrderBook tells
    Purchase& purchase = purchases_[*order];
    purchase.money_left = money_at(data, "/total");
    purchase.customer = text_at(data, "/customer");
    purchase.placed_at = time_of(event, data, "/placed_at");
    std::map<std::uint32_t, std::int64_t> pieces;
    for (const auto& line : *lines)
        if (const auto kind = kind_of(line)) count(pieces[*kind], +1, number_at(line, "/quantity").value_or(0));
    purchase.left.assign(pieces.begin(), pieces.end());
}

bool ReturnBook::take_back(const boost::json::value& data) {
    const auto order = text_at(data, "/order");
    const auto id = text_at(data, "/return_id");
    const auto refund = money_at(data, "/refund");
    const auto* lines = list_at(data, "/lines");
    if (!order || !id || !refund || lines == nullptr) return false;
    Purchase& purchase = purchases_[*order];
    Return& taken = returns_[*id];
    std::optional<Money> worth = Money(0, refund->scale(), refund->currency());
    for (const auto& line : *lines) {
        const auto kind = kind_of(line);
        worth = sum_of(worth, worth_of(line));
        if (!kind || !worth) return false;
        const std::int64_t quantity = number_at(line, "/quantity").value_or(0);
        count(taken.unexplained[text_at(line, "/sku").value_or("")], -1, quantity);
        const auto left =
            std::ranges::lower_bound(purchase.left, *kind, {}, [](const auto& each) { return each.first; });
        if (quantity <= 0 || left == purchase.left.end() || left->first != *kind || left->second < quantity)
            note(purchase.problem, "more came back of it than was bought, or at another price");
        else
            left->second -= quantity;
    }
    Refund& part = taken.refunds[*order];
    say(part.of_order, *refund, part.repeated);
    if (refund->units() < 0 || !rest_of(worth, *refund))
        note(part.problem, "more is given back than its goods had cost");
    if (const auto rest = rest_of(purchase.money_left, *refund))
        purchase.money_left = rest;
    else
        note(part.problem, "more is given back than was left of the order's total");
    return true;
}

bool ReturnBook::receive(const RecordedEvent& event, const boost::json::value& data) {
    const auto id = text_at(data, "/return_id");
    const auto* lines = list_at(data, "/lines");
    const auto* refunds = list_at(data, "/refunds");
    if (!id || lines == nullptr || refunds == nullptr) return false;
    Return& received = returns_[*id];
    ++received.received;
    received.customer = text_at(data, "/customer");
    received.returned_at = time_of(event, data, "/returned_at");
    bool is_all = true, is_none = true;
    for (const auto& line : *lines) {
        const auto sku = text_at(line, "/sku");
        const auto quantity = number_at(line, "/quantity");
        const auto matched = number_at(line, "/matched");
        if (!sku || !quantity || !matched) return false;
        if (*matched < 0 || *matched > *quantity) note(received.problem, "more is found than was sent back");
        is_all = is_all && *matched == *quantity;
        is_none = is_none && *matched == 0;
        count(received.unexplained[*sku], +1, *matched);
    }
    if (text_at(data, "/outcome") != (is_all ? "matched" : is_none ? "unmatched" : "partly_matched"))
        note(received.problem, "its outcome is not what its lines say");
    for (const auto& refund : *refunds) {
        const auto order = text_at(refund, "/order");
        const auto amount = money_at(refund, "/amount");
        if (!order || !amount) return false;
        Refund& part = received.refunds[*order];
        say(part.of_return, *amount, part.repeated);
    }
    return true;
}

bool ReturnBook::pay(std::string_view type, const boost::json::value& data) {
    const auto order = text_at(data, "/order");
    const auto amount = money_at(data, "/amount");
    if (!order || !amount) return false;
    Refund& part = returns_[text_at(data, "/return_id").value_or("")].refunds[*order];
    if (type == "PaymentRefundRequested") {
        say(part.asked, *amount, part.repeated);
    } else {
        part.answered = true;
        if (type == "PaymentRefunded") say(part.given, *amount, part.repeated);
    }
    return true;
}

std::optional<std::uint32_t> ReturnBook::kind_of(const boost::json::value& line) {
    const auto sku = text_at(line, "/sku");
    const auto price = money_at(line, "/unit_price");
    if (!sku || !price) return std::nullopt;
    std::string kind = fmt::format("{} {} {}", *sku, price->decimal(), price->currency().text());
    return kinds_.emplace(std::move(kind), static_cast<std::uint32_t>(kinds_.size())).first->second;
}

std::string ReturnBook::problem_of_goods(const Return& each) const {
    if (each.received != 1) return "it is not received exactly once";
    if (!each.problem.empty()) return each.problem;
    if (!std::ranges::all_of(each.unexplained, [](const auto& sku) { return sku.second == 0; }))
        return "what it found in orders is not what came back of them";
    for (const auto& [order, refund] : each.refunds) {
        const auto purchase = purchases_.find(order);
        if (purchase == purchases_.end()) return "goods came back of an order that was not placed";
        if (each.customer && each.customer != purchase->second.customer)
            return "goods came back of somebody else's order";
        if (purchase->second.placed_at >= each.returned_at) return "goods came back before they were bought";
    }
    return "";
}

std::string ReturnBook::problem_of(const Refund& refund) {
    if (!refund.problem.empty()) return refund.problem;
    if (refund.repeated) return "its refund is told, asked for or given more than once";
    if (refund.of_return != refund.of_order) return "its refund is not what the order says";
    const bool is_due = refund.of_order && refund.of_order->units() > 0;
    if (refund.asked != (is_due ? refund.of_order : std::nullopt)) return "the money asked for is not its refund";
    if (refund.given && refund.given != refund.asked) return "the money given back is not what was asked for";
    return "";
}

/// Of each return the first that is wrong with it.
void ReturnBook::finish(Findings& findings) const {
    for (const auto& [order, purchase] : purchases_)
        if (!purchase.problem.empty()) findings.violation(Invariant::returns, "orders/" + order, purchase.problem);
    for (const auto& [id, each] : returns_) {
        if (std::string problem = problem_of_goods(each); !problem.empty()) {
            findings.violation(Invariant::returns, "returns/" + id, std::move(problem));
            continue;
        }
        for (const auto& [order, refund] : each.refunds)
            if (std::string problem = problem_of(refund); !problem.empty())
                findings.violation(Invariant::refunds, fmt::format("returns/{}/{}", id, order), std::move(problem));
            else if (refund.asked && !refund.answered)
                findings.in_flight(fmt::format("returns/{}/{}", id, order), "its money is not given back yet");
    }
}

}  // namespace tally::verify
