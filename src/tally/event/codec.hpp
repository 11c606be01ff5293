#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/value.hpp>

#include "tally/event/json_decode.hpp"
#include "tally/event/json_encode.hpp"
#include "tally/event/json_reader.hpp"
#include "tally/event/json_schema.hpp"

namespace tally {

template <class T>
using Decoded = std::expected<T, Problems>;

/// Reads a T from JSON and says everything that is wrong with it, not just the first thing.
///
/// Readable and writable are: structs with BOOST_DESCRIBE_STRUCT of all their members (member names are JSON names;
/// std::optional members may be missing or null; no bases), enums with BOOST_DESCRIBE_ENUM (by name), bool, integers
/// (exactly, in range), double (finite), std::string (clean UTF-8), std::vector, std::map<std::string, T>,
/// std::optional, Timestamp, Money, RawJson, Personal, and value types: with `static Result<T> parse(std::string_view)`
/// and `text()` (a JSON string; optional constants `json_pattern`, `json_format`), or with `static Result<T>
/// of(std::int64_t)` and `value()` (a JSON integer; optional constants `least`, `most`). Duplicate keys, NUL and
/// unpaired surrogates are refused; so is what exceeds JsonLimits.
template <class T>
[[nodiscard]] Decoded<T> decode(std::string_view json, UnknownFields unknown, const JsonLimits& limits = {},
                                PersonalForm form = PersonalForm::sealed);
/// From a value that was read before. (A template, so that a literal is taken as text.)
template <class T, std::same_as<boost::json::value> Json>
[[nodiscard]] Decoded<T> decode(const Json& json, UnknownFields unknown, PersonalForm form = PersonalForm::sealed);

/// Compact JSON with the members in their declared order and absent optionals left out: equal values, equal bytes.
/// Throws std::logic_error for what `decode` would not read back: text that is not clean UTF-8, a double that is not
/// finite, an enum value without a name; and for plain personal data in the sealed form.
template <class T>
[[nodiscard]] std::string encode(const T& value, PersonalForm form = PersonalForm::sealed);
template <class T>
void encode_to(std::string& out, const T& value, PersonalForm form = PersonalForm::sealed);

/// JSON Schema (2020-12) of what `decode` accepts, from the same walk; described structs and enums are `$ref`s into
/// `definitions`, which gains them by name (of the event type, or of the struct without its namespace). With unknown
/// fields refused, structs get `additionalProperties: false`, unless `definitions` needs them for readers that ignore
/// such fields as well. Throws std::logic_error for two different types of one name.
template <class T>
[[nodiscard]] boost::json::value json_schema(boost::json::object& definitions, std::string_view ref_prefix,
                                             UnknownFields unknown = UnknownFields::ignored,
                                             PersonalForm form = PersonalForm::sealed);

template <class T>
Decoded<T> decode(std::string_view json, UnknownFields unknown, const JsonLimits& limits, PersonalForm form) {
    auto value = read_json(json, limits);
    if (!value) return std::unexpected(std::move(value.error()));
    return decode<T>(*value, unknown, form);
}

template <class T, std::same_as<boost::json::value> Json>
Decoded<T> decode(const Json& json, UnknownFields unknown, PersonalForm form) {
    detail::JsonDecoding decoding{unknown, form};
    T value{};
    detail::decode_value(decoding, {}, json, value);
    if (!decoding.problems.empty()) return std::unexpected(decoding.problems.take());
    return value;
}

template <class T>
std::string encode(const T& value, PersonalForm form) {
    std::string text;
    encode_to(text, value, form);
    return text;
}

template <class T>
void encode_to(std::string& out, const T& value, PersonalForm form) {
    detail::encode_value(out, value, form);
}

template <class T>
boost::json::value json_schema(boost::json::object& definitions, std::string_view ref_prefix, UnknownFields unknown,
                               PersonalForm form) {
    const detail::SchemaUse use{definitions, ref_prefix, unknown, form};
    detail::define<T>(use);
    return detail::schema_of<T>(use);
}

}  // namespace tally
