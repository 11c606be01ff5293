#pragma once
// Routes::add: from a handler's signature to a route without types.

#include "tally/http/binding.hpp"
#include "tally/http/personal.hpp"

namespace tally {
namespace detail {

inline constexpr std::string_view schema_prefix = "#/components/schemas/";

/// A request whose parts cannot be read: 400 for broken JSON and bad parameters, 422 for a body of the wrong shape.
[[nodiscard]] HttpProblem problem_of_request(Problems problems, const Route::Input& input, bool from_body);
/// Everything of an answer but its body.
[[nodiscard]] HttpResponse response_head(int status, std::optional<Version> etag, const std::string& location,
                                         const Headers& more);

template <class T>
[[nodiscard]] Route::Answer answer_of(const Reply<T>& reply, int success) {
    if (!reply.ok()) return {.response = {}, .problem = reply.problem()};
    HttpResponse response =
        response_head(reply.status().value_or(success), reply.etag(), reply.location(), reply.headers());
    if constexpr (!std::same_as<T, Nothing>) {
        response.headers.set("Content-Type", "application/json");
        if constexpr (has_personal<T>) response.headers.set("Cache-Control", "no-store");
        encode_to(response.body, reply.value(), PersonalForm::plain);
    }
    return {.response = std::move(response), .problem = {}};
}

template <class T>
[[nodiscard]] Task<Result<void>> show_answer(Reply<T>& reply, const Query& query) {
    if (!reply.ok()) co_return Result<void>{};
    if (query.sources.keys == nullptr) co_return fail(ErrorCode::internal, "personal data is asked for without keys");
    co_return co_await show_personal(reply.value(), query.principal, *query.sources.keys);
}

/// Owns the handler, so that the answer does not depend on the route that it was asked of.
template <class T, class Request, class Context>
[[nodiscard]] Task<Route::Answer> decode_and_handle(std::function<Task<Reply<T>>(Request, Context&)> handler,
                                                    int success, Route::Input input, Context& context) {
    constexpr bool from_body = std::same_as<Context, Call>;
    auto request = bind<Request>(input, from_body);
    if (!request)
        co_return Route::Answer{.response = {},
                                .problem = problem_of_request(std::move(request.error()), input, from_body)};
    Reply<T> reply = co_await handler(std::move(*request), context);
    if constexpr (has_personal<T>) {
        if (auto shown = co_await show_answer(reply, context); !shown) reply = shown.error();
    }
    co_return answer_of(reply, success);
}

template <class T, class Request, class Context>
[[nodiscard]] std::function<Task<Route::Answer>(Route::Input, Context&)> untyped(
    std::function<Task<Reply<T>>(Request, Context&)> handler, int success) {
    return [handler = std::move(handler), success](Route::Input input, Context& context) {
        return decode_and_handle(handler, success, std::move(input), context);
    };
}

template <class T, class Request>
[[nodiscard]] Route::Documentation document_types(std::string_view path, boost::json::object& definitions,
                                                  bool from_body) {
    Route::Documentation documentation;
    const auto request = json_schema<Request>(definitions, schema_prefix, UnknownFields::refused, PersonalForm::plain);
    document_request(documentation, path, bound_fields<Request>(), definitions, request, from_body);
    if constexpr (!std::same_as<T, Nothing>)
        documentation.response =
            json_schema<T>(definitions, schema_prefix, UnknownFields::ignored, PersonalForm::plain);
    return documentation;
}

template <class T, class Request, class Context>
void set_handler(Route& route, std::function<Task<Reply<T>>(Request, Context&)> handler) {
    constexpr bool is_command = std::same_as<Context, Call>;
    static_assert(is_command || std::same_as<Context, Query>, "a handler takes a request and a Call& or a Query&");
    static_assert(!is_command || !has_personal<T>, "what a command answers may be kept: read personal data by GET");
    static_assert(is_command || !has_personal<Request>, "personal data does not stand in a URL");
    if (is_command == (route.method == Method::get))
        throw std::logic_error(route.path + ": GET takes a Query, everything else a Call");
    const int success = route.options.success;
    if constexpr (is_command)
        route.command = untyped<T, Request, Call>(std::move(handler), success);
    else
        route.query = untyped<T, Request, Query>(std::move(handler), success);
    route.document = [path = route.path](boost::json::object& definitions) {
        return document_types<T, Request>(path, definitions, is_command);
    };
}

}  // namespace detail

template <class Handler>
void Routes::add(Method method, std::string path, RouteOptions options, Handler handler) {
    Route route{.method = method,
                .path = std::move(path),
                .options = std::move(options),
                .command = {},
                .query = {},
                .document = {}};
    detail::set_handler(route, std::function(std::move(handler)));
    routes_.push_back(std::move(route));
}

}  // namespace tally
