#include "tallystick/api/api.hpp"

#include <algorithm>
#include <charconv>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace tally {
namespace {

using namespace std::chrono_literals;

constexpr Duration shortest_pause = 50ms;
constexpr Duration longest_pause = 2s;
constexpr Duration longest_wait = 30s;  // whatever Retry-After says

ErrorCode code_of(int status) {
    switch (status) {
        case 400:
        case 422:
            return ErrorCode::invalid;
        case 404:
            return ErrorCode::not_found;
        case 409:
        case 412:
            return ErrorCode::rejected;
        case 413:
            return ErrorCode::too_large;
        case 503:
            return ErrorCode::unavailable;
        default:
            return ErrorCode::internal;
    }
}

/// What a problem (RFC 9457) says, with the places in the content that it names.
Error error_of(const HttpResponse& response) {
    boost::system::error_code failure;
    const boost::json::value problem = boost::json::parse(response.body, failure);
    std::string text = failure ? "" : text_at(problem, "detail");
    if (text.empty() && !failure) text = text_at(problem, "title");
    if (text.empty()) text = fmt::format("the server answered {}", response.status);
    const auto* errors = problem.is_object() ? problem.get_object().if_contains("errors") : nullptr;
    if (errors != nullptr && errors->is_array())
        for (const auto& each : errors->get_array())
            text += fmt::format("\n  {}: {}", text_at(each, "pointer"), text_at(each, "detail"));
    const bool reused = !failure && text_at(problem, "type").ends_with("/idempotency-key-reused");
    return {reused ? ErrorCode::rejected : code_of(response.status), std::move(text)};
}

Duration wait_of(const HttpResponse& response) {
    const std::string_view text = response.headers.find("Retry-After").value_or("");
    int seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return std::clamp<Duration>(std::chrono::seconds(seconds), 0s, longest_wait);
}

HttpRequest request_of(Method method, std::string target) {
    return {.method = method, .target = std::move(target), .headers = {{"Accept", "application/json"}}, .body = {}};
}

}  // namespace

Task<Result<Api::Answer>> Api::send(std::string service, HttpRequest request) {
    const Instant until = clock_.instant() + patience_;
    Duration pause = shortest_pause;
    bool uncertain = false;
    for (;;) {
        auto response = co_await transport_.send(service, request);
        if (response && response->status < 300)
            co_return Answer{.status = response->status,
                             .body = std::move(response->body),
                             .replayed = response->headers.find("Idempotent-Replayed").has_value(),
                             .uncertain = uncertain};
        Error failure = response ? error_of(*response) : std::move(response.error());
        // A broken connection and an overrun deadline leave open whether the request was carried out.
        uncertain = uncertain || response || failure.code != ErrorCode::unavailable;
        const Duration wait = response ? std::max(pause, wait_of(*response)) : pause;
        const bool may_mend = failure.retryable() || failure.code == ErrorCode::io;
        if (!may_mend || clock_.instant() + wait > until) co_return std::unexpected(std::move(failure));
        co_await clock_.sleep_for(wait);
        pause = std::min(2 * pause, longest_pause);
    }
}

Task<Result<Api::Answer>> Api::get(std::string service, std::string target) {
    co_return co_await send(std::move(service), request_of(Method::get, std::move(target)));
}

Task<Result<Api::Answer>> Api::post(std::string service, std::string target, std::string body, std::string key) {
    HttpRequest request = request_of(Method::post, std::move(target));
    request.headers.set("Content-Type", "application/json");
    if (!key.empty()) request.headers.set("Idempotency-Key", '"' + key + '"');
    request.body = std::move(body);
    co_return co_await send(std::move(service), std::move(request));
}

Task<Result<boost::json::value>> Api::get_json(std::string service, std::string target) {
    auto answer = co_await get(std::move(service), std::move(target));
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    co_return json_of(*answer);
}

Result<boost::json::value> json_of(const Api::Answer& answer) {
    boost::system::error_code failure;
    // A page of events has many small values, which live and end together.
    auto memory = boost::json::make_shared_resource<boost::json::monotonic_resource>();
    boost::json::value value = boost::json::parse(answer.body, failure, std::move(memory));
    if (failure) return fail(ErrorCode::corrupt, "the server's answer is not JSON: " + failure.message());
    return value;
}

std::string text_at(const boost::json::value& object, std::string_view member) {
    const auto* value = object.is_object() ? object.get_object().if_contains(member) : nullptr;
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

std::int64_t number_at(const boost::json::value& object, std::string_view member) {
    const auto* value = object.is_object() ? object.get_object().if_contains(member) : nullptr;
    return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

const boost::json::array& list_at(const boost::json::value& object, std::string_view member) {
    static const boost::json::array none;
    const auto* value = object.is_object() ? object.get_object().if_contains(member) : nullptr;
    return value != nullptr && value->is_array() ? value->get_array() : none;
}

const boost::json::array& items_of(const boost::json::value& page) { return list_at(page, "items"); }

}  // namespace tally
