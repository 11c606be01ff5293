#include "tallystick/verify/order_book.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tallystick/verify/json_fields.hpp"
#include "tallystick/verify/order_rules.hpp"

namespace tally::verify {
namespace {

bool is_stocked(const boost::json::value& line) {
    const auto* stocked = value_at(line, "/stocked");
    return stocked == nullptr || !stocked->is_bool() || stocked->get_bool();
}

void note(OrderFacts& order, Fact fact, const boost::json::value& data, Items items) {
    ++order.times[static_cast<std::size_t>(fact)];
    if (fact == Fact::created)
        order.wanted = std::move(items);
    else if (fact == Fact::requested)
        order.requested = std::move(items);
    else if (fact == Fact::held)
        order.held = std::move(items);
    else if (fact == Fact::released)
        order.released = std::move(items);
    else if (fact == Fact::committed)
        order.committed = std::move(items);
    else if (fact == Fact::returned || fact == Fact::shelved) {
        ReturnFacts& facts = order.returns[std::string(text_at(data, "/return_id").value_or(""))];
        ++(fact == Fact::returned ? facts.times_returned : facts.times_shelved);
        (fact == Fact::returned ? facts.returned : facts.shelved) = std::move(items);
    }
}

}  // namespace

std::string OrderBook::problem_of_total(const boost::json::value& created) {
    const auto total = money_at(created, "/total");
    const auto* lines = list_at(created, "/lines");
    if (!total || lines == nullptr) return "its lines or its total cannot be read";
    Money sum(0, total->scale(), total->currency());
    for (const auto& line : *lines) {
        const auto price = money_at(line, "/unit_price");
        const auto quantity = number_at(line, "/quantity");
        if (!price || !quantity) return "a line cannot be read";
        const auto amount = price->times(*quantity);
        const auto next = amount ? sum.plus(*amount) : amount;
        if (!next) return "its lines cannot be summed";
        sum = *next;
    }
    if (sum == *total) return "";
    return fmt::format("the total is {}, the lines make {}", total->decimal(), sum.decimal());
}

std::optional<Items> OrderBook::items_of(const boost::json::value& data, std::string_view pointer) {
    const auto* list = list_at(data, pointer);
    if (list == nullptr) return std::nullopt;
    std::map<std::uint32_t, std::int64_t> sums;
    for (const auto& item : *list) {
        const auto sku = text_at(item, "/sku");
        const auto quantity = number_at(item, "/quantity");
        if (!sku || !quantity) return std::nullopt;
        if (!is_stocked(item)) continue;
        const auto code = codes_.emplace(*sku, static_cast<std::uint32_t>(codes_.size())).first->second;
        if (__builtin_add_overflow(sums[code], *quantity, &sums[code])) return std::nullopt;
    }
    return Items(sums.begin(), sums.end());
}

void OrderBook::take(const std::string& service, const RecordedEvent& event, const boost::json::value& data,
                     Findings& findings) {
    const auto rule = std::ranges::find_if(
        fact_rules(), [&](const FactRule& each) { return each.service == service && each.type == event.type; });
    if (rule == fact_rules().end()) return;
    const auto id = text_at(data, "/order");
    auto items = rule->items.empty() ? Items() : items_of(data, rule->items);
    if (!id || !items) {
        findings.violation(Invariant::rows, fmt::format("{}/events/{}", service, event.position),
                           fmt::format("this {} does not say its order or its items", event.type));
        return;
    }
    OrderFacts& order = orders_[*id];
    if (rule->fact == Fact::created) order.total_problem = problem_of_total(data);
    note(order, rule->fact, data, std::move(*items));
}

/// Of each order the first rule that it breaks: the others would mostly say the same once more.
void OrderBook::finish(Findings& findings) const {
    findings.checked.orders = static_cast<std::int64_t>(orders_.size());
    for (const auto& [id, order] : orders_) {
        const std::string subject = "orders/" + id;
        const auto rules = order_rules();
        const auto broken =
            std::ranges::find_if(rules, [&](const OrderRule& rule) { return rule.when(order) && !rule.holds(order); });
        if (broken != rules.end()) {
            const bool is_total = broken->invariant == Invariant::totals;
            findings.violation(broken->invariant, subject,
                               is_total ? order.total_problem : std::string(broken->broken));
            continue;
        }
        for (const WaitingRule& rule : waiting_rules())
            if (rule.waits(order)) findings.in_flight(subject, std::string(rule.for_what));
    }
}

}  // namespace tally::verify
