#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tally::verify {

/// What the logs can say of an order.
enum class Fact {
    created,
    requested,          ///< orders asked for its stock
    release_requested,  ///< orders asked to give it back
    confirmed,
    cancelled,
    held,      ///< inventory holds it
    refused,   ///< inventory does not
    released,  ///< inventory has given it back
};
inline constexpr std::size_t fact_count = 8;

/// Pieces by the number of their code, sorted: an order has up to a thousand lines, and there are many orders.
using Items = std::vector<std::pair<std::uint32_t, std::int64_t>>;

/// One order, as all logs together tell it.
struct OrderFacts {
    std::array<int, fact_count> times{};
    Items wanted;  ///< its stocked lines, summed
    Items requested;
    Items held;
    Items released;
    std::string total_problem;  ///< empty: its total is the sum of its lines

    [[nodiscard]] int of(Fact fact) const { return times[static_cast<std::size_t>(fact)]; }
};

}  // namespace tally::verify
