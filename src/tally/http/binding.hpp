#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "tally/event/codec.hpp"
#include "tally/http/routes.hpp"

namespace tally::detail {

/// How the text of a path or query value becomes JSON.
enum class Textual : std::uint8_t { text, integer, boolean, no };

struct BoundField {
    std::string_view name;
    Textual kind = Textual::text;
    bool required = true;
};

template <class T>
constexpr Textual textual_kind() {
    if constexpr (is_optional<T>)
        return textual_kind<typename T::value_type>();
    else if constexpr (json_kind<T> == JsonKind::boolean)
        return Textual::boolean;
    else if constexpr (json_kind<T> == JsonKind::integer || json_kind<T> == JsonKind::integer_value)
        return Textual::integer;
    else if constexpr (json_kind<T> == JsonKind::list || json_kind<T> == JsonKind::map ||
                       json_kind<T> == JsonKind::structure || json_kind<T> == JsonKind::money ||
                       json_kind<T> == JsonKind::personal)
        return Textual::no;
    else
        return Textual::text;
}

/// The members of a described request.
template <class Request>
std::span<const BoundField> bound_fields() {
    using Members = boost::describe::describe_members<Request, boost::describe::mod_any_access>;
    static const auto fields = [] {
        std::array<BoundField, boost::mp11::mp_size<Members>::value> list{};
        std::size_t i = 0;
        boost::mp11::mp_for_each<Members>([&](auto member) {
            using Type = std::remove_cvref_t<decltype(std::declval<Request>().*member.pointer)>;
            list[i++] = {member.name, textual_kind<Type>(), !is_optional<Type>};
        });
        return list;
    }();
    return fields;
}

/// One JSON object of a request's parts: path values, then the query's or the body's members. Problems: unknown_field,
/// duplicate_key (also for a member that stands in the path and the body), type (not a number, not true or false), and
/// those of the body's JSON.
[[nodiscard]] std::expected<boost::json::value, Problems> gather(const Route::Input& input,
                                                                 std::span<const BoundField> fields, bool from_body);

template <class Request>
[[nodiscard]] Decoded<Request> bind(const Route::Input& input, bool from_body) {
    auto gathered = gather(input, bound_fields<Request>(), from_body);
    if (!gathered) return std::unexpected(std::move(gathered.error()));
    return decode<Request>(*gathered, UnknownFields::refused, PersonalForm::plain);
}

/// Parameters and body of a route's documentation, from the schema of its request.
void document_request(Route::Documentation& documentation, std::string_view path, std::span<const BoundField> fields,
                      boost::json::object& definitions, const boost::json::value& schema, bool from_body);

}  // namespace tally::detail
