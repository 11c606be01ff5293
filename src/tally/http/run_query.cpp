#include <algorithm>
#include <charconv>
#include <ranges>

#include "tally/http/application_state.hpp"

namespace tally::detail {
namespace {

/// Takes a parameter out of the query.
std::optional<std::string> take(Route::Input& input, std::string_view name) {
    const auto found = std::ranges::find(input.query, name, &std::pair<std::string, std::string>::first);
    if (found == input.query.end()) return std::nullopt;
    std::string value = std::move(found->second);
    input.query.erase(found);
    return value;
}

/// `orders:123` or `123`. Errors: invalid.
Result<Position> parse_position(std::string_view text, std::string_view service) {
    const std::string prefix = std::string(service) + ":";
    if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
    Position position = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position);
    if (error != std::errc() || end != text.data() + text.size())
        return fail(ErrorCode::invalid, "min_position is a position of this service's log, such as " + prefix + "123");
    return position;
}

/// What a page token is bound to: the path and all parameters but those of the page itself.
std::string filters_of(const Matched& matched) {
    auto filters = matched.input.query;
    std::erase_if(filters, [](const auto& each) { return each.first == "page_token" || each.first == "page_size"; });
    std::ranges::sort(filters);
    std::string text(matched.path);
    for (const auto& [name, value] : filters) text += "&" + percent_encode(name) + "=" + percent_encode(value);
    return text;
}

/// Whether If-None-Match names the response's ETag; weak ones count as well (RFC 9110 §13.1.2).
bool is_known(const HttpRequest& request, const HttpResponse& response) {
    const auto etag = response.headers.find("ETag");
    const auto known = request.headers.find("If-None-Match");
    if (!etag || !known) return false;
    for (auto part : std::views::split(*known, ',')) {
        std::string_view tag(part.begin(), part.end());
        tag.remove_prefix(std::min(tag.find_first_not_of(" \t"), tag.size()));
        if (tag.starts_with("W/")) tag.remove_prefix(2);
        if (tag == "*" || tag.starts_with(*etag)) return true;  // an ETag ends with its quote
    }
    return false;
}

}  // namespace

Task<Outcome> run_query(Application::State& state, Matched matched, const HttpRequest& request,
                        const RequestContext& context) {
    const MountedRoute& mounted = *matched.mounted;
    const std::string& projection = mounted.route.options.waits_for;
    if (!projection.empty()) {
        if (const auto text = take(matched.input, "min_position")) {
            const auto position = parse_position(*text, mounted.service);
            if (!position) co_return std::unexpected(problem_of(position.error()));
            auto reached = co_await mounted.sources->wait_for(projection, *position);
            if (!reached) co_return std::unexpected(problem_of(reached.error()));
        }
    }
    Query query{context.principal, state.parts.clock.now(), *mounted.sources, state.parts.page_tokens,
                filters_of(matched)};
    Route::Answer answer = co_await mounted.route.query(std::move(matched.input), query);
    if (answer.problem) co_return std::unexpected(std::move(*answer.problem));

    if (is_known(request, answer.response)) {
        answer.response.status = 304;
        answer.response.body.clear();
        answer.response.headers.remove("Content-Type");
    }
    co_return std::move(answer.response);
}

}  // namespace tally::detail
