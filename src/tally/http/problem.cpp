#include "tally/http/problem.hpp"

#include <algorithm>
#include <stdexcept>

#include <boost/json.hpp>

#include "tally/base/log.hpp"

namespace tally {

const std::vector<ProblemType>& platform_problems() {
    static const std::vector<ProblemType> types{
        {"invalid-request", 400, "The request cannot be read"},
        {"forbidden", 403, "The principal lacks the scope"},
        {"not-found", 404, "There is no such thing"},
        {"method-not-allowed", 405, "The resource has no such method"},
        {"not-acceptable", 406, "The resource has no representation of an accepted type"},
        {"request-timeout", 408, "The request did not arrive in time"},
        {"conflict", 409, "Something changed in between"},
        {"too-large", 413, "The content is too large"},
        {"target-too-long", 414, "The request target is too long"},
        {"unsupported-media-type", 415, "The content is of a type that is not taken"},
        {"expectation-failed", 417, "What the request expects is not offered"},
        {"precondition-failed", 412, "The thing has another version than If-Match names"},
        {"invalid-content", 422, "The content is not of the expected form"},
        {"idempotency-key-reused", 422, "The Idempotency-Key was used for another request"},
        {"idempotency-key-in-use", 409, "A request with this Idempotency-Key is running"},
        {"idempotency-key-missing", 400, "The route requires an Idempotency-Key"},
        {"header-too-large", 431, "The header is too large"},
        {"internal", 500, "Something is broken here"},
        {"not-implemented", 501, "The method is not known here"},
        {"unavailable", 503, "A dependency is away"},
        {"overloaded", 503, "Too much is waiting already"},
        {"deadline-exceeded", 503, "The request took too long"},
    };
    return types;
}

ProblemType problem_type(std::string_view slug) {
    const auto& types = platform_problems();
    const auto type = std::ranges::find(types, slug, &ProblemType::slug);
    return type == types.end() ? ProblemType{slug, 409, "A rule refuses it"} : *type;
}

namespace {

HttpProblem made_of(const ProblemType& type, std::string detail) {
    return {.slug = std::string(type.slug),
            .status = type.status,
            .title = std::string(type.title),
            .detail = std::move(detail),
            .errors = {},
            .more = {},
            .headers = {}};
}

}  // namespace

HttpProblem problem(std::string_view slug, std::string detail) {
    if (std::ranges::find(platform_problems(), slug, &ProblemType::slug) == platform_problems().end())
        throw std::logic_error("no problem type " + std::string(slug));
    HttpProblem made = made_of(problem_type(slug), std::move(detail));
    if (made.status == 503) made.headers.set("Retry-After", "1");
    return made;
}

HttpProblem problem_of(const Error& error) {
    switch (error.code) {
        case ErrorCode::invalid:
            return problem("invalid-request", error.text);
        case ErrorCode::not_found:
            return problem("not-found", error.text);
        case ErrorCode::too_large:
            return problem("too-large", error.text);
        case ErrorCode::rejected:
            return problem_of(Rejection{"rejected", error.text});
        case ErrorCode::conflict:
        case ErrorCode::fenced:
            return problem("conflict", error.text);
        case ErrorCode::overloaded:
            return problem("overloaded", error.text);
        case ErrorCode::timeout:
            return problem("deadline-exceeded", error.text);
        case ErrorCode::unavailable:
        case ErrorCode::cancelled:
        case ErrorCode::disk_full:
            return problem("unavailable", error.text);
        default:
            break;
    }
    log::error(error.text, {{"error", name(error.code)}});
    return problem("internal", "the server's log says more");
}

HttpProblem problem_of(const Rejection& rejection) { return made_of(problem_type(rejection.code), rejection.detail); }

HttpResponse to_response(const HttpProblem& problem, std::string_view base, std::string_view instance,
                         std::string_view request_id, std::string_view trace_id) {
    boost::json::object body{{"type", std::string(base) + problem.slug},
                             {"title", problem.title},
                             {"status", problem.status},
                             {"detail", problem.detail},
                             {"instance", instance},
                             {"request_id", request_id},
                             {"trace_id", trace_id}};
    for (const auto& [key, value] : problem.more) body[key] = value;
    if (!problem.errors.empty()) {
        boost::json::array errors;
        for (const Problem& each : problem.errors)
            errors.push_back({{"pointer", each.pointer}, {"code", each.code}, {"detail", each.detail}});
        body["errors"] = std::move(errors);
    }
    HttpResponse response{.status = problem.status, .headers = problem.headers, .body = boost::json::serialize(body)};
    response.headers.set("Content-Type", "application/problem+json");
    return response;
}

}  // namespace tally
