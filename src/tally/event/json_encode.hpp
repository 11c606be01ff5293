#pragma once

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/value.hpp>

#include "tally/event/json_walk.hpp"

namespace tally::detail {

/// Throws std::logic_error for text that could not be read back: not UTF-8, or with NUL.
void append_string(std::string& out, std::string_view text);
void append_integer(std::string& out, std::int64_t number);
void append_integer(std::string& out, std::uint64_t number);
/// The shortest text that reads back as the same double. Throws std::logic_error for infinities and NaN.
void append_double(std::string& out, double number);
[[noreturn]] void refuse_plain();
/// Compact, members in the order of the object.
void append_json(std::string& out, const boost::json::value& value);

template <class T>
void encode_value(std::string& out, const T& value, PersonalForm form);

template <class T>
void encode_enum(std::string& out, const T& value) {
    const auto place = std::ranges::find(enum_values<T>, value);
    if (place == enum_values<T>.end()) throw std::logic_error("encode: an enum holds a number without a name");
    append_string(out, enum_names<T>[static_cast<std::size_t>(place - enum_values<T>.begin())]);
}

template <class T>
void encode_list(std::string& out, const T& list, PersonalForm form) {
    out += '[';
    bool first = true;
    for (const auto& item : list) {
        if (!std::exchange(first, false)) out += ',';
        encode_value<typename T::value_type>(out, item, form);
    }
    out += ']';
}

template <class T>
void encode_map(std::string& out, const T& map, PersonalForm form) {
    out += '{';
    bool first = true;
    for (const auto& [key, value] : map) {
        if (!std::exchange(first, false)) out += ',';
        append_string(out, key);
        out += ':';
        encode_value(out, value, form);
    }
    out += '}';
}

template <class T>
void encode_struct(std::string& out, const T& value, PersonalForm form) {
    check_struct<T>();
    out += '{';
    [[maybe_unused]] bool first = true;
    for_each_member<T>([&](auto member) {
        const auto& part = value.*member.pointer;
        if constexpr (is_optional<MemberOf<T, decltype(member)>>) {
            if (!part) return;
        }
        out += std::exchange(first, false) ? "\"" : ",\"";
        out += member.name;
        out += "\":";
        encode_value(out, part, form);
    });
    out += '}';
}

/// Throws std::logic_error for plain data where it is to be stored.
template <class T>
void encode_personal(std::string& out, const T& value, PersonalForm form) {
    if (value.erased()) {
        out += "null";
    } else if (const Sealed* sealed = value.sealed()) {
        encode_value(out, *sealed, form);
    } else {
        if (form == PersonalForm::sealed) refuse_plain();
        encode_value(out, *value.plain(), form);
    }
}

/// Appends any type by its kind.
template <class T>
void encode_value(std::string& out, const T& value, PersonalForm form) {
    check_type<T>();
    constexpr JsonKind kind = json_kind<T>;
    if constexpr (kind == JsonKind::boolean) {
        out += value ? "true" : "false";
    } else if constexpr (kind == JsonKind::integer) {
        append_integer(out, static_cast<std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>(value));
    } else if constexpr (kind == JsonKind::real) {
        append_double(out, value);
    } else if constexpr (kind == JsonKind::text) {
        append_string(out, value);
    } else if constexpr (kind == JsonKind::timestamp) {
        append_string(out, to_text(value));
    } else if constexpr (kind == JsonKind::money) {
        encode_struct(out, MoneyOnWire::from(value), form);
    } else if constexpr (kind == JsonKind::raw) {
        out += value.text;
    } else if constexpr (kind == JsonKind::text_value) {
        append_string(out, value.text());
    } else if constexpr (kind == JsonKind::integer_value) {
        append_integer(out, static_cast<std::int64_t>(value.value()));
    } else if constexpr (kind == JsonKind::enumeration) {
        encode_enum(out, value);
    } else if constexpr (kind == JsonKind::optional) {
        if (value)
            encode_value(out, *value, form);
        else
            out += "null";
    } else if constexpr (kind == JsonKind::list) {
        encode_list(out, value, form);
    } else if constexpr (kind == JsonKind::map) {
        encode_map(out, value, form);
    } else if constexpr (kind == JsonKind::structure) {
        encode_struct(out, value, form);
    } else if constexpr (kind == JsonKind::personal) {
        encode_personal(out, value, form);
    }
}

}  // namespace tally::detail
