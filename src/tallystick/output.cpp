#include "tallystick/output.hpp"

#include <algorithm>
#include <cstdio>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace tally {

std::string printable(std::string_view text) {
    std::string safe(text);
    std::ranges::replace_if(safe, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }, '?');
    return safe;
}

void print_json(const boost::json::value& value) {
    fmt::print("{}\n", boost::json::serialize(value));
    std::fflush(stdout);
}

void print_text(std::string_view text) {
    fmt::print("{}", text);
    std::fflush(stdout);
}

void Table::print(std::string_view nothing) const {
    if (rows_.size() == 1) {
        fmt::print("{}\n", nothing);
        return;
    }
    std::vector<std::size_t> widths(rows_.front().size(), 0);
    for (const auto& row : rows_)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], printable(row[i]).size());
    for (const auto& row : rows_) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i)
            line += fmt::format("{:<{}}  ", printable(row[i]), i + 1 == row.size() ? 0 : widths[i]);
        line.erase(line.find_last_not_of(' ') + 1);
        fmt::print("{}\n", line);
    }
    std::fflush(stdout);
}

std::string short_time(std::string_view timestamp) {
    std::string text(timestamp.substr(0, 19));
    std::ranges::replace(text, 'T', ' ');
    return text;
}

std::string money_at(const boost::json::value& object, std::string_view member) {
    const auto* money = object.is_object() ? object.get_object().if_contains(member) : nullptr;
    return money == nullptr || !money->is_object() ? "" : cell(*money, "amount") + " " + cell(*money, "currency");
}

std::string cell(const boost::json::value& object, std::string_view member) {
    const auto* value = object.is_object() ? object.get_object().if_contains(member) : nullptr;
    if (value == nullptr || value->is_null()) return "";
    if (value->is_string()) return std::string(value->get_string());
    if (value->is_double()) return fmt::format("{}", value->get_double());
    return boost::json::serialize(*value);
}

}  // namespace tally
