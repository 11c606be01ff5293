#include "tally/http/media_type.hpp"

#include <algorithm>
#include <ranges>

#include "tally/base/text.hpp"

namespace tally::detail {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::vector<std::string_view> parts_of(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (auto part : std::views::split(text, separator))
        parts.push_back(trimmed(std::string_view(part.begin(), part.end())));
    return parts;
}

/// The value of a parameter, lower case and without quotes; empty where there is none.
std::string parameter(const std::vector<std::string_view>& parts, std::string_view name) {
    for (const std::string_view part : parts | std::views::drop(1)) {
        const auto equals = part.find('=');
        if (equals == std::string_view::npos || to_lower(trimmed(part.substr(0, equals))) != name) continue;
        std::string value = to_lower(trimmed(part.substr(equals + 1)));
        std::erase(value, '"');
        return value;
    }
    return {};
}

/// How closely a media range names our type; 0: not at all.
int closeness(std::string_view range) {
    const std::string type = to_lower(range);
    if (type == "application/json") return 3;
    if (type == "application/*") return 2;
    return type == "*/*" ? 1 : 0;
}

bool is_nothing(std::string_view quality) {
    return quality.starts_with('0') && quality.find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

bool is_json_content(const Headers& headers) {
    const auto type = headers.find("Content-Type");
    if (!type || headers.count("Content-Type") > 1) return false;
    const auto parts = parts_of(*type, ';');
    const std::string charset = parameter(parts, "charset");
    return closeness(parts.empty() ? "" : parts.front()) == 3 && (charset.empty() || charset == "utf-8");
}

bool accepts_json(const Headers& headers) {
    int closest = 0;
    bool welcome = headers.find("Accept").value_or("").empty();
    for (const auto& [name, value] : headers) {
        if (to_lower(name) != "accept") continue;
        for (const std::string_view range : parts_of(value, ',')) {
            const auto parts = parts_of(range, ';');
            const int close = closeness(parts.empty() ? "" : parts.front());
            if (close <= closest) continue;
            closest = close;
            welcome = !is_nothing(parameter(parts, "q"));
        }
    }
    return welcome;
}

}  // namespace tally::detail
