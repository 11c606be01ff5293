#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "tally/base/clock.hpp"

namespace tally::analytics {

/// A day of UTC: `2010-12-01`.
class Day {
public:
    Day() = default;
    /// The one that `at` is in.
    explicit Day(Timestamp at) : day_(std::chrono::floor<std::chrono::days>(at)) {}

    /// Errors: invalid.
    [[nodiscard]] static Result<Day> parse(std::string_view text);
    [[nodiscard]] std::string text() const { return to_text(begin()).substr(0, length); }
    /// Its first moment.
    [[nodiscard]] Timestamp begin() const { return day_; }
    [[nodiscard]] Day next() const { return Day(day_ + std::chrono::days(1)); }
    static constexpr std::string_view json_format = "date";

    friend auto operator<=>(const Day&, const Day&) = default;

private:
    static constexpr std::size_t length = 10;
    std::chrono::sys_days day_{};
};

}  // namespace tally::analytics
