#include <algorithm>
#include <charconv>

#include "tally/http/application_state.hpp"

namespace tally::detail {
namespace {

constexpr Duration longest_wait = std::chrono::seconds(5);

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

}  // namespace

Task<Outcome> run_query(Application::State& state, Matched matched, const HttpRequest& request,
                        const RequestContext& context) {
    const MountedRoute& mounted = *matched.mounted;
    const std::string& projection = mounted.route.options.waits_for;
    if (!projection.empty()) {
        if (const auto text = take(matched.input, "min_position")) {
            const auto position = parse_position(*text, mounted.service);
            if (!position) co_return std::unexpected(problem_of(position.error()));
            auto reached = co_await mounted.sources->projections.at(projection)->wait_for(*position, longest_wait);
            if (!reached) co_return std::unexpected(problem_of(reached.error()));
        }
    }
    Query query{context.principal, state.parts.clock.now(), *mounted.sources, state.parts.page_tokens,
                filters_of(matched)};
    Route::Answer answer = co_await mounted.route.query(std::move(matched.input), query);
    if (answer.problem) co_return std::unexpected(std::move(*answer.problem));

    const auto etag = answer.response.headers.find("ETag");
    const auto known = request.headers.find("If-None-Match");
    if (etag && known && (*known == *etag || *known == "*")) {
        HttpResponse unchanged{.status = 304, .headers = {{"ETag", std::string(*etag)}}, .body = {}};
        co_return unchanged;
    }
    co_return std::move(answer.response);
}

}  // namespace tally::detail
