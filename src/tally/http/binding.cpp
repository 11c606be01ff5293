#include "tally/http/binding.hpp"

#include <algorithm>
#include <charconv>

namespace tally::detail {
namespace {

using boost::json::object;
using boost::json::value;

const BoundField* find(std::span<const BoundField> fields, std::string_view name) {
    const auto found = std::ranges::find(fields, name, &BoundField::name);
    return found == fields.end() ? nullptr : &*found;
}

std::string pointer_to(std::string_view name) {
    std::string pointer;
    append_token(pointer, name);
    return pointer;
}

std::optional<value> as_json(Textual kind, const std::string& text) {
    switch (kind) {
        case Textual::text:
            return value(text);
        case Textual::boolean:
            if (text != "true" && text != "false") return std::nullopt;
            return value(text == "true");
        case Textual::integer: {
            std::int64_t number = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
            if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
            return value(number);
        }
        case Textual::no:
            break;
    }
    return std::nullopt;
}

void put_text(object& into, const BoundField& field, const std::string& text, Problems& problems) {
    std::string pointer = pointer_to(field.name);
    if (into.contains(field.name)) {
        problems.push_back({pointer, "duplicate_key", "given twice"});
        return;
    }
    auto json = as_json(field.kind, text);
    if (json)
        into[field.name] = std::move(*json);
    else
        problems.push_back(
            {pointer, "type",
             field.kind == Textual::boolean ? "true or false is expected" : "a whole number is expected"});
}

void gather_query(const Route::Input& input, std::span<const BoundField> fields, bool from_body, object& into,
                  Problems& problems) {
    for (const auto& [name, text] : input.query) {
        const BoundField* field = from_body ? nullptr : find(fields, name);
        const bool in_path = std::ranges::any_of(input.path, [&](const auto& part) { return part.first == name; });
        if (field == nullptr || in_path)
            problems.push_back({pointer_to(name), "unknown_field", "there is no parameter of this name"});
        else
            put_text(into, *field, text, problems);
    }
}

void gather_body(const Route::Input& input, object& into, Problems& problems) {
    if (input.body.empty()) return;
    auto body = read_json(input.body);
    if (!body) {
        std::ranges::move(body.error(), std::back_inserter(problems));
        return;
    }
    if (!body->is_object()) {
        problems.push_back({"", "type", "an object is expected"});
        return;
    }
    for (auto& [name, member] : body->get_object()) {
        if (into.contains(name))
            problems.push_back({pointer_to(name), "duplicate_key", "it stands in the path already"});
        else
            into[name] = std::move(member);
    }
}

/// The schema of a struct's member, through the definition that `schema` refers to.
value property(const object& definitions, const value& schema, std::string_view name) {
    const std::string_view ref = schema.at("$ref").as_string();
    const auto& definition = definitions.at(ref.substr(ref.rfind('/') + 1)).as_object();
    return definition.at("properties").at(name);
}

/// A body's schema is the request's without the members that stand in the path.
value without(const object& definitions, const value& schema, std::span<const std::string> in_path) {
    const std::string_view ref = schema.at("$ref").as_string();
    object body = definitions.at(ref.substr(ref.rfind('/') + 1)).as_object();
    for (const std::string& name : in_path) {
        body["properties"].as_object().erase(name);
        if (auto* required = body.if_contains("required")) {
            auto& names = required->as_array();
            names.erase(std::ranges::remove(names, value(name)).begin(), names.end());
        }
    }
    return body;
}

}  // namespace

std::expected<value, Problems> gather(const Route::Input& input, std::span<const BoundField> fields, bool from_body) {
    object gathered;
    Problems problems;
    for (const auto& [name, text] : input.path)
        if (const BoundField* field = find(fields, name)) put_text(gathered, *field, text, problems);
    gather_query(input, fields, from_body, gathered, problems);
    if (from_body) gather_body(input, gathered, problems);
    if (!problems.empty()) return std::unexpected(std::move(problems));
    return value(std::move(gathered));
}

void document_request(Route::Documentation& documentation, std::string_view path, std::span<const BoundField> fields,
                      object& definitions, const value& schema, bool from_body) {
    std::vector<std::string> in_path;
    for (const BoundField& field : fields) {
        const bool is_path = path.find("{" + std::string(field.name) + "}") != std::string_view::npos;
        if (!is_path && from_body) continue;
        Route::Parameter parameter{.name = std::string(field.name),
                                   .required = field.required,
                                   .schema = property(definitions, schema, field.name)};
        if (is_path) in_path.emplace_back(field.name);
        (is_path ? documentation.path : documentation.query).push_back(std::move(parameter));
    }
    if (!from_body || in_path.size() == fields.size()) return;
    documentation.body = in_path.empty() ? schema : without(definitions, schema, in_path);
    documentation.body_required = std::ranges::any_of(fields, [&](const BoundField& field) {
        return field.required && std::ranges::find(in_path, field.name) == in_path.end();
    });
}

}  // namespace tally::detail
