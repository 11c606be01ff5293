#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/value.hpp>

#include "tally/event/json_walk.hpp"

namespace tally::detail {

/// Where a value stands: a chain of frames on the stack, spelled out only for a problem.
class JsonPath {
public:
    JsonPath() = default;
    [[nodiscard]] JsonPath member(std::string_view key) const { return {this, key, not_an_item}; }
    [[nodiscard]] JsonPath item(std::size_t index) const { return {this, {}, index}; }
    /// RFC 6901.
    [[nodiscard]] std::string pointer() const;

private:
    static constexpr std::size_t not_an_item = SIZE_MAX;
    JsonPath(const JsonPath* parent, std::string_view key, std::size_t index)
        : parent_(parent), key_(key), index_(index) {}
    void append_to(std::string& pointer) const;

    const JsonPath* parent_ = nullptr;
    std::string_view key_;
    std::size_t index_ = not_an_item;
};

/// One reading: what is expected of it, and what was found wrong so far.
struct JsonDecoding {
    UnknownFields unknown = UnknownFields::ignored;
    PersonalForm form = PersonalForm::sealed;
    ProblemList problems{};

    void add(const JsonPath& path, std::string_view code, std::string detail);
    void wrong_type(const JsonPath& path, std::string_view expected, const boost::json::value& found);
};

// Each reads one kind of value, or adds a problem and leaves `out` as it was.
void decode_bool(JsonDecoding& decoding, const JsonPath& path, const boost::json::value& json, bool& out);
void decode_double(JsonDecoding& decoding, const JsonPath& path, const boost::json::value& json, double& out);
void decode_timestamp(JsonDecoding& decoding, const JsonPath& path, const boost::json::value& json, Timestamp& out);
void decode_raw(const boost::json::value& json, RawJson& out);
/// Clean text, or null after adding a problem; the view is into `json`.
[[nodiscard]] std::optional<std::string_view> text_of(JsonDecoding& decoding, const JsonPath& path,
                                                      const boost::json::value& json);
/// Null after adding a problem.
[[nodiscard]] const boost::json::array* array_of(JsonDecoding& decoding, const JsonPath& path,
                                                 const boost::json::value& json);
[[nodiscard]] const boost::json::object* object_of(JsonDecoding& decoding, const JsonPath& path,
                                                   const boost::json::value& json);
[[nodiscard]] bool is_clean_key(JsonDecoding& decoding, const JsonPath& path, std::string_view key);
void refuse_unknown(JsonDecoding& decoding, const JsonPath& path, const boost::json::object& object,
                    std::span<const std::string_view> known);
void out_of_range(JsonDecoding& decoding, const JsonPath& path, std::int64_t least, std::uint64_t most);
void refuse_name(JsonDecoding& decoding, const JsonPath& path, std::span<const std::string_view> known);

template <class T>
void decode_value(JsonDecoding& decoding, const JsonPath& path, const boost::json::value& json, T& out);

/// None after adding a problem.
template <class T>
[[nodiscard]] std::optional<T> integer_of(JsonDecoding& decoding, const JsonPath& path,
                                          const boost::json::value& json) {
    const auto* number = json.if_int64();
    const auto* large = json.if_uint64();
    if (number == nullptr && large == nullptr) {
        decoding.wrong_type(path, "an integer", json);
        return std::nullopt;
    }
    if (number != nullptr && std::in_range<T>(*number)) return static_cast<T>(*number);
    if (large != nullptr && std::in_range<T>(*large)) return static_cast<T>(*large);
    out_of_range(decoding, path, static_cast<std::int64_t>(std::numeric_limits<T>::min()),
                 static_cast<std::uint64_t>(std::numeric_limits<T>::max()));
    return std::nullopt;
}

template <class T>
void keep_valid(JsonDecoding& decoding, const JsonPath& path, Result<T> made, T& out) {
    if (made)
        out = std::move(*made);
    else
        decoding.add(path, problem_code::value, std::move(made.error().text));
}

template <class T>
void decode_enum(JsonDecoding& decoding, const JsonPath& path, const boost::json::value& json, T& out) {
    const auto text = text_of(decoding, path, json);
    if (!text) return;
    for (std::size_t i = 0; i < enum_names<T>.size(); ++i) {
        if (enum_names<T>[i] != *text) continue;
        out = enum_values<T>[i];
        return;
    }
    refuse_name(decoding, path, enum_names<T>);
}

template <class T>
void decode_list(JsonDecoding& decoding, const JsonPath& path, const boost::json::value& json, T& out) {
    const boost::json::array* array = array_of(decoding, path, json);
    if (array == nullptr) return;
    out.clear();
    out.reserve(array->size());
    for (std::size_t i = 0; i < array->size() && !decoding.problems.full(); ++i) {
        typename T::value_type item{};
        decode_value(decoding, path.item(i), (*array)[i], item);
        out.push_back(std::move(item));
    }
}

template <class T>
void decode_map(JsonDecoding& decoding, const JsonPath& path, const boost::json::value& json, T& out) {
    const boost::json::object* object = object_of(decoding, path, json);
    if (object == nullptr) return;
    out.clear();
    for (const auto& [key, value] : *object) {
        const JsonPath at = path.member(key);
        if (decoding.problems.full()) return;
        if (is_clean_key(decoding, at, key)) decode_value(decoding, at, value, out[std::string(key)]);
    }
}

template <class T>
void decode_struct(JsonDecoding& decoding, const JsonPath& path, const boost::json::value& json, T& out) {
    check_struct<T>();
    const boost::json::object* object = object_of(decoding, path, json);
    if (object == nullptr) return;
    std::size_t known = 0;
    for_each_member<T>([&](auto member) {
        using Member = MemberOf<T, decltype(member)>;
        const JsonPath at = path.member(member.name);
        const boost::json::value* value = object->if_contains(member.name);
        if (value != nullptr) {
            ++known;
            decode_value(decoding, at, *value, out.*member.pointer);
        } else if constexpr (is_optional<Member>) {
            (out.*member.pointer).reset();
        } else {
            decoding.add(at, problem_code::missing, "this member is required");
        }
    });
    if (decoding.unknown == UnknownFields::refused && known != object->size())
        refuse_unknown(decoding, path, *object, member_names<T>);
}

/// Whoever refuses unknown members reads a command, where nothing can be erased yet.
template <class T>
void decode_personal(JsonDecoding& decoding, const JsonPath& path, const boost::json::value& json, T& out) {
    if (json.is_null() && (decoding.form == PersonalForm::sealed || decoding.unknown == UnknownFields::ignored)) {
        out = T();
        return;
    }
    if (decoding.form == PersonalForm::sealed) {
        Sealed sealed;
        if (json.is_object())
            decode_value(decoding, path, json, sealed);
        else
            decoding.wrong_type(path, "personal data under seal", json);
        out = std::move(sealed);
    } else {
        typename T::Value plain{};
        decode_value(decoding, path, json, plain);
        out = std::move(plain);
    }
}

/// Reads any type by its kind into `out`; adds what is wrong.
template <class T>
void decode_value(JsonDecoding& decoding, const JsonPath& path, const boost::json::value& json, T& out) {
    check_type<T>();
    static_assert(std::is_default_constructible_v<T>, "JSON: what is read needs a default constructor");
    constexpr JsonKind kind = json_kind<T>;
    if constexpr (kind == JsonKind::boolean) {
        decode_bool(decoding, path, json, out);
    } else if constexpr (kind == JsonKind::integer) {
        if (const auto number = integer_of<T>(decoding, path, json)) out = *number;
    } else if constexpr (kind == JsonKind::real) {
        decode_double(decoding, path, json, out);
    } else if constexpr (kind == JsonKind::text) {
        if (const auto text = text_of(decoding, path, json)) out = *text;
    } else if constexpr (kind == JsonKind::timestamp) {
        decode_timestamp(decoding, path, json, out);
    } else if constexpr (kind == JsonKind::money) {
        MoneyOnWire wire;
        decode_struct(decoding, path, json, wire);
        if (!wire.amount.digits.empty()) keep_valid(decoding, path.member("amount"), wire.money(), out);
    } else if constexpr (kind == JsonKind::raw) {
        decode_raw(json, out);
    } else if constexpr (kind == JsonKind::text_value) {
        if (const auto text = text_of(decoding, path, json)) keep_valid(decoding, path, T::parse(*text), out);
    } else if constexpr (kind == JsonKind::integer_value) {
        if (const auto number = integer_of<std::int64_t>(decoding, path, json))
            keep_valid(decoding, path, T::of(*number), out);
    } else if constexpr (kind == JsonKind::enumeration) {
        decode_enum(decoding, path, json, out);
    } else if constexpr (kind == JsonKind::optional) {
        out.reset();
        if (!json.is_null()) decode_value(decoding, path, json, out.emplace());
    } else if constexpr (kind == JsonKind::list) {
        decode_list(decoding, path, json, out);
    } else if constexpr (kind == JsonKind::map) {
        decode_map(decoding, path, json, out);
    } else if constexpr (kind == JsonKind::structure) {
        decode_struct(decoding, path, json, out);
    } else if constexpr (kind == JsonKind::personal) {
        decode_personal(decoding, path, json, out);
    }
}

}  // namespace tally::detail
