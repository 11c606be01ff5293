#pragma once

#include <functional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "tally/http/call.hpp"
#include "tally/http/reply.hpp"

namespace tally {

inline constexpr Method get = Method::get;
inline constexpr Method post = Method::post;
inline constexpr Method put = Method::put;
inline constexpr Method delete_ = Method::delete_;

/// What a route says of itself beside its types.
struct RouteOptions {
    std::string summary;
    std::string scope;        ///< `orders:write`; empty: public
    bool idempotent = false;  ///< an Idempotency-Key is required
    bool versioned = false;   ///< the handler answers to If-Match (`Call::check_version`)
    int success = 200;
    std::vector<int> also{};              ///< further statuses that `Reply::status` may set
    std::vector<std::string> problems{};  ///< slugs of problems that it may answer, beside those of every route
    std::string waits_for{};              ///< projection whose progress `min_position` waits for
    std::string tag{};                    ///< group in the API document; empty: the service
};

/// A route without its types.
struct Route {
    /// A handler's answer before it is committed: the response, and whether it may be kept for an Idempotency-Key.
    struct Answer {
        HttpResponse response;
        std::optional<HttpProblem> problem;  ///< instead of the response
    };
    /// Path values by name, the decoded query, and the body.
    struct Input {
        std::vector<std::pair<std::string, std::string>> path;
        std::vector<std::pair<std::string, std::string>> query;
        std::string_view body;
    };
    struct Parameter {
        std::string name;
        bool required = true;
        boost::json::value schema;
    };
    struct Documentation {
        std::vector<Parameter> path;
        std::vector<Parameter> query;
        boost::json::value body;  ///< null: none
        bool body_required = true;
        boost::json::value response;  ///< null: none
    };

    Method method = Method::get;
    std::string path;  ///< `/api/v1/orders/{order}`, `/api/v1/orders/{order}:cancel`
    RouteOptions options;
    std::function<Task<Answer>(Input, Call&)> command;  ///< of everything but GET
    std::function<Task<Answer>(Input, Query&)> query;   ///< of GET
    /// Schemas, with shared definitions added to `definitions`.
    std::function<Documentation(boost::json::object& definitions)> document;
};

/// The routes of a service, as data.
///
///     routes.add(post, "/api/v1/orders", {.summary = "Place an order", .scope = "orders:write", .idempotent = true,
///                .success = 201}, [](PlaceOrder command, Call& call) -> Task<Reply<OrderView>> { … });
///
/// The request's members bind to the path's names, the others to the query (GET) or to the body; unknown ones are
/// refused. Request and response types are deduced: decoder, schemas and OpenAPI come from them.
class Routes {
public:
    template <class Handler>
    void add(Method method, std::string path, RouteOptions options, Handler handler);

    [[nodiscard]] const std::vector<Route>& all() const noexcept { return routes_; }

private:
    std::vector<Route> routes_;
};

}  // namespace tally

#include "tally/http/routes_impl.hpp"
