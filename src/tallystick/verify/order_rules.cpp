#include "tallystick/verify/order_rules.hpp"

namespace tally::verify {
namespace {

constexpr FactRule facts[] = {
    {"orders", "OrderCreated", Fact::created, ""},
    {"orders", "InventoryReservationRequested", Fact::requested, "/items"},
    {"orders", "InventoryReservationReleased", Fact::release_requested, ""},
    {"orders", "OrderConfirmed", Fact::confirmed, ""},
    {"orders", "OrderCancelled", Fact::cancelled, ""},
    {"inventory", "InventoryReservationConfirmed", Fact::held, "/items"},
    {"inventory", "InventoryReservationFailed", Fact::refused, ""},
    {"inventory", "StockReleased", Fact::released, "/items"},
};

using Order = const OrderFacts&;

bool always(Order) { return true; }
bool is_confirmed(Order o) { return o.of(Fact::confirmed) > 0; }
bool is_cancelled(Order o) { return o.of(Fact::cancelled) > 0; }
bool is_open(Order o) { return !is_confirmed(o) && !is_cancelled(o); }
bool is_held(Order o) { return o.of(Fact::held) > 0; }
bool is_released(Order o) { return o.of(Fact::released) > 0; }
bool awaits_release(Order o) { return o.of(Fact::release_requested) > 0 && !is_released(o); }

constexpr OrderRule rules[] = {
    {Invariant::requests, "it is not created exactly once", always, [](Order o) { return o.of(Fact::created) == 1; }},
    {Invariant::totals, "its total is not the sum of its lines", always,
     [](Order o) { return o.total_problem.empty(); }},
    {Invariant::requests, "its stock is not asked for exactly once", always,
     [](Order o) { return o.of(Fact::requested) == 1; }},
    {Invariant::requests, "what is asked for is not what its stocked lines need", always,
     [](Order o) { return o.requested == o.wanted; }},
    {Invariant::outcomes, "it is confirmed or cancelled more than once", always,
     [](Order o) { return o.of(Fact::confirmed) + o.of(Fact::cancelled) <= 1; }},
    {Invariant::outcomes, "its request is answered more than once", always,
     [](Order o) { return o.of(Fact::held) + o.of(Fact::refused) <= 1; }},
    {Invariant::releases, "its stock is released more than once", always,
     [](Order o) { return o.of(Fact::released) <= 1; }},
    {Invariant::releases, "what is released is not what was held", is_released,
     [](Order o) { return o.released == o.held; }},
    {Invariant::confirmed, "it is confirmed, and no stock is held for it", is_confirmed, is_held},
    {Invariant::confirmed, "it is confirmed, and other items are held than were asked for", is_confirmed,
     [](Order o) { return o.held == o.requested; }},
    {Invariant::confirmed, "it is confirmed, and its stock was to be released", is_confirmed,
     [](Order o) { return o.of(Fact::release_requested) == 0 && !is_released(o); }},
    {Invariant::cancelled, "it is cancelled, and stock is held for it", is_cancelled,
     [](Order o) { return !is_held(o) || is_released(o) || awaits_release(o); }},
};

constexpr WaitingRule waiting[] = {
    {"it is neither confirmed nor cancelled yet", is_open},
    {"its stock is not released yet", [](Order o) { return is_cancelled(o) && awaits_release(o); }},
};

}  // namespace

std::span<const FactRule> fact_rules() { return facts; }
std::span<const OrderRule> order_rules() { return rules; }
std::span<const WaitingRule> waiting_rules() { return waiting; }

}  // namespace tally::verify
