#include "tally/event/json_decode.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tally/base/text.hpp"
#include "tally/event/json_encode.hpp"

namespace tally::detail {
namespace {

namespace json = boost::json;

constexpr std::string_view unclean = "text is UTF-8 without U+0000";

std::string_view describe(const json::value& value) {
    switch (value.kind()) {
        case json::kind::null:
            return "null";
        case json::kind::bool_:
            return "a boolean";
        case json::kind::int64:
        case json::kind::uint64:
            return "an integer";
        case json::kind::double_:
            return "a number with a fraction or an exponent";
        case json::kind::string:
            return "a string";
        case json::kind::array:
            return "an array";
        case json::kind::object:
            return "an object";
    }
    return "something else";
}

bool is_exact(double number, auto integer) {
    // 2^64 and -2^63 bound what can be cast back.
    return number < 0x1p64 && number >= -0x1p63 && static_cast<decltype(integer)>(number) == integer;
}

}  // namespace

std::string JsonPath::pointer() const {
    std::string text;
    append_to(text);
    return text;
}

void JsonPath::append_to(std::string& pointer) const {
    if (parent_ == nullptr) return;
    parent_->append_to(pointer);
    if (index_ == not_an_item)
        append_token(pointer, key_);
    else
        append_token(pointer, std::to_string(index_));
}

void JsonDecoding::add(const JsonPath& path, std::string_view code, std::string detail) {
    if (!problems.full()) problems.add(path.pointer(), code, std::move(detail));
}

void JsonDecoding::wrong_type(const JsonPath& path, std::string_view expected, const json::value& found) {
    add(path, problem_code::type, fmt::format("expected {}, found {}", expected, describe(found)));
}

void decode_bool(JsonDecoding& decoding, const JsonPath& path, const json::value& json, bool& out) {
    if (const bool* value = json.if_bool())
        out = *value;
    else
        decoding.wrong_type(path, "a boolean", json);
}

void decode_double(JsonDecoding& decoding, const JsonPath& path, const json::value& json, double& out) {
    if (const double* value = json.if_double()) {
        out = *value;
        return;
    }
    if (!json.is_number()) return decoding.wrong_type(path, "a number", json);
    const auto read = [&](auto integer) {
        const auto number = static_cast<double>(integer);
        if (is_exact(number, integer))
            out = number;
        else
            decoding.add(path, problem_code::value, "a double would round this integer");
    };
    if (json.is_int64())
        read(json.get_int64());
    else
        read(json.get_uint64());
}

void decode_timestamp(JsonDecoding& decoding, const JsonPath& path, const json::value& json, Timestamp& out) {
    if (const auto text = text_of(decoding, path, json)) keep_valid(decoding, path, parse_timestamp(*text), out);
}

void decode_raw(const json::value& json, RawJson& out) {
    out.text.clear();
    append_json(out.text, json);
}

std::optional<std::string_view> text_of(JsonDecoding& decoding, const JsonPath& path, const json::value& json) {
    const json::string* text = json.if_string();
    if (text == nullptr) {
        decoding.wrong_type(path, "a string", json);
        return std::nullopt;
    }
    const std::string_view view(text->data(), text->size());
    if (is_clean_text(view)) return view;
    decoding.add(path, problem_code::value, std::string(unclean));
    return std::nullopt;
}

const json::array* array_of(JsonDecoding& decoding, const JsonPath& path, const json::value& json) {
    if (!json.is_array()) decoding.wrong_type(path, "an array", json);
    return json.if_array();
}

const json::object* object_of(JsonDecoding& decoding, const JsonPath& path, const json::value& json) {
    if (!json.is_object()) decoding.wrong_type(path, "an object", json);
    return json.if_object();
}

bool is_clean_key(JsonDecoding& decoding, const JsonPath& path, std::string_view key) {
    if (is_clean_text(key)) return true;
    decoding.add(path, problem_code::value, std::string(unclean));
    return false;
}

void refuse_unknown(JsonDecoding& decoding, const JsonPath& path, const json::object& object,
                    std::span<const std::string_view> known) {
    for (const auto& member : object) {
        const std::string_view key = member.key();
        if (std::ranges::find(known, key) == known.end())
            decoding.add(path.member(key), problem_code::unknown_field, "there is no such member here");
    }
}

void out_of_range(JsonDecoding& decoding, const JsonPath& path, std::int64_t least, std::uint64_t most) {
    decoding.add(path, problem_code::value, fmt::format("expected an integer from {} to {}", least, most));
}

void refuse_name(JsonDecoding& decoding, const JsonPath& path, std::span<const std::string_view> known) {
    decoding.add(path, problem_code::value, fmt::format("expected one of {}", fmt::join(known, ", ")));
}

}  // namespace tally::detail
