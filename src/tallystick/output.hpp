#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

namespace tally {

/// As a terminal may show it: control characters become `?`.
[[nodiscard]] std::string printable(std::string_view text);

/// One line of JSON on standard output.
void print_json(const boost::json::value& value);
void print_text(std::string_view text);

/// Rows in columns, for people.
class Table {
public:
    explicit Table(std::vector<std::string> header) { rows_.push_back(std::move(header)); }
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    /// With its header; without rows, just `nothing`.
    void print(std::string_view nothing) const;

private:
    std::vector<std::vector<std::string>> rows_;
};

/// `2010-12-01 08:26:00`, of a timestamp on the wire.
[[nodiscard]] std::string short_time(std::string_view timestamp);
/// `12.340 GBP`, of a member that is money.
[[nodiscard]] std::string money_at(const boost::json::value& object, std::string_view member);
/// A member of an object as a cell: texts as they are, anything else as JSON, nothing where it is missing.
[[nodiscard]] std::string cell(const boost::json::value& object, std::string_view member);

}  // namespace tally
