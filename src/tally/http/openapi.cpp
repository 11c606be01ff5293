// OpenAPI 3.1 (JSON Schema 2020-12) from the mounted routes.
#include <set>

#include <boost/json.hpp>

#include "tally/http/application_state.hpp"

namespace tally {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

constexpr std::string_view reason(int status) {
    switch (status) {
        case 200:
            return "Done";
        case 201:
            return "Made";
        case 202:
            return "Accepted: it goes on in the background";
        case 204:
            return "Done; nothing to say";
        default:
            return "Other";
    }
}

object parameter(std::string_view where, const Route::Parameter& described) {
    return {{"name", described.name},
            {"in", where},
            {"required", where == "path" || described.required},
            {"schema", described.schema}};
}

object header_parameter(std::string_view name, bool required, std::string_view description) {
    return {{"name", name},
            {"in", "header"},
            {"required", required},
            {"description", description},
            {"schema", {{"type", "string"}}}};
}

array parameters_of(const Route& route, const Route::Documentation& documentation) {
    array all;
    for (const auto& each : documentation.path) all.push_back(parameter("path", each));
    for (const auto& each : documentation.query) all.push_back(parameter("query", each));
    if (!route.options.waits_for.empty())
        all.push_back(parameter("query", {.name = "min_position",
                                          .required = false,
                                          .schema = {{"type", "string"},
                                                     {"description",
                                                      "Wait until the list shows this position, such "
                                                      "as an X-Log-Position of a command"}}}));
    if (route.options.idempotent)
        all.push_back(header_parameter("Idempotency-Key", true, "A new value for each new command"));
    if (route.options.versioned)
        all.push_back(header_parameter("If-Match", false, "The version that the command was decided on"));
    if (route.query) all.push_back(header_parameter("If-None-Match", false, "The ETag that the caller has"));
    all.push_back(header_parameter("X-Correlation-Id", false, "Ties together all that the request brings about"));
    return all;
}

object content(std::string_view type, value schema) { return {{type, object{{"schema", std::move(schema)}}}}; }

value problem_schema() {
    const object text{{"type", "string"}};
    const object error{{"type", "object"},
                       {"properties", object{{"pointer", text}, {"code", text}, {"detail", text}}},
                       {"required", array{"pointer", "code", "detail"}}};
    return object{{"type", "object"},
                  {"properties", object{{"type", object{{"type", "string"}, {"format", "uri"}}},
                                        {"title", text},
                                        {"status", object{{"type", "integer"}}},
                                        {"detail", text},
                                        {"instance", text},
                                        {"request_id", text},
                                        {"trace_id", text},
                                        {"current_version", object{{"type", "integer"}}},
                                        {"errors", object{{"type", "array"}, {"items", error}}}}},
                  {"required", array{"type", "title", "status", "detail", "instance", "request_id", "trace_id"}}};
}

/// Whether a problem of the platform can be an answer of the route.
bool may_answer(const Route& route, std::string_view slug) {
    if (slug.starts_with("idempotency")) return route.options.idempotent;
    if (slug == "invalid-content" || slug == "conflict" || slug == "precondition-failed") return bool(route.command);
    return slug != "method-not-allowed";
}

/// Statuses of the problems that a route may answer, with their slugs.
std::map<int, std::set<std::string>> problems_of(const Route& route) {
    std::map<int, std::set<std::string>> by_status;
    for (const ProblemType& type : platform_problems())
        if (may_answer(route, type.slug)) by_status[type.status].emplace(type.slug);
    for (const std::string& slug : route.options.problems) by_status[problem_type(slug).status].insert(slug);
    return by_status;
}

object responses_of(const Route& route, const Route::Documentation& documentation) {
    object all;
    std::vector<int> successes = route.options.also;
    successes.push_back(route.options.success);
    for (const int status : successes) {
        object response{{"description", reason(status)}};
        if (!documentation.response.is_null())
            response["content"] = content("application/json", documentation.response);
        all[std::to_string(status)] = std::move(response);
    }
    if (!route.command) all["304"] = object{{"description", "The caller has it"}};
    for (const auto& [status, slugs] : problems_of(route)) {
        std::string description;
        for (const std::string& slug : slugs) description += (description.empty() ? "" : ", ") + slug;
        all[std::to_string(status)] =
            object{{"description", description},
                   {"content", content("application/problem+json", object{{"$ref", "#/components/schemas/Problem"}})}};
    }
    return all;
}

std::string lower_name(Method method) {
    std::string text(name(method));
    std::ranges::transform(text, text.begin(), [](char c) { return static_cast<char>(c - 'A' + 'a'); });
    return text;
}

/// `post /api/v1/orders/{order}:cancel` is `post_orders_order_cancel`.
std::string operation_id(const Route& route) {
    std::string id = lower_name(route.method) + "_";
    std::string_view path = route.path;
    if (path.starts_with("/api/v1/")) path.remove_prefix(8);
    for (const char c : path) {
        if (c == '{' || c == '}') continue;
        id.push_back(c == '/' || c == ':' || c == '-' ? '_' : c);
    }
    return id;
}

object operation(const detail::MountedRoute& mounted, object& definitions) {
    const Route& route = mounted.route;
    const Route::Documentation documentation = route.document(definitions);
    object described{{"operationId", operation_id(route)},
                     {"summary", route.options.summary},
                     {"tags", array{route.options.tag.empty() ? mounted.service : route.options.tag}},
                     {"x-scope", route.options.scope},
                     {"parameters", parameters_of(route, documentation)},
                     {"responses", responses_of(route, documentation)}};
    if (!documentation.body.is_null())
        described["requestBody"] = object{{"required", documentation.body_required},
                                          {"content", content("application/json", documentation.body)}};
    return described;
}

}  // namespace

std::string Application::openapi(std::string_view title, std::string_view version) const {
    object definitions;
    object paths;
    for (const detail::MountedRoute& mounted : state_->routes) {
        object described = operation(mounted, definitions);
        value& item = paths[mounted.route.path];
        if (!item.is_object()) item = object{};
        item.as_object()[lower_name(mounted.route.method)] = std::move(described);
    }
    definitions["Problem"] = problem_schema();
    const object document{{"openapi", "3.1.0"},
                          {"info", object{{"title", title}, {"version", version}}},
                          {"servers", array{object{{"url", state_->options.base_url}}}},
                          {"paths", std::move(paths)},
                          {"components", object{{"schemas", std::move(definitions)}}}};
    return boost::json::serialize(document);
}

}  // namespace tally
