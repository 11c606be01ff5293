#pragma once

#include <array>
#include <cstdint>
#include <map>
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
    completed,
    cancelled,
    payment_requested,  ///< orders asked for its money
    captured,           ///< payments have taken it
    refunded,           ///< payments have given it back, all or some
    voided,             ///< payments had nothing to give back
    held,               ///< inventory holds it
    refused,            ///< inventory does not
    released,           ///< inventory has given it back
    committed,          ///< it has left the house
    returned,           ///< orders says that goods came back
    shelved,            ///< inventory has put them on the shelf
    shipped,
    delivered,
};
inline constexpr std::size_t fact_count = 18;

/// Pieces by the number of their code, sorted: an order has up to a thousand lines, and there are many orders.
using Items = std::vector<std::pair<std::uint32_t, std::int64_t>>;

/// Goods that came back, as orders and inventory say it.
struct ReturnFacts {
    int times_returned = 0;
    int times_shelved = 0;
    Items returned;
    Items shelved;
};

/// One order, as all logs together tell it.
struct OrderFacts {
    std::array<int, fact_count> times{};
    Items wanted;  ///< its stocked lines, summed
    Items requested;
    Items held;
    Items released;
    Items committed;
    std::map<std::string, ReturnFacts> returns;
    std::string total_problem;  ///< empty: its total is the sum of its lines

    [[nodiscard]] int of(Fact fact) const { return times[static_cast<std::size_t>(fact)]; }
};

}  // namespace tally::verify
