#pragma once

#include <string>

#include <boost/describe.hpp>

#include "tally/event/event_registry.hpp"

/// An event type that has had three versions: 1 `{name}`, 2 `{first, last}`, 3 `{first, last, country}`.
namespace tally::samples {

struct CustomerRenamed {
    std::string first;
    std::string last;
    std::string country;
    std::optional<std::string> reason;
    friend bool operator==(const CustomerRenamed&, const CustomerRenamed&) = default;
};
BOOST_DESCRIBE_STRUCT(CustomerRenamed, (), (first, last, country, reason))
TALLY_EVENT(CustomerRenamed, "CustomerRenamed", 3, published)

inline Result<boost::json::object> split_name(boost::json::object data) {
    const boost::json::value* name = data.if_contains("name");
    if (name == nullptr || !name->is_string()) return fail(ErrorCode::invalid, "there is no name");
    const std::string_view whole = name->get_string();
    const std::size_t blank = whole.find(' ');
    if (blank == std::string_view::npos) return fail(ErrorCode::invalid, "the name has one part");
    const std::string first(whole.substr(0, blank));
    const std::string last(whole.substr(blank + 1));
    data.erase("name");
    data["first"] = first;
    data["last"] = last;
    return data;
}

inline Result<boost::json::object> add_country(boost::json::object data) {
    data["country"] = "United Kingdom";
    return data;
}

inline std::vector<Upcaster> tally_upcasters(const CustomerRenamed*) { return {&split_name, &add_country}; }

/// A type that has had one version.
struct StockReceived {
    std::string sku;
    std::int64_t quantity = 0;
    friend bool operator==(const StockReceived&, const StockReceived&) = default;
};
BOOST_DESCRIBE_STRUCT(StockReceived, (), (sku, quantity))
TALLY_EVENT(StockReceived, "StockReceived", 1, internal)

}  // namespace tally::samples
