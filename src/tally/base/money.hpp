#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "tally/base/error.hpp"

namespace tally {

/// An ISO 4217 code: three capital letters.
class Currency {
public:
    constexpr Currency() = default;
    [[nodiscard]] static Result<Currency> parse(std::string_view text);
    [[nodiscard]] std::string text() const;
    static constexpr std::string_view json_pattern = "^[A-Z]{3}$";
    friend auto operator<=>(const Currency&, const Currency&) = default;

private:
    std::array<char, 3> letters_{'X', 'X', 'X'};  // ISO 4217's code for none
};

/// An exact amount of one currency: `units` × 10^-scale. Never a binary fraction.
///
/// On the wire: {"amount": "12.340", "currency": "GBP"}; the scale is the number of decimals.
class Money {
public:
    static constexpr int max_scale = 6;

    Money() = default;
    Money(std::int64_t units, int scale, Currency currency);

    /// Reads a decimal such as `-12.5` exactly. Errors: invalid (not a decimal, more decimals than `scale`, overflow).
    [[nodiscard]] static Result<Money> parse(std::string_view decimal, int scale, Currency currency);

    [[nodiscard]] std::int64_t units() const noexcept { return units_; }
    [[nodiscard]] int scale() const noexcept { return scale_; }
    [[nodiscard]] Currency currency() const noexcept { return currency_; }
    /// With exactly `scale` decimals: `12.340`, `-0.500`.
    [[nodiscard]] std::string decimal() const;

    /// Errors: invalid (another currency or scale, overflow).
    [[nodiscard]] Result<Money> plus(const Money& other) const;
    [[nodiscard]] Result<Money> minus(const Money& other) const;
    [[nodiscard]] Result<Money> times(std::int64_t factor) const;

    friend bool operator==(const Money&, const Money&) = default;

private:
    std::int64_t units_ = 0;
    int scale_ = 0;
    Currency currency_;
};

}  // namespace tally
