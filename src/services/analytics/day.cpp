#include "services/analytics/day.hpp"

namespace tally::analytics {

Result<Day> Day::parse(std::string_view text) {
    const auto begin = text.size() == length ? parse_timestamp(std::string(text) + "T00:00:00Z") : Result<Timestamp>();
    if (text.size() != length || !begin)
        return fail(ErrorCode::invalid, "a day is written as year, month and day: 2010-12-01");
    return Day(*begin);
}

}  // namespace tally::analytics
