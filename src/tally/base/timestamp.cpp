#include <optional>

#include <fmt/format.h>

#include "tally/base/clock.hpp"

namespace tally {
namespace {

/// Takes fixed-width pieces off a text; an empty optional anywhere makes the whole unreadable.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    std::optional<int> digits(std::size_t count) {
        if (rest_.size() < count) return std::nullopt;
        int number = 0;
        for (const char c : rest_.substr(0, count)) {
            if (c < '0' || c > '9') return std::nullopt;
            number = number * 10 + (c - '0');
        }
        rest_.remove_prefix(count);
        return number;
    }
    bool one_of(std::string_view allowed) {
        if (rest_.empty() || !allowed.contains(rest_.front())) return false;
        rest_.remove_prefix(1);
        return true;
    }
    /// `.` and 1–9 digits, if there are any, in microseconds.
    std::optional<int> fraction() {
        if (!one_of(".")) return 0;
        int micros = 0;
        int count = 0;
        for (auto digit = digits(1); digit; digit = digits(1))
            if (++count <= 6) micros = micros * 10 + *digit;
        if (count < 1 || count > 9) return std::nullopt;
        for (; count < 6; ++count) micros *= 10;
        return micros;
    }
    /// `Z` or `±hh:mm`, in minutes.
    std::optional<int> offset() {
        if (one_of("Zz")) return 0;
        const bool west = rest_.starts_with('-');
        if (!one_of("+-")) return std::nullopt;
        const auto hours = digits(2);
        if (!hours || !one_of(":")) return std::nullopt;
        const auto minutes = digits(2);
        if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
        return (west ? -1 : 1) * (*hours * 60 + *minutes);
    }
    bool ended() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

std::optional<Timestamp> read_timestamp(std::string_view text) {
    Reader reader(text);
    const auto year = reader.digits(4);
    if (!year || !reader.one_of("-")) return std::nullopt;
    const auto month = reader.digits(2);
    if (!month || !reader.one_of("-")) return std::nullopt;
    const auto day = reader.digits(2);
    if (!day || !reader.one_of("Tt")) return std::nullopt;
    const auto hour = reader.digits(2);
    if (!hour || !reader.one_of(":")) return std::nullopt;
    const auto minute = reader.digits(2);
    if (!minute || !reader.one_of(":")) return std::nullopt;
    const auto second = reader.digits(2);
    if (!second) return std::nullopt;
    const auto micros = reader.fraction();
    if (!micros) return std::nullopt;
    const auto offset = reader.offset();
    if (!offset || !reader.ended()) return std::nullopt;

    using namespace std::chrono;
    const year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                              std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    const auto whole_minute = sys_days(date) + hours(*hour) + minutes(*minute - *offset);
    // A leap second exists at the end of a UTC day only; POSIX time counts it as the next day's first second.
    if (*second == 60 && floor<days>(whole_minute) + hours(23) + minutes(59) != whole_minute) return std::nullopt;
    return whole_minute + seconds(*second) + microseconds(*micros);
}

}  // namespace

std::string to_text(Timestamp at) {
    using namespace std::chrono;
    const auto day = floor<days>(at);
    const year_month_day date(day);
    const hh_mm_ss<Duration> time(at - day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                       time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

Result<Timestamp> parse_timestamp(std::string_view text) {
    if (auto at = read_timestamp(text)) return *at;
    return fail(ErrorCode::invalid, "a time reads 2010-12-01T08:26:00Z, with an offset, as in RFC 3339");
}

}  // namespace tally
