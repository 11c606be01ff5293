#include "tally/event/json_schema.hpp"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace tally::detail {
namespace {

namespace json = boost::json;

constexpr std::string_view anonymous = "(anonymous namespace)::";
constexpr std::string_view closed = "additionalProperties";

bool is_word(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

bool is_closed(const json::object& definition) {
    const json::value* more = definition.if_contains(closed);
    return more != nullptr && *more == json::value(false);
}

}  // namespace

std::string definition_name(std::string_view cpp_name) {
    std::string text(cpp_name);
    for (std::size_t at = text.find(anonymous); at != std::string::npos; at = text.find(anonymous))
        text.erase(at, anonymous.size());
    std::string name;
    std::string word;
    const auto end_word = [&] {
        if (!name.empty() && !word.empty()) name += '_';
        name += std::exchange(word, {});
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_word(text[i]))
            word += text[i];
        else if (text.compare(i, 2, "::") == 0)
            word.clear();
        else
            end_word();
    }
    end_word();
    return name;
}

json::object ref_schema(std::string_view ref_prefix, std::string_view name) {
    return {{"$ref", fmt::format("{}{}", ref_prefix, name)}};
}

json::object text_schema(std::string_view pattern, std::string_view format) {
    json::object schema{{"type", "string"}};
    if (!pattern.empty()) schema.emplace("pattern", pattern);
    if (!format.empty()) schema.emplace("format", format);
    return schema;
}

json::object integer_schema(std::int64_t least, std::uint64_t most) {
    json::object schema{{"type", "integer"}, {"minimum", least}};
    if (std::in_range<std::int64_t>(most))
        schema.emplace("maximum", static_cast<std::int64_t>(most));
    else
        schema.emplace("maximum", most);
    return schema;
}

json::object enum_schema(std::span<const std::string_view> names) {
    json::array values;
    for (const std::string_view name : names) values.emplace_back(name);
    return {{"type", "string"}, {"enum", std::move(values)}};
}

json::object or_null(json::object schema) {
    if (schema.empty()) return schema;
    json::value* type = schema.if_contains("type");
    if (type == nullptr) return {{"anyOf", json::array{std::move(schema), json::object{{"type", "null"}}}}};
    *type = json::array{std::move(*type), "null"};
    return schema;
}

bool add_definition(const SchemaUse& use, std::string_view name, json::object definition) {
    json::value* known = use.definitions.if_contains(name);
    if (known == nullptr) {
        use.definitions.emplace(name, std::move(definition));
        return true;
    }
    json::object& kept = known->as_object();
    json::object open_kept = kept;
    const bool was_closed = is_closed(kept);
    if (was_closed) open_kept.erase(closed);
    if (is_closed(definition)) definition.erase(closed);
    if (open_kept != definition)
        throw std::logic_error(fmt::format("JSON Schema: two different types are named {}; rename one", name));
    const bool loosens = was_closed && use.unknown == UnknownFields::ignored;
    if (loosens) kept = std::move(open_kept);
    return loosens;
}

}  // namespace tally::detail
