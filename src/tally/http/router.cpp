#include "tally/http/router.hpp"

#include <algorithm>
#include <ranges>
#include <stdexcept>

namespace tally::detail {
namespace {

std::string decode_plus(std::string_view text) {
    std::string spaced(text);
    std::ranges::replace(spaced, '+', ' ');
    return spaced;
}

Result<void> parse_query(std::string_view text, std::vector<std::pair<std::string, std::string>>& query) {
    for (auto part : std::views::split(text, '&')) {
        const std::string_view pair(part.begin(), part.end());
        if (pair.empty()) continue;
        const auto equals = pair.find('=');
        auto name = percent_decode(decode_plus(pair.substr(0, equals)));
        auto value =
            equals == std::string_view::npos ? std::string() : percent_decode(decode_plus(pair.substr(equals + 1)));
        if (!name || !value) return fail(ErrorCode::invalid, "the query has a bad escape");
        query.emplace_back(std::move(*name), std::move(*value));
    }
    return {};
}

/// Whether a segment is, or holds between escaped slashes, a `.` or `..`.
bool has_dots(std::string text) {
    std::ranges::replace(text, '\\', '/');
    return std::ranges::any_of(std::views::split(text, '/'), [](auto part) {
        const std::string_view step(part.begin(), part.end());
        return step == "." || step == "..";
    });
}

}  // namespace

Result<Target> parse_target(std::string_view target) {
    const bool visible = std::ranges::all_of(target, [](char c) { return c > ' ' && c < '\x7F'; });
    if (target.empty() || target.front() != '/' || !visible || target.contains('#') || target.contains('\\'))
        return fail(ErrorCode::invalid, "the request target is not a path of visible ASCII with an optional query");
    Target parsed;
    const auto mark = target.find('?');
    parsed.path = target.substr(0, mark);
    if (mark != std::string_view::npos)
        if (auto read = parse_query(target.substr(mark + 1), parsed.query); !read)
            return std::unexpected(std::move(read.error()));
    if (parsed.path == "/") return parsed;
    for (auto part : std::views::split(parsed.path.substr(1), '/')) {
        const std::string_view segment(part.begin(), part.end());
        const auto decoded = percent_decode(segment);
        if (!decoded || decoded->empty() || has_dots(*decoded) || segment.contains(';'))
            return fail(ErrorCode::invalid, "the path has an empty, dotted or badly escaped segment");
        parsed.segments.push_back(segment);
    }
    return parsed;
}

PathPattern::PathPattern(std::string_view pattern) {
    if (!pattern.starts_with('/')) throw std::logic_error("a route's path begins with /");
    for (auto part : std::views::split(pattern.substr(1), '/')) {
        std::string_view text(part.begin(), part.end());
        if (!text.starts_with('{')) {
            if (!verb_.empty()) throw std::logic_error("a verb ends the path");
            segments_.push_back({std::string(text), false});
            continue;
        }
        const auto end = text.find('}');
        if (end == std::string_view::npos || end == 1) throw std::logic_error("a parameter has a name and ends with }");
        if (!verb_.empty()) throw std::logic_error("a verb ends the path");
        segments_.push_back({std::string(text.substr(1, end - 1)), true});
        verb_ = text.substr(end + 1);
        if (!verb_.empty() && !verb_.starts_with(':')) throw std::logic_error("a verb follows a colon");
    }
}

std::optional<PathPattern::Values> PathPattern::match(const Target& target) const {
    if (target.segments.size() != segments_.size()) return std::nullopt;
    Values values;
    for (std::size_t i = 0; i < segments_.size(); ++i) {
        std::string_view text = target.segments[i];
        if (!segments_[i].parameter) {
            if (text != segments_[i].text) return std::nullopt;
            continue;
        }
        if (i + 1 == segments_.size() && !verb_.empty()) {
            if (!text.ends_with(verb_) || text.size() == verb_.size()) return std::nullopt;
            text.remove_suffix(verb_.size());
        }
        values.emplace_back(segments_[i].text, percent_decode(text).value());  // parse_target has tried it
    }
    return values;
}

bool PathPattern::matches_as(const PathPattern& other) const {
    return verb_ == other.verb_ &&
           std::ranges::equal(segments_, other.segments_, [](const Segment& a, const Segment& b) {
               return a.parameter == b.parameter && (a.parameter || a.text == b.text);
           });
}

}  // namespace tally::detail
