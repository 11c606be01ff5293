#include "tally/base/money.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace tally {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::unexpected<Error> overflow() { return fail(ErrorCode::invalid, "the amount is too large"); }

Result<void> alike(const Money& left, const Money& right) {
    if (left.currency() != right.currency())
        return fail(ErrorCode::invalid,
                    fmt::format("{} and {} do not add up", left.currency().text(), right.currency().text()));
    if (left.scale() != right.scale())
        return fail(ErrorCode::invalid,
                    fmt::format("amounts with {} and {} decimals do not add up", left.scale(), right.scale()));
    return {};
}

}  // namespace

Result<Currency> Currency::parse(std::string_view text) {
    if (text.size() != 3 || !std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; }))
        return fail(ErrorCode::invalid, "a currency has three capital letters, as in ISO 4217");
    Currency currency;
    std::ranges::copy(text, currency.letters_.begin());
    return currency;
}

std::string Currency::text() const { return {letters_.begin(), letters_.end()}; }

Money::Money(std::int64_t units, int scale, Currency currency) : units_(units), scale_(scale), currency_(currency) {
    if (scale < 0 || scale > max_scale) throw std::invalid_argument(fmt::format("no money has {} decimals", scale));
}

Result<Money> Money::parse(std::string_view decimal, int scale, Currency currency) {
    Money money(0, scale, currency);
    const bool negative = decimal.starts_with('-');
    std::string_view rest = decimal.substr(negative ? 1 : 0);
    const std::size_t point = std::min(rest.find('.'), rest.size());
    const std::string_view whole = rest.substr(0, point);
    const std::string_view fraction = point == rest.size() ? std::string_view{} : rest.substr(point + 1);
    const bool ends_in_point = point != rest.size() && fraction.empty();
    if (whole.empty() || ends_in_point || !std::ranges::all_of(whole, is_digit) ||
        !std::ranges::all_of(fraction, is_digit))
        return fail(ErrorCode::invalid, "an amount is a decimal number such as 12.50");
    if (fraction.size() > static_cast<std::size_t>(scale))
        return fail(ErrorCode::invalid, fmt::format("an amount has at most {} decimals here", scale));

    std::string digits(whole);
    digits += fraction;
    digits.append(static_cast<std::size_t>(scale) - fraction.size(), '0');
    for (const char c : digits) {
        // Counted away from zero, since the lowest number has no positive twin.
        const std::int64_t digit = negative ? '0' - c : c - '0';
        if (__builtin_mul_overflow(money.units_, std::int64_t{10}, &money.units_) ||
            __builtin_add_overflow(money.units_, digit, &money.units_))
            return overflow();
    }
    return money;
}

std::string Money::decimal() const {
    const bool negative = units_ < 0;
    const std::uint64_t magnitude =
        negative ? 0 - static_cast<std::uint64_t>(units_) : static_cast<std::uint64_t>(units_);
    std::string text = fmt::format("{:0{}}", magnitude, scale_ + 1);
    if (scale_ > 0) text.insert(text.size() - static_cast<std::size_t>(scale_), 1, '.');
    if (negative) text.insert(0, 1, '-');
    return text;
}

Result<Money> Money::plus(const Money& other) const {
    if (auto same = alike(*this, other); !same) return std::unexpected(same.error());
    Money sum = *this;
    if (__builtin_add_overflow(units_, other.units_, &sum.units_)) return overflow();
    return sum;
}

Result<Money> Money::minus(const Money& other) const {
    if (auto same = alike(*this, other); !same) return std::unexpected(same.error());
    Money difference = *this;
    if (__builtin_sub_overflow(units_, other.units_, &difference.units_)) return overflow();
    return difference;
}

Result<Money> Money::times(std::int64_t factor) const {
    Money product = *this;
    if (__builtin_mul_overflow(units_, factor, &product.units_)) return overflow();
    return product;
}

}  // namespace tally
