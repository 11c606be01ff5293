#include "tallystick/verify/order_rules.hpp"

#include <algorithm>
#include <map>

namespace tally::verify {
namespace {

constexpr FactRule facts[] = {
    {"orders", "OrderCreated", Fact::created, "/lines"},
    {"orders", "InventoryReservationRequested", Fact::requested, "/items"},
    {"orders", "InventoryReservationReleased", Fact::release_requested, ""},
    {"orders", "PaymentRequested", Fact::payment_requested, ""},
    {"orders", "OrderConfirmed", Fact::confirmed, ""},
    {"orders", "OrderCompleted", Fact::completed, ""},
    {"orders", "OrderCancelled", Fact::cancelled, ""},
    {"orders", "OrderReturned", Fact::returned, "/lines"},
    {"inventory", "InventoryReservationConfirmed", Fact::held, "/items"},
    {"inventory", "InventoryReservationFailed", Fact::refused, ""},
    {"inventory", "StockReleased", Fact::released, "/items"},
    {"inventory", "StockCommitted", Fact::committed, "/items"},
    {"inventory", "StockReturned", Fact::shelved, "/items"},
    {"payments", "PaymentConfirmed", Fact::captured, ""},
    {"payments", "PaymentRefunded", Fact::refunded, ""},
    {"payments", "PaymentVoided", Fact::voided, ""},
    {"shipping", "ShipmentCreated", Fact::shipped, ""},
    {"shipping", "ShipmentDelivered", Fact::delivered, ""},
};

using Order = const OrderFacts&;

bool always(Order) { return true; }
bool is_confirmed(Order o) { return o.of(Fact::confirmed) > 0; }
bool is_cancelled(Order o) { return o.of(Fact::cancelled) > 0; }
bool is_completed(Order o) { return o.of(Fact::completed) > 0; }
bool is_open(Order o) { return !is_completed(o) && !is_cancelled(o); }
bool is_begun(Order o) { return o.of(Fact::requested) > 0; }
bool is_captured(Order o) { return o.of(Fact::captured) > 0; }
bool is_held(Order o) { return o.of(Fact::held) > 0; }
bool is_released(Order o) { return o.of(Fact::released) > 0; }
bool is_committed(Order o) { return o.of(Fact::committed) > 0; }
bool is_shipped(Order o) { return o.of(Fact::shipped) > 0; }
bool is_delivered(Order o) { return o.of(Fact::delivered) > 0; }
bool has_returns(Order o) { return !o.returns.empty(); }
bool each_return(Order o, bool (*holds)(const ReturnFacts&)) {
    return std::ranges::all_of(o.returns, [&](const auto& each) { return holds(each.second); });
}
bool awaits_release(Order o) { return o.of(Fact::release_requested) > 0 && !is_released(o); }

/// Of each code at most as many pieces came back as had left.
bool returns_at_most_what_left(Order o) {
    std::map<std::uint32_t, std::int64_t> left(o.committed.begin(), o.committed.end());
    for (const auto& [id, each] : o.returns)
        for (const auto& [code, quantity] : each.shelved) {
            left[code] -= quantity;
            if (quantity < 0 || left[code] < 0) return false;
        }
    return true;
}

constexpr OrderRule rules[] = {
    {Invariant::requests, "it is not created exactly once", always, [](Order o) { return o.of(Fact::created) == 1; }},
    {Invariant::totals, "its total is not the sum of its lines", always,
     [](Order o) { return o.total_problem.empty(); }},
    {Invariant::requests, "its stock is not asked for exactly once", [](Order o) { return is_begun(o) || !is_open(o); },
     [](Order o) { return o.of(Fact::requested) == 1; }},
    {Invariant::requests, "what is asked for is not what its stocked lines need", is_begun,
     [](Order o) { return o.requested == o.wanted; }},
    {Invariant::outcomes, "it is confirmed or cancelled more than once", always,
     [](Order o) { return o.of(Fact::confirmed) + o.of(Fact::cancelled) <= 1; }},
    {Invariant::outcomes, "it is completed more than once, or without being confirmed", is_completed,
     [](Order o) { return o.of(Fact::completed) == 1 && is_confirmed(o); }},
    {Invariant::outcomes, "its request is answered more than once", always,
     [](Order o) { return o.of(Fact::held) + o.of(Fact::refused) <= 1; }},
    {Invariant::releases, "its stock is released more than once", always,
     [](Order o) { return o.of(Fact::released) <= 1; }},
    {Invariant::releases, "what is released is not what was held", is_released,
     [](Order o) { return o.released == (is_committed(o) ? Items() : o.held); }},
    {Invariant::commits, "its stock is committed more than once", always,
     [](Order o) { return o.of(Fact::committed) <= 1; }},
    {Invariant::commits, "its stock is committed, and it is not confirmed", is_committed, is_confirmed},
    {Invariant::confirmed, "it is confirmed, and no stock is held for it", is_confirmed, is_held},
    {Invariant::confirmed, "it is confirmed, and other items are held than were asked for", is_confirmed,
     [](Order o) { return o.held == o.requested; }},
    {Invariant::confirmed, "it is confirmed, and its stock was to be released", is_confirmed,
     [](Order o) { return o.of(Fact::release_requested) == 0 && !is_released(o); }},
    {Invariant::commits, "what is committed is not what was held", is_committed,
     [](Order o) { return o.committed == o.held; }},
    {Invariant::returns, "goods of it came back, and it is not completed",
     [](Order o) { return o.of(Fact::returned) > 0; }, is_completed},
    {Invariant::returns, "a return is told or put on the shelf more than once", has_returns,
     [](Order o) {
         return each_return(o, [](const ReturnFacts& f) { return f.times_returned <= 1 && f.times_shelved <= 1; });
     }},
    {Invariant::returns, "what is on the shelf is not what came back", has_returns,
     [](Order o) {
         return each_return(o, [](const ReturnFacts& f) { return f.times_shelved == 0 || f.shelved == f.returned; });
     }},
    {Invariant::returns, "more is back on the shelf than had left", has_returns, returns_at_most_what_left},
    {Invariant::shipments, "it is sent or delivered more than once", always,
     [](Order o) { return o.of(Fact::shipped) <= 1 && o.of(Fact::delivered) <= 1; }},
    {Invariant::payments, "it is charged more than once", always, [](Order o) { return o.of(Fact::captured) <= 1; }},
    {Invariant::payments, "it is confirmed, and it is not paid", is_confirmed, is_captured},
    {Invariant::payments, "it is cancelled, and its money was not given back", is_cancelled,
     [](Order o) { return !is_captured(o) || o.of(Fact::refunded) > 0; }},
    {Invariant::shipments, "it is completed, and it is not delivered", is_completed, is_delivered},
    {Invariant::shipments, "it is sent, and it is not confirmed", is_shipped, is_confirmed},
    {Invariant::shipments, "it is delivered, and it was not sent", is_delivered, is_shipped},
    {Invariant::cancelled, "it is cancelled, and stock is held for it", is_cancelled,
     [](Order o) { return !is_held(o) || is_released(o) || awaits_release(o); }},
};

constexpr WaitingRule waiting[] = {
    {"it is neither completed nor cancelled yet", is_open},
    {"its stock is not released yet", [](Order o) { return is_cancelled(o) && awaits_release(o); }},
    {"its stock is not committed yet", [](Order o) { return is_confirmed(o) && !is_committed(o); }},
    {"goods that came back are not on the shelf yet",
     [](Order o) { return !each_return(o, [](const ReturnFacts& f) { return f.times_shelved > 0; }); }},
    {"it is not sent yet", [](Order o) { return is_confirmed(o) && !is_shipped(o); }},
    {"it is not delivered yet", [](Order o) { return is_shipped(o) && !is_delivered(o); }},
};

}  // namespace

std::span<const FactRule> fact_rules() { return facts; }
std::span<const OrderRule> order_rules() { return rules; }
std::span<const WaitingRule> waiting_rules() { return waiting; }

}  // namespace tally::verify
