#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tally/http/routes.hpp"

namespace tally::detail {

/// A request target, taken apart. Segments are still percent-encoded.
struct Target {
    std::vector<std::string_view> segments;
    std::string_view path;
    std::vector<std::pair<std::string, std::string>> query;  ///< decoded, in the order sent
};
/// Errors: invalid (not origin-form, not ASCII, a fragment, an empty segment, a bad escape, `.` or `..` where somebody
/// could take it for a step in a path, however it is escaped).
[[nodiscard]] Result<Target> parse_target(std::string_view target);

/// A route's path, taken apart: `/api/v1/orders/{order}:cancel` ends with a parameter and the verb `cancel`.
class PathPattern {
public:
    /// Throws std::logic_error for what is not a pattern: routes are written by programmers.
    explicit PathPattern(std::string_view pattern);

    using Values = std::vector<std::pair<std::string, std::string>>;
    /// The parameters' values, decoded once; empty where the path is another one.
    [[nodiscard]] std::optional<Values> match(const Target& target) const;
    /// Whether both match the same paths, whatever their parameters are called.
    [[nodiscard]] bool matches_as(const PathPattern& other) const;

private:
    struct Segment {
        std::string text;  ///< literal, or the parameter's name
        bool parameter = false;
    };
    std::vector<Segment> segments_;
    std::string verb_;
};

}  // namespace tally::detail
