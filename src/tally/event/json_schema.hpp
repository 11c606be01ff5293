#pragma once

#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <boost/core/type_name.hpp>
#include <boost/json/value.hpp>

#include "tally/event/event_type.hpp"
#include "tally/event/json_walk.hpp"

namespace tally::detail {

/// A type's name without its namespaces, as a key of definitions: `tally::Page<tally::orders::OrderView>` is
/// `Page_OrderView`.
[[nodiscard]] std::string definition_name(std::string_view cpp_name);

/// What a definition is made for.
struct SchemaUse {
    boost::json::object& definitions;
    std::string_view ref_prefix;
    UnknownFields unknown;
    PersonalForm form;
};

[[nodiscard]] boost::json::object ref_schema(std::string_view ref_prefix, std::string_view name);
[[nodiscard]] boost::json::object text_schema(std::string_view pattern, std::string_view format);
[[nodiscard]] boost::json::object integer_schema(std::int64_t least, std::uint64_t most);
[[nodiscard]] boost::json::object enum_schema(std::span<const std::string_view> names);
[[nodiscard]] boost::json::object or_null(boost::json::object schema);
/// Adds a definition, or loosens the one of that name for a use that ignores unknown members. True where the parts of
/// the type are still to be defined. Throws std::logic_error for another type of the same name.
[[nodiscard]] bool add_definition(const SchemaUse& use, std::string_view name, boost::json::object definition);

template <class T>
[[nodiscard]] std::string definition_name() {
    if constexpr (json_kind<T> == JsonKind::money)
        return "Money";
    else if constexpr (EventStruct<T>)
        return std::string(event_type<T>.name);
    else
        return definition_name(boost::core::type_name<T>());
}

template <class T>
[[nodiscard]] boost::json::object text_value_schema() {
    std::string_view pattern;
    std::string_view format;
    if constexpr (requires { T::json_pattern; }) pattern = T::json_pattern;
    if constexpr (requires { T::json_format; }) format = T::json_format;
    return text_schema(pattern, format);
}

template <class T>
[[nodiscard]] boost::json::object integer_value_schema() {
    std::int64_t least = std::numeric_limits<std::int64_t>::min();
    std::int64_t most = std::numeric_limits<std::int64_t>::max();
    if constexpr (requires { T::least; }) least = T::least;
    if constexpr (requires { T::most; }) most = T::most;
    return integer_schema(least, static_cast<std::uint64_t>(most));
}

/// The schema of T on its own level: structs, enums and money are references.
template <class T>
[[nodiscard]] boost::json::object schema_of(const SchemaUse& use) {
    check_type<T>();
    constexpr JsonKind kind = json_kind<T>;
    if constexpr (kind == JsonKind::boolean) {
        return {{"type", "boolean"}};
    } else if constexpr (kind == JsonKind::integer) {
        return integer_schema(static_cast<std::int64_t>(std::numeric_limits<T>::min()),
                              static_cast<std::uint64_t>(std::numeric_limits<T>::max()));
    } else if constexpr (kind == JsonKind::real) {
        return {{"type", "number"}};
    } else if constexpr (kind == JsonKind::text) {
        return text_schema({}, {});
    } else if constexpr (kind == JsonKind::timestamp) {
        return text_schema({}, "date-time");
    } else if constexpr (kind == JsonKind::raw) {
        return {};
    } else if constexpr (kind == JsonKind::text_value) {
        return text_value_schema<T>();
    } else if constexpr (kind == JsonKind::integer_value) {
        return integer_value_schema<T>();
    } else if constexpr (kind == JsonKind::optional) {
        return or_null(schema_of<typename T::value_type>(use));
    } else if constexpr (kind == JsonKind::list) {
        return {{"type", "array"}, {"items", schema_of<typename T::value_type>(use)}};
    } else if constexpr (kind == JsonKind::map) {
        return {{"type", "object"}, {"additionalProperties", schema_of<typename T::mapped_type>(use)}};
    } else if constexpr (kind == JsonKind::personal) {
        if (use.form == PersonalForm::sealed) return or_null(schema_of<Sealed>(use));
        auto plain = schema_of<typename T::Value>(use);
        return use.unknown == UnknownFields::refused ? plain : or_null(std::move(plain));
    } else {
        return ref_schema(use.ref_prefix, definition_name<T>());
    }
}

template <class T>
[[nodiscard]] boost::json::object struct_schema(const SchemaUse& use) {
    check_struct<T>();
    boost::json::object properties;
    boost::json::array required;
    for_each_member<T>([&](auto member) {
        using Member = MemberOf<T, decltype(member)>;
        properties.emplace(member.name, schema_of<Member>(use));
        if constexpr (!is_optional<Member>) required.emplace_back(member.name);
    });
    boost::json::object schema{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) schema.emplace("required", std::move(required));
    if (use.unknown == UnknownFields::refused) schema.emplace("additionalProperties", false);
    return schema;
}

/// Adds the definitions that `schema_of<T>` refers to.
template <class T>
void define(const SchemaUse& use) {
    constexpr JsonKind kind = json_kind<T>;
    if constexpr (kind == JsonKind::optional || kind == JsonKind::list) {
        define<typename T::value_type>(use);
    } else if constexpr (kind == JsonKind::map) {
        define<typename T::mapped_type>(use);
    } else if constexpr (kind == JsonKind::enumeration) {
        (void)add_definition(use, definition_name<T>(), enum_schema(enum_names<T>));
    } else if constexpr (kind == JsonKind::money) {
        (void)add_definition(use, definition_name<T>(), struct_schema<MoneyOnWire>(use));
    } else if constexpr (kind == JsonKind::personal) {
        if (use.form == PersonalForm::sealed)
            define<Sealed>(use);
        else
            define<typename T::Value>(use);
    } else if constexpr (kind == JsonKind::structure) {
        if (add_definition(use, definition_name<T>(), struct_schema<T>(use)))
            for_each_member<T>([&](auto member) { define<MemberOf<T, decltype(member)>>(use); });
    }
}

}  // namespace tally::detail
