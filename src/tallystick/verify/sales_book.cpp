#include "tallystick/verify/sales_book.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tally/event/json_reader.hpp"
#include "tallystick/verify/json_fields.hpp"

namespace tally::verify {
namespace {

constexpr std::string_view service_of_sales = "analytics";
constexpr std::string_view collection_of_shares = "sales-days";

/// What an event counts for.
struct SalesRule {
    std::string_view service;
    std::string_view type;
    std::string_view number;  ///< of orders; empty: none
    std::string_view reason;  ///< JSON pointer to a text that the number is counted by; empty: none
    std::string_view money;   ///< the sum of `amount`; empty: none
    std::string_view amount;  ///< JSON pointer
};

constexpr SalesRule rules[] = {
    {"orders", "OrderCreated", "created", "", "placed", "/total"},
    {"orders", "OrderConfirmed", "confirmed", "", "", ""},
    {"orders", "OrderCancelled", "cancelled", "/reason", "", ""},
    {"inventory", "InventoryReservationFailed", "reservations_refused", "", "", ""},
    {"payments", "PaymentConfirmed", "paid", "", "captured", "/amount"},
    {"payments", "PaymentFailed", "payments_refused", "", "", ""},
    {"payments", "PaymentRefunded", "", "", "refunded", "/amount"},
    {"shipping", "ShipmentDelivered", "delivered", "", "", ""},
};

std::string money_name(std::string_view member, const Money& money) {
    return fmt::format("{} {}", member, money.currency().text());
}

void add(std::int64_t& sum, std::int64_t more) { (void)__builtin_add_overflow(sum, more, &sum); }

/// The day on which it was placed, and its currency.
std::string day_of(const RecordedEvent& event, const boost::json::value& data) {
    const std::string at = text_at(data, "/placed_at").value_or(tally::to_text(event.occurred_at));
    return at.substr(0, at.find('T')) + "/" + text_at(data, "/total/currency").value_or("?");
}

}  // namespace

bool SalesBook::take(const std::string& service, const Document& document, Findings& findings) {
    if (service != service_of_sales) return false;
    has_parked_ = has_parked_ || document.key.collection == "tally.dead_letters";
    if (document.key.collection != collection_of_shares) return false;
    const auto body = read_json(document.body, JsonLimits::own_events());
    const auto* figures = body ? value_at(*body, "/figures") : nullptr;
    if (figures == nullptr || !figures->is_object()) {
        findings.violation(Invariant::rows, fmt::format("analytics/documents/sales-days/{}", document.key.key),
                           "it is no share of a day of sales");
        return true;
    }
    Figures& day = shown_[document.key.key.substr(0, document.key.key.rfind('/'))];
    for (const auto& [member, value] : figures->get_object()) {
        const auto pointer = "/" + std::string(member);
        if (value.is_int64()) {
            add(day[std::string(member)], value.get_int64());
        } else if (const auto money = money_at(*figures, pointer)) {
            add(day[money_name(member, *money)], money->units());
        } else if (const auto* by_reason = value.if_object()) {
            for (const auto& [reason, number] : *by_reason)
                add(day[fmt::format("{} {}", std::string_view(member), std::string_view(reason))],
                    number.is_int64() ? number.get_int64() : 0);
        }
    }
    return true;
}

void SalesBook::take(const std::string& service, const RecordedEvent& event, const boost::json::value& data) {
    const auto order = text_at(data, "/order");
    const auto rule = std::ranges::find_if(
        rules, [&](const SalesRule& each) { return each.service == service && each.type == event.type; });
    if (!order || rule == std::ranges::end(rules)) return;
    Order& known = orders_[*order];
    if (event.type == "OrderCreated") known.day = day_of(event, data);
    if (!rule->reason.empty())
        ++known.figures[fmt::format("{} {}", rule->number, text_at(data, rule->reason).value_or("?"))];
    else if (!rule->number.empty())
        ++known.figures[std::string(rule->number)];
    if (const auto money = rule->amount.empty() ? std::nullopt : money_at(data, rule->amount))
        add(known.figures[money_name(rule->money, *money)], money->units());
    counted_[{service, event.shard}] = event.position;
}

void SalesBook::finish(const ProgressBook& progress, Findings& findings) const {
    if (has_parked_ || findings.has_violations()) return;
    for (const auto& [where, position] : counted_) {
        const auto& [service, shard] = where;
        const Position reached = progress.handled(service_of_sales, service_of_sales, service, shard);
        if (reached < position)
            return findings.in_flight(fmt::format("analytics/consumers/{}.events", service),
                                      fmt::format("shard {} is counted up to {} of {}", shard, reached, position));
    }
    compare(findings);
}

void SalesBook::compare(Findings& findings) const {
    std::map<std::string, Figures> wanted;
    for (const auto& [id, order] : orders_)
        if (!order.day.empty())
            for (const auto& [figure, number] : order.figures) add(wanted[order.day][figure], number);
    std::map<std::string, Figures> shown = shown_;
    for (const auto& [day, figures] : wanted) shown.try_emplace(day);
    for (const auto& [day, figures] : shown) {
        Figures differing = figures;
        for (const auto& [figure, number] : wanted[day]) add(differing[figure], -number);
        for (const auto& [figure, too_much] : differing)
            if (too_much != 0)
                findings.violation(
                    Invariant::sales, fmt::format("analytics/documents/sales-days/{}", day),
                    fmt::format("{} is {} instead of {}", figure, wanted[day][figure] + too_much, wanted[day][figure]));
    }
}

}  // namespace tally::verify
