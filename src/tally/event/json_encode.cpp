#include "tally/event/json_encode.hpp"

#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "tally/base/text.hpp"

namespace tally::detail {
namespace {

namespace json = boost::json;

/// RFC 8259 §7: only quotes, backslashes and control characters need an escape.
void append_escape(std::string& out, char c) {
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\b':
            out += "\\b";
            return;
        case '\f':
            out += "\\f";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    }
}

bool needs_escape(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

void append_array(std::string& out, const json::array& array) {
    char before = '[';
    for (const json::value& item : array) {
        out += std::exchange(before, ',');
        append_json(out, item);
    }
    out += array.empty() ? "[]" : "]";
}

void append_object(std::string& out, const json::object& object) {
    char before = '{';
    for (const auto& member : object) {
        out += std::exchange(before, ',');
        append_string(out, member.key());
        out += ':';
        append_json(out, member.value());
    }
    out += object.empty() ? "{}" : "}";
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
    if (!is_clean_text(text)) throw std::logic_error("encode: text is not UTF-8, or holds U+0000");
    out += '"';
    std::size_t written = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!needs_escape(text[i])) continue;
        out += text.substr(written, i - written);
        append_escape(out, text[i]);
        written = i + 1;
    }
    out += text.substr(written);
    out += '"';
}

void append_integer(std::string& out, std::int64_t number) { fmt::format_to(std::back_inserter(out), "{}", number); }
void append_integer(std::string& out, std::uint64_t number) { fmt::format_to(std::back_inserter(out), "{}", number); }

void append_double(std::string& out, double number) {
    if (!std::isfinite(number)) throw std::logic_error("encode: JSON has no infinity and no NaN");
    const double unsigned_zero = number == 0 ? 0 : number;  // -0 equals 0, and equal values have equal bytes
    fmt::format_to(std::back_inserter(out), "{}", unsigned_zero);
}

void refuse_plain() {
    throw std::logic_error(
        "encode: personal data is stored under seal only; Session::record seals that of an event, and a document takes "
        "a copy from there");
}

void append_json(std::string& out, const json::value& value) {
    switch (value.kind()) {
        case json::kind::null:
            out += "null";
            return;
        case json::kind::bool_:
            out += value.get_bool() ? "true" : "false";
            return;
        case json::kind::int64:
            return append_integer(out, value.get_int64());
        case json::kind::uint64:
            return append_integer(out, value.get_uint64());
        case json::kind::double_:
            return append_double(out, value.get_double());
        case json::kind::string:
            return append_string(out, {value.get_string().data(), value.get_string().size()});
        case json::kind::array:
            return append_array(out, value.get_array());
        case json::kind::object:
            return append_object(out, value.get_object());
    }
}

}  // namespace tally::detail
