#include "tally/http/call.hpp"

namespace tally {

Task<Result<void>> Sources::wait_for(const std::string& projection, Position position) const {
    return projections.at(projection)->wait_for(position, std::chrono::seconds(5));
}

std::optional<HttpProblem> Call::check_version(Version actual) const {
    if (!if_match || *if_match == actual) return std::nullopt;
    HttpProblem stale = problem("precondition-failed",
                                "If-Match names version " + std::to_string(*if_match) + "; read it again and decide");
    stale.more["current_version"] = actual;
    return stale;
}

Result<std::string> Query::place_of(const PageRequest& page) const {
    if (page.page_size && *page.page_size < 0) return fail(ErrorCode::invalid, "page_size is negative");
    if (!page.page_token) return std::string();
    auto place = page_tokens.open(*page.page_token, filters, principal.id);
    if (!place)
        return fail(ErrorCode::invalid,
                    "page_token is not one of ours for these filters, or has expired: begin with the first page");
    return std::move(*place);
}

std::optional<std::string> Query::token_for(const std::string& place) const {
    if (place.empty()) return std::nullopt;
    return page_tokens.seal(place, filters, principal.id);
}

}  // namespace tally
