#include "tally/http/routes.hpp"

#include <algorithm>

namespace tally::detail {

HttpProblem problem_of_request(Problems problems, const Route::Input& input, bool from_body) {
    const auto in_target = [&](const Problem& each) {
        const auto named = [&](const auto& part) {
            std::string pointer;
            append_token(pointer, part.first);
            return each.pointer == pointer;
        };
        return std::ranges::any_of(input.path, named) || std::ranges::any_of(input.query, named);
    };
    const auto broken = [&](const Problem& each) {
        return each.code == problem_code::syntax || each.code == problem_code::limit || in_target(each);
    };
    const bool unreadable = !from_body || std::ranges::any_of(problems, broken);
    HttpProblem failure = unreadable ? problem("invalid-request", "the request cannot be read")
                                     : problem("invalid-content", "the request's content is not what this route takes");
    failure.errors = std::move(problems);
    return failure;
}

HttpResponse response_head(int status, std::optional<Version> etag, const std::string& location, const Headers& more) {
    HttpResponse response{.status = status, .headers = more, .body = {}};
    if (etag) response.headers.set("ETag", "\"" + std::to_string(*etag) + "\"");
    if (!location.empty()) response.headers.set("Location", location);
    return response;
}

}  // namespace tally::detail
