#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "tally/event/json_problem.hpp"

namespace tally {

/// What a JSON text may not exceed (reliability.md §3).
struct JsonLimits {
    std::size_t depth = 32;
    std::size_t keys = 10'000;             ///< members of all objects together
    std::size_t string_bytes = 64 * 1024;  ///< of one string, key or number

    /// For our own events: an order may have thousands of lines.
    [[nodiscard]] static JsonLimits own_events() { return {.depth = 32, .keys = 200'000, .string_bytes = 512 * 1024}; }
};

/// What to do with members that the type does not have: events ignore them, commands refuse them.
enum class UnknownFields : std::uint8_t { ignored, refused };

/// A strict reading of RFC 8259: one value, UTF-8 without NUL or unpaired surrogates, no byte order mark, no duplicate
/// keys, numbers that fit (integers exactly in 64 bits, otherwise a finite double). Codes: syntax and limit, which end
/// the reading; duplicate_key and value (U+0000, numbers that do not fit), of which all are told.
[[nodiscard]] std::expected<boost::json::value, Problems> read_json(std::string_view text,
                                                                    const JsonLimits& limits = {});

/// JSON that passes through unread, such as the data of any event in a list of events. The text is valid JSON.
struct RawJson {
    std::string text = "null";
    friend bool operator==(const RawJson&, const RawJson&) = default;
};

}  // namespace tally
