#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "tally/event/json_reader.hpp"
#include "tally/event/json_walk.hpp"

namespace tally {

/// What is wrong with one place of a JSON text.
struct Problem {
    std::string pointer;  ///< RFC 6901, from the root: `/lines/0/sku`
    std::string code;     ///< stable: `missing`, `type`, `value`, `unknown_field`, `duplicate_key`, `syntax`, `limit`
    std::string detail;   ///< for a person

    friend bool operator==(const Problem&, const Problem&) = default;
};
using Problems = std::vector<Problem>;

template <class T>
using Decoded = std::expected<T, Problems>;

/// All problems in one text: `/lines/0/sku: missing …; …`.
[[nodiscard]] std::string to_text(const Problems& problems);

/// What to do with members that the type does not have: events ignore them, commands refuse them.
enum class UnknownFields : std::uint8_t { ignored, refused };

/// Reads a T from JSON and says everything that is wrong with it, not just the first thing.
///
/// Readable and writable are: structs with BOOST_DESCRIBE_STRUCT (member names are JSON names; std::optional members
/// may be missing or null; bases are not walked), enums with BOOST_DESCRIBE_ENUM (by name), bool, integers (exactly, in
/// range), double (finite), std::string (clean UTF-8), std::vector, std::map<std::string, T>, std::optional, Timestamp,
/// Money, RawJson, and value types: with `static Result<T> parse(std::string_view)` and `text()` (a JSON string;
/// optional constants `json_pattern`, `json_format`), or with `static Result<T> of(std::int64_t)` and `value()` (a JSON
/// integer; optional constants `least`, `most`). Duplicate keys, NUL and unpaired surrogates are refused; so is what
/// exceeds JsonLimits.
template <class T>
[[nodiscard]] Decoded<T> decode(std::string_view json, UnknownFields unknown, const JsonLimits& limits = {});
template <class T>
[[nodiscard]] Decoded<T> decode(const boost::json::value& json, UnknownFields unknown);

/// Compact JSON with the members in their declared order and absent optionals left out: equal values, equal bytes.
template <class T>
[[nodiscard]] std::string encode(const T& value);
template <class T>
void encode_to(std::string& out, const T& value);

/// JSON Schema (2020-12) of what `decode` accepts, from the same walk; described structs and enums are `$ref`s into
/// `definitions`, which gains them by name.
template <class T>
[[nodiscard]] boost::json::value json_schema(boost::json::object& definitions, std::string_view ref_prefix);

}  // namespace tally
