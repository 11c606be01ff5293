#pragma once

#include <optional>
#include <string>

#include "tally/flow/dead_letter.hpp"

namespace tally {

/// Which dead letters: those that fit everything that is said; an empty filter fits all.
struct DeadLetterFilter {
    std::optional<std::string> consumer{};
    std::optional<std::string> topic{};
    std::optional<std::string> type{};  ///< of the event
    std::optional<std::string> key{};
    std::optional<int> error_code{};
    std::optional<Position> from_position{};  ///< the first; of the topic, which is to be said
    std::optional<Position> to_position{};    ///< the last
    std::optional<Timestamp> parked_since{};  ///< at this time or later
    std::optional<Timestamp> parked_until{};  ///< before this time
    friend bool operator==(const DeadLetterFilter&, const DeadLetterFilter&) = default;

    [[nodiscard]] bool fits(const DeadLetter& letter) const;
};
BOOST_DESCRIBE_STRUCT(DeadLetterFilter, (),
                      (consumer, topic, type, key, error_code, from_position, to_position, parked_since, parked_until))

/// The documents that have to be looked at, by id. Errors: invalid (positions without their topic, a range that ends
/// before it begins).
[[nodiscard]] Result<DocumentQuery> query_for(const DeadLetterFilter& filter);

}  // namespace tally
