#pragma once
// Parts of Application that its sources share.

#include <memory>
#include <string>
#include <vector>

#include "tally/http/application.hpp"
#include "tally/http/idempotency.hpp"
#include "tally/http/request_context.hpp"
#include "tally/http/router.hpp"
#include "tally/http/turns.hpp"

namespace tally {
namespace detail {

using Outcome = std::expected<HttpResponse, HttpProblem>;

struct MountedRoute {
    std::string service;
    Route route;
    PathPattern pattern;
    const Sources* sources;
};

struct MountedRaw {
    Method method;
    std::string path;
    Application::Raw handler;
};

/// A request that has found its route.
struct Matched {
    const MountedRoute* mounted = nullptr;
    Route::Input input;
    std::string_view path;
};

/// Runs a command: its handler in a session, one commit with the Idempotency-Key, again where something has changed.
[[nodiscard]] Task<Outcome> run_command(Application::State& state, const Matched& matched, const HttpRequest& request,
                                        const RequestContext& context);
/// Runs a GET: waits for `min_position`, then its handler; 304 where If-None-Match names the ETag.
[[nodiscard]] Task<Outcome> run_query(Application::State& state, Matched matched, const HttpRequest& request,
                                      const RequestContext& context);

}  // namespace detail

struct Application::State {
    Parts parts;
    Options options;
    std::vector<std::unique_ptr<Sources>> sources;  // stable: routes refer to them
    std::vector<detail::MountedRoute> routes;
    std::vector<detail::MountedRaw> raws;
    std::function<Principal(const HttpRequest&)> authenticate;
    detail::Turns turns;

    [[nodiscard]] std::string problem_base() const { return options.base_url + "/problems/"; }
    /// `path` as it was sent.
    [[nodiscard]] HttpResponse respond(const HttpProblem& problem, std::string_view path,
                                       const detail::RequestContext& context) const {
        return to_response(problem, problem_base(), percent_encode_path(path), context.request_id,
                           context.trace.trace_id);
    }
};

}  // namespace tally
