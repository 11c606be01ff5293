#include "tally/event/json_walk.hpp"

#include <algorithm>

namespace tally::detail {
namespace {

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view decimals_of(std::string_view amount) {
    const std::size_t point = amount.find('.');
    return point == std::string_view::npos ? std::string_view{} : amount.substr(point + 1);
}

}  // namespace

Result<MoneyOnWire::Amount> MoneyOnWire::Amount::parse(std::string_view text) {
    const std::size_t sign = text.starts_with('-') ? 1 : 0;
    const std::string_view whole = text.substr(sign, text.find('.') - sign);
    const std::string_view decimals = decimals_of(text);
    if (!all_digits(whole) || (text.contains('.') && !all_digits(decimals)) || decimals.size() > Money::max_scale)
        return fail(ErrorCode::invalid, "an amount is a decimal number with up to 6 decimals, such as 12.50");
    return Amount{std::string(text)};
}

MoneyOnWire MoneyOnWire::from(const Money& money) { return {{money.decimal()}, money.currency()}; }

Result<Money> MoneyOnWire::money() const {
    return Money::parse(amount.digits, static_cast<int>(decimals_of(amount.digits).size()), currency);
}

}  // namespace tally::detail
