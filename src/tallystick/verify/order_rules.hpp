#pragma once

#include <span>
#include <string_view>

#include "tallystick/verify/invariant.hpp"
#include "tallystick/verify/order_facts.hpp"

/// What is to be true of orders, as tables.
namespace tally::verify {

/// An event that says something of the order at `/order`, and where it names items: of those, the stocked ones count.
struct FactRule {
    std::string_view service;
    std::string_view type;
    Fact fact;
    std::string_view items;  ///< JSON pointer; empty: it names none
};
[[nodiscard]] std::span<const FactRule> fact_rules();

/// Where `when` is true, `holds` must be.
struct OrderRule {
    Invariant invariant;
    std::string_view broken;  ///< what is said where it is not
    bool (*when)(const OrderFacts&);
    bool (*holds)(const OrderFacts&);
};
[[nodiscard]] std::span<const OrderRule> order_rules();

/// An order of which something is still to come.
struct WaitingRule {
    std::string_view for_what;
    bool (*waits)(const OrderFacts&);
};
[[nodiscard]] std::span<const WaitingRule> waiting_rules();

}  // namespace tally::verify
