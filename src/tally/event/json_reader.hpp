#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

namespace tally {

struct Problem;

/// What a JSON text may not exceed (reliability.md §3).
struct JsonLimits {
    std::size_t depth = 32;
    std::size_t keys = 10'000;             ///< members of all objects together
    std::size_t string_bytes = 64 * 1024;  ///< of one string or key

    /// For our own events: an order may have thousands of lines.
    [[nodiscard]] static JsonLimits own_events() { return {.depth = 32, .keys = 200'000, .string_bytes = 512 * 1024}; }
};

/// A strict reading of RFC 8259: one value, UTF-8 without NUL or unpaired surrogates, no byte order mark, no duplicate
/// keys, numbers that fit (integers exactly in 64 bits, otherwise a finite double).
[[nodiscard]] std::expected<boost::json::value, std::vector<Problem>> read_json(std::string_view text,
                                                                                const JsonLimits& limits = {});

/// JSON that passes through unread, such as the data of any event in a list of events. The text is valid JSON.
struct RawJson {
    std::string text = "null";
    friend bool operator==(const RawJson&, const RawJson&) = default;
};

}  // namespace tally
