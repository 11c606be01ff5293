#include "support/openapi_check.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <ranges>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace tally::testing {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using valijson::adapters::BoostJsonAdapter;

const value* member(const value& parent, std::string_view name) {
    return parent.is_object() ? parent.get_object().if_contains(name) : nullptr;
}

std::string text_of(const value* text) {
    return text != nullptr && text->is_string() ? std::string(text->get_string()) : std::string();
}

template <class Visit>
void walk(value& node, const Visit& visit) {
    visit(node);
    if (auto* items = node.if_array())
        for (value& item : *items) walk(item, visit);
    if (auto* members = node.if_object())
        for (auto& each : *members) walk(each.value(), visit);
}

/// Structs say what they have; here they say as well that they have nothing else. The validator's numbers are doubles
/// and 64 bits with a sign: a greater maximum says nothing to it.
void close_structs(value& root) {
    walk(root, [](value& node) {
        auto* schema = node.if_object();
        if (schema == nullptr) return;
        if (const auto* most = schema->if_contains("maximum"); most != nullptr && most->is_uint64())
            schema->erase("maximum");
        if (text_of(schema->if_contains("type")) != "object") return;
        const auto* properties = schema->if_contains("properties");
        if (properties != nullptr && properties->is_object() && !schema->contains("additionalProperties"))
            (*schema)["additionalProperties"] = false;
    });
}

std::vector<std::string> segments_of(std::string_view path) {
    std::vector<std::string> segments;
    for (auto part : std::views::split(path, '/')) segments.emplace_back(part.begin(), part.end());
    return segments;
}

/// Whether a path as sent fits a template such as `/api/v1/orders/{order}:cancel`.
bool fits(std::string_view path, std::string_view pattern) {
    const auto sent = segments_of(path);
    const auto wanted = segments_of(pattern);
    return std::ranges::equal(sent, wanted, [](const std::string& have, const std::string& want) {
        const auto end = want.find('}');
        if (!want.starts_with('{') || end == std::string::npos) return have == want;
        const std::string verb = want.substr(end + 1);
        return have.size() > verb.size() && have.ends_with(verb);
    });
}

/// Names in braces.
std::set<std::string> parameters_of(std::string_view pattern) {
    std::set<std::string> names;
    for (std::size_t at = pattern.find('{'); at != std::string_view::npos; at = pattern.find('{', at + 1))
        names.emplace(pattern.substr(at + 1, pattern.find('}', at) - at - 1));
    return names;
}

struct Operation {
    std::string method;  ///< upper case
    std::string pattern;
    const value* described = nullptr;

    [[nodiscard]] std::string name() const { return method + " " + pattern; }
};

}  // namespace

struct OpenApiCheck::State {
    value document;
    value schemas;  ///< closed
    std::vector<Operation> operations;
    std::vector<std::string> faults;
    std::set<std::string> seen;
    std::map<std::string, std::unique_ptr<valijson::Schema>> compiled;

    void read(std::string_view text);
    void check_references();
    void check_operation(const Operation& operation);
    [[nodiscard]] const Operation* find(Method method, std::string_view path) const;
    /// Null, after adding a fault, for what is no schema.
    [[nodiscard]] const valijson::Schema* compile(const value& schema);
    void check_content(const value& schema, const value& body, std::vector<std::string>& found);
};

void OpenApiCheck::State::read(std::string_view text) {
    boost::system::error_code broken;
    document = boost::json::parse(text, broken);
    if (broken) return faults.push_back("the document is no JSON: " + broken.message());
    if (!text_of(member(document, "openapi")).starts_with("3.1.")) faults.emplace_back("it is not OpenAPI 3.1");
    if (const auto* components = member(document, "components"))
        if (const auto* found = member(*components, "schemas")) schemas = *found;
    close_structs(schemas);
    const auto* paths = member(document, "paths");
    if (paths == nullptr || !paths->is_object()) return faults.push_back("it has no paths");
    for (const auto& path : paths->get_object()) {
        if (!path.value().is_object()) continue;
        for (const auto& each : path.value().get_object()) {
            std::string method(each.key());
            std::ranges::transform(method, method.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
            operations.push_back({std::move(method), std::string(path.key()), &each.value()});
        }
    }
    check_references();
    for (const Operation& operation : operations) check_operation(operation);
    std::set<std::string> ids;
    for (const Operation& operation : operations)
        if (!ids.insert(text_of(member(*operation.described, "operationId"))).second)
            faults.push_back(operation.name() + " has no operation id of its own");
}

void OpenApiCheck::State::check_references() {
    walk(document, [this](value& node) {
        const std::string reference = text_of(member(node, "$ref"));
        if (reference.empty()) return;
        boost::system::error_code missing;
        if (reference.starts_with('#')) (void)document.find_pointer(reference.substr(1), missing);
        if (missing || !reference.starts_with('#')) faults.push_back(reference + " leads nowhere");
    });
}

void OpenApiCheck::State::check_operation(const Operation& operation) {
    std::set<std::string> in_path;
    std::set<std::string> all;
    if (const auto* parameters = member(*operation.described, "parameters"))
        for (const auto& parameter : parameters->as_array()) {
            const std::string where = text_of(member(parameter, "in"));
            const std::string name = text_of(member(parameter, "name"));
            if (where == "path") in_path.insert(name);
            if (!all.insert(where + " " + name).second)
                faults.push_back(operation.name() + " has the parameter " + name + " twice");
        }
    if (in_path != parameters_of(operation.pattern)) faults.push_back(operation.name() + " has other path parameters");
    if (const auto* body = member(*operation.described, "requestBody"))
        for (const auto& content : body->at("content").as_object()) (void)compile(content.value().at("schema"));
    const auto* responses = member(*operation.described, "responses");
    bool succeeds = false;
    if (responses != nullptr && responses->is_object())
        for (const auto& response : responses->get_object()) {
            succeeds = succeeds || response.key().starts_with('2');
            if (const auto* content = member(response.value(), "content"))
                for (const auto& each : content->as_object()) (void)compile(each.value().at("schema"));
        }
    if (!succeeds) faults.push_back(operation.name() + " never succeeds");
}

const Operation* OpenApiCheck::State::find(Method method, std::string_view path) const {
    const Operation* found = nullptr;
    for (const Operation& operation : operations) {
        if (operation.method != name(method) || !fits(path, operation.pattern)) continue;
        // A verb names its operation more closely than a parameter that would take the whole segment.
        if (found == nullptr || operation.pattern.size() > found->pattern.size()) found = &operation;
    }
    return found;
}

const valijson::Schema* OpenApiCheck::State::compile(const value& schema) {
    auto& known = compiled[boost::json::serialize(schema)];
    if (known) return known.get();
    value closed = schema;
    close_structs(closed);
    // References are from the root of what is compiled.
    const value root = object{{"allOf", array{std::move(closed)}}, {"components", object{{"schemas", schemas}}}};
    auto made = std::make_unique<valijson::Schema>();
    try {
        valijson::SchemaParser().populateSchema(BoostJsonAdapter(root), *made);
    } catch (const std::exception& failure) {
        faults.push_back(boost::json::serialize(schema) + " is no schema: " + failure.what());
        return nullptr;
    }
    known = std::move(made);
    return known.get();
}

void OpenApiCheck::State::check_content(const value& schema, const value& body, std::vector<std::string>& found) {
    const valijson::Schema* wanted = compile(schema);
    if (wanted == nullptr) return found.push_back("its schema is none");
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(*wanted, BoostJsonAdapter(body), &results)) return;
    valijson::ValidationResults::Error error;
    while (results.popError(error)) {
        std::string where;
        for (const std::string& step : error.context) where += step;
        found.push_back(where + ": " + error.description);
    }
}

OpenApiCheck::OpenApiCheck(std::string_view document) : state_(std::make_unique<State>()) { state_->read(document); }
OpenApiCheck::~OpenApiCheck() = default;

const std::vector<std::string>& OpenApiCheck::faults() const { return state_->faults; }

std::set<std::string> OpenApiCheck::operations() const {
    std::set<std::string> names;
    for (const Operation& operation : state_->operations) names.insert(operation.name());
    return names;
}

std::set<std::string> OpenApiCheck::unseen() const {
    std::set<std::string> names = operations();
    for (const std::string& name : state_->seen) names.erase(name);
    return names;
}

namespace {

/// A problem's kind is in the description of its status, which lists them.
void check_problem(const value& body, const HttpResponse& response, const value& described,
                   std::vector<std::string>& found) {
    const std::string type = text_of(member(body, "type"));
    const std::string slug = type.substr(type.rfind('/') + 1);
    if (!(", " + text_of(member(described, "description")) + ",").contains(", " + slug + ","))
        found.push_back("a problem " + slug + " is not described");
    const auto* status = member(body, "status");
    if (status == nullptr || *status != response.status) found.emplace_back("a problem tells another status");
}

}  // namespace

std::vector<std::string> OpenApiCheck::faults_of(Method method, std::string_view target, const HttpResponse& response) {
    const std::string_view path = target.substr(0, target.find('?'));
    const Operation* operation = state_->find(method, path);
    if (operation == nullptr) return {fmt::format("{} {} is not described", name(method), path)};
    std::vector<std::string> found;
    const auto* described = member(operation->described->at("responses"), std::to_string(response.status));
    const auto* contents = described == nullptr ? nullptr : member(*described, "content");
    const auto type = response.headers.find("Content-Type");
    if (described == nullptr) {
        found.push_back("the status is not described");
    } else if (contents == nullptr) {
        if (!response.body.empty()) found.emplace_back("it has content, and none is described");
    } else if (const auto* content = member(*contents, type.value_or("")); content == nullptr) {
        found.push_back(fmt::format("the content type {} is not described", type.value_or("(none)")));
    } else {
        boost::system::error_code broken;
        const value body = boost::json::parse(response.body, broken);
        if (broken) found.push_back("its content is no JSON: " + broken.message());
        if (!broken) state_->check_content(content->at("schema"), body, found);
        if (!broken && type == "application/problem+json") check_problem(body, response, *described, found);
    }
    if (found.empty() && response.status < 300) state_->seen.insert(operation->name());
    for (std::string& fault : found)
        fault = fmt::format("{}, status {}: {}: {}", operation->name(), response.status, fault, response.body);
    return found;
}

}  // namespace tally::testing
