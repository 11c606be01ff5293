#include "services/analytics/sales_day.hpp"

#include <boost/describe/enum_to_string.hpp>
#include <fmt/format.h>

namespace tally::analytics {

std::vector<IndexEntry> tally_indexes(const SalesShare& share) {
    if (share.source != SalesSource::orders) return {};
    const auto& [day, currency] = share.of;
    return {{"day", IndexKey().time(day.begin()).text(currency.text()).bytes()},
            {"currency", IndexKey().text(currency.text()).time(day.begin()).bytes()}};
}

std::string share_key(const SalesDay& of, SalesSource source) {
    return fmt::format("{}/{}/{}", of.day.text(), of.currency.text(), boost::describe::enum_to_string(source, ""));
}

}  // namespace tally::analytics
