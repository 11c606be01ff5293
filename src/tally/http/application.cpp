#include "tally/http/application.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "tally/base/deadline.hpp"
#include "tally/base/log.hpp"
#include "tally/http/application_state.hpp"
#include "tally/http/media_type.hpp"

namespace tally {
namespace detail {
namespace {

std::string listed(const std::set<std::string_view>& methods) {
    std::string text;
    for (const std::string_view method : methods) text += (text.empty() ? "" : ", ") + std::string(method);
    return text;
}

/// What is wrong with a request before any route looks at it.
std::optional<HttpProblem> refused(const HttpRequest& request, const Application::Options& options) {
    if (request.target.size() > options.max_target)
        return problem("target-too-long", fmt::format("at most {} bytes", options.max_target));
    if (request.body.size() > options.max_body)
        return problem("too-large", fmt::format("at most {} bytes", options.max_body));
    const bool reads = request.method == Method::get || request.method == Method::head;
    if (reads && !request.body.empty()) return problem("invalid-request", "a GET has no content");
    return std::nullopt;
}

/// What is wrong with the way a route is asked.
std::optional<HttpProblem> refused(const HttpRequest& request, const Route& route, const Principal& principal) {
    if (!principal.may(route.options.scope))
        return problem("forbidden", "the scope " + route.options.scope + " is required");
    if (!accepts_json(request.headers)) return problem("not-acceptable", "answers are application/json");
    if (request.headers.find("Content-Encoding"))
        return problem("unsupported-media-type", "content is taken as it is, without an encoding");
    if (!request.body.empty() && !is_json_content(request.headers))
        return problem("unsupported-media-type", "send application/json, in UTF-8");
    return std::nullopt;
}

struct Lookup {
    std::optional<Matched> matched;
    std::set<std::string_view> methods;  ///< of routes with this path
};

Lookup look_up(const Application::State& state, const HttpRequest& request, Target& target) {
    const Method method = request.method == Method::head ? Method::get : request.method;
    Lookup found;
    for (const MountedRoute& mounted : state.routes) {
        auto values = mounted.pattern.match(target);
        if (!values) continue;
        found.methods.insert(name(mounted.route.method));
        if (mounted.route.method != method || found.matched) continue;
        found.matched = Matched{&mounted, {std::move(*values), {}, request.body}, target.path};
    }
    if (found.methods.contains("GET")) found.methods.insert("HEAD");
    if (found.matched) found.matched->input.query = std::move(target.query);
    return found;
}

const MountedRaw* raw_of(const Application::State& state, const HttpRequest& request, std::string_view path,
                         std::set<std::string_view>& methods) {
    const Method method = request.method == Method::head ? Method::get : request.method;
    const MountedRaw* found = nullptr;
    for (const MountedRaw& raw : state.raws) {
        if (raw.path != path) continue;
        methods.insert(name(raw.method));
        if (raw.method == method) found = &raw;
    }
    if (methods.contains("GET")) methods.insert("HEAD");
    return found;
}

Outcome without_route(const HttpRequest& request, std::string_view path, std::set<std::string_view> methods) {
    if (methods.empty()) return std::unexpected(problem("not-found", "there is nothing at " + std::string(path)));
    methods.insert("OPTIONS");
    if (request.method == Method::options)
        return HttpResponse{.status = 204, .headers = {{"Allow", listed(methods)}}, .body = {}};
    HttpProblem wrong = problem("method-not-allowed", "allowed are " + listed(methods));
    wrong.headers.set("Allow", listed(methods));
    return std::unexpected(std::move(wrong));
}

/// The route that answered, for metrics: a pattern, never a path, so that labels stay few.
Task<Outcome> answer(Application::State& state, const HttpRequest& request, RequestContext& context,
                     std::string& route) {
    if (auto failure = refused(request, state.options)) co_return std::unexpected(std::move(*failure));
    auto target = parse_target(request.target);
    if (!target) co_return std::unexpected(problem_of(target.error()));

    std::set<std::string_view> methods;
    if (const MountedRaw* raw = raw_of(state, request, target->path, methods)) {
        route = raw->path;
        co_return co_await raw->handler(request);
    }
    auto found = look_up(state, request, *target);
    methods.merge(found.methods);
    if (!found.matched) co_return without_route(request, target->path, std::move(methods));

    const Route& matched = found.matched->mounted->route;
    route = matched.path;
    context.principal = state.authenticate(request);
    if (auto failure = refused(request, matched, context.principal)) co_return std::unexpected(std::move(*failure));
    if (matched.query) co_return co_await run_query(state, std::move(*found.matched), request, context);
    co_return co_await run_command(state, *found.matched, request, context);
}

void observe(Application::State& state, const HttpRequest& request, const HttpResponse& response,
             const RequestContext& context, const std::string& route, Duration took) {
    const std::string method(name(request.method).empty() ? "other" : name(request.method));
    const double seconds = std::chrono::duration<double>(took).count();
    Metrics& metrics = state.parts.metrics;
    metrics
        .counter("http_requests_total", "Requests answered",
                 {{"method", method}, {"route", route}, {"status", std::to_string(response.status)}})
        .add();
    metrics
        .histogram("http_request_duration_seconds", "From the whole request to the whole answer",
                   {{"method", method}, {"route", route}}, latency_buckets())
        .observe(seconds);
    if (state.options.access_log)
        log::info("request", {{"method", method},
                              {"target", request.target},
                              {"status", response.status},
                              {"duration_ms", seconds * 1000},
                              {"bytes", response.body.size()},
                              {"correlation_id", context.correlation},
                              {"trace_id", context.trace.trace_id},
                              {"request_id", context.request_id}});
}

void finish(HttpResponse& response, const RequestContext& context) {
    response.headers.set("X-Correlation-Id", context.correlation);
    response.headers.set("X-Request-Id", context.request_id);
    response.headers.set("X-Content-Type-Options", "nosniff");
    if (!response.headers.find("Cache-Control")) response.headers.set("Cache-Control", "no-store");
}

}  // namespace
}  // namespace detail

Application::Application(Parts parts, Options options)
    : state_(std::make_unique<State>(State{.parts = parts,
                                           .options = std::move(options),
                                           .sources = {},
                                           .routes = {},
                                           .raws = {},
                                           .authenticate = [](const HttpRequest&) { return Principal::development(); },
                                           .turns = {}})) {}
Application::~Application() = default;

Result<void> Application::mount(const std::string& service, const Routes& routes, Sources sources) {
    const Sources& kept = *state_->sources.emplace_back(std::make_unique<Sources>(std::move(sources)));
    for (const Route& route : routes.all()) {
        detail::PathPattern pattern(route.path);
        const auto same = [&](const detail::MountedRoute& other) {
            return other.route.method == route.method && other.pattern.matches_as(pattern);
        };
        if (std::ranges::any_of(state_->routes, same))
            return fail(ErrorCode::invalid, std::string(name(route.method)) + " " + route.path + " exists already");
        if (!route.options.waits_for.empty() && !kept.projections.contains(route.options.waits_for))
            return fail(ErrorCode::invalid, route.path + " waits for the projection " + route.options.waits_for +
                                                ", which " + service + " does not have");
        state_->routes.push_back({service, route, std::move(pattern), &kept});
    }
    return {};
}

std::vector<ProblemType> Application::problem_types() const {
    std::vector<ProblemType> types = platform_problems();
    for (const detail::MountedRoute& mounted : state_->routes)
        for (const std::string& slug : mounted.route.options.problems)
            if (std::ranges::find(types, slug, &ProblemType::slug) == types.end()) types.push_back(problem_type(slug));
    return types;
}

void Application::mount_raw(Method method, std::string path, Raw handler) {
    state_->raws.push_back({method, std::move(path), std::move(handler)});
}

void Application::authenticate(std::function<Principal(const HttpRequest&)> authenticate) {
    state_->authenticate = std::move(authenticate);
}

Task<HttpResponse> Application::handle(HttpRequest request) {
    const Instant begun = state_->parts.clock.instant();
    auto context = detail::RequestContext::of(request, state_->parts.random, state_->parts.ids.next());
    std::string route = "unmatched";
    detail::Outcome outcome;
    std::optional<std::string> bug;
    try {
        auto answered = co_await within(state_->parts.clock, state_->options.request_limit,
                                        detail::answer(*state_, request, context, route));
        outcome = answered ? std::move(*answered)
                           : std::unexpected(problem("deadline-exceeded",
                                                     "whether it was carried out is unknown: repeat it with the same "
                                                     "Idempotency-Key"));
    } catch (const std::exception& failure) {  // boundary
        if (is_cancellation(std::current_exception())) throw;
        bug = failure.what();
    } catch (...) {  // boundary
        bug = "something was thrown that is no exception";
    }
    if (bug) {
        log::error("request failed",
                   {{"error", *bug}, {"target", request.target}, {"correlation_id", context.correlation}});
        outcome = std::unexpected(problem("internal", "the server's log says more"));
    }
    const std::string_view path = std::string_view(request.target).substr(0, request.target.find('?'));
    HttpResponse response = outcome ? std::move(*outcome) : state_->respond(outcome.error(), path, context);
    detail::finish(response, context);
    detail::observe(*state_, request, response, context, route, state_->parts.clock.instant() - begun);
    co_return response;
}

}  // namespace tally
