#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tally {

/// A receipt of goods, as a request.
struct DemoReceipt {
    std::string sku;
    std::string body;
    std::string key;  ///< Idempotency-Key
};

/// An order, as a request.
struct DemoOrder {
    std::string id;  ///< `demo-0001`, then on
    std::string body;
    std::string key;
    bool regretted = false;  ///< the customer cancels it at once
};

/// A small shop that never was: what it receives and sells is a function of the number of the order, so that asking
/// again changes nothing. A few of its goods are scarce, so that some orders find no stock and some goods run low; some
/// cards are declined; and three orders need a person.
[[nodiscard]] std::vector<DemoReceipt> demo_first_stock();
[[nodiscard]] std::string demo_order_id(std::uint64_t number);

// The three, with goods that are there.
/// Cancelled while its payment has no answer, which it will never have: its compensation does not end by itself.
inline constexpr std::uint64_t demo_unanswered = 50;
/// To be sent in a way that the carrier refuses: its key is parked in shipping.
inline constexpr std::uint64_t demo_refused = 100;
/// Lost on its way, and overdue.
inline constexpr std::uint64_t demo_lost = 150;

[[nodiscard]] DemoOrder demo_order(std::uint64_t number);
/// What is received before the order of that number; mostly nothing. Scarce goods stay scarce.
[[nodiscard]] std::vector<DemoReceipt> demo_more_stock(std::uint64_t number);

}  // namespace tally
