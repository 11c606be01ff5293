#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tally {

/// How many of the orders meet a payment provider that misbehaves, in percent; together at most 100. Which ones they
/// are is a function of the seed and the invoice's number.
struct Mishaps {
    int decline = 0;  ///< the card is declined
    int lose = 0;     ///< the provider's first answer is lost
    int late = 0;     ///< the answer comes after the order has been given up
    int twice = 0;    ///< the answer comes twice
    std::uint64_t seed = 0;
};

/// The payment method that makes the simulated provider behave so; none: an ordinary one.
[[nodiscard]] std::optional<std::string> payment_method_of(const Mishaps& mishaps, std::string_view invoice);

}  // namespace tally
