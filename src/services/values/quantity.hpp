#pragma once

#include <compare>
#include <cstdint>

#include <boost/describe.hpp>

#include "services/values/sku.hpp"

namespace tally {

/// A number of pieces that is asked for: 1 to 10,000,000.
class Quantity {
public:
    static constexpr std::int64_t least = 1;
    static constexpr std::int64_t most = 10'000'000;

    Quantity() = default;

    /// Errors: invalid.
    [[nodiscard]] static Result<Quantity> of(std::int64_t pieces) {
        if (pieces < least || pieces > most) return fail(ErrorCode::invalid, "a quantity is 1 to 10,000,000 pieces");
        return Quantity(pieces);
    }
    [[nodiscard]] std::int64_t value() const noexcept { return value_; }

    friend auto operator<=>(const Quantity&, const Quantity&) = default;

private:
    explicit Quantity(std::int64_t pieces) : value_(pieces) {}
    std::int64_t value_ = 1;
};

/// So many pieces of one code. In a list of items each code stands once.
struct Item {
    Sku sku;
    std::int64_t quantity = 0;
    friend bool operator==(const Item&, const Item&) = default;
};
BOOST_DESCRIBE_STRUCT(Item, (), (sku, quantity))

}  // namespace tally
