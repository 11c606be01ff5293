#include "tally/base/log_line.hpp"

#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "tally/base/text.hpp"

namespace tally::log {
namespace {

std::string_view name(Level level) {
    switch (level) {
        case Level::debug:
            return "debug";
        case Level::info:
            return "info";
        case Level::warning:
            return "warning";
        case Level::error:
            return "error";
        case Level::off:
            break;
    }
    return "off";
}

void append_escaped(std::string& line, char c) {
    switch (c) {
        case '"':
            line += "\\\"";
            break;
        case '\\':
            line += "\\\\";
            break;
        case '\n':
            line += "\\n";
            break;
        case '\r':
            line += "\\r";
            break;
        case '\t':
            line += "\\t";
            break;
        default:
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
                fmt::format_to(std::back_inserter(line), "\\u{:04x}", static_cast<unsigned>(c));
            else
                line += c;
    }
}

/// A terminal obeys C1 controls, and some readers of lines break them at U+2028 and U+2029.
void append_character(std::string& line, std::string_view character) {
    const auto byte = [character](std::size_t i) { return static_cast<unsigned>(character[i]) & 0xFF; };
    if (character.size() == 1)
        append_escaped(line, character.front());
    else if (character.size() == 2 && byte(0) == 0xC2 && byte(1) < 0xA0)
        fmt::format_to(std::back_inserter(line), "\\u{:04x}", byte(1));
    else if (character == "\u2028")
        line += "\\u2028";
    else if (character == "\u2029")
        line += "\\u2029";
    else
        line += character;
}

void append_string(std::string& line, std::string_view text) {
    line += '"';
    while (!text.empty()) {
        const std::size_t length = utf8_character(text);
        if (length == 0)
            line += "\uFFFD";
        else
            append_character(line, text.substr(0, length));
        text.remove_prefix(length == 0 ? 1 : length);
    }
    line += '"';
}

void append(std::string& line, std::string_view value) { append_string(line, value); }
void append(std::string& line, std::int64_t value) { fmt::format_to(std::back_inserter(line), "{}", value); }
void append(std::string& line, bool value) { line += value ? "true" : "false"; }
void append(std::string& line, double value) {
    if (std::isfinite(value))
        fmt::format_to(std::back_inserter(line), "{}", value);
    else
        line += "null";
}

}  // namespace

std::string json_line(Timestamp at, Level level, std::string_view service, std::string_view message, Fields fields) {
    std::string line = fmt::format(R"({{"time":"{}","level":"{}","service":)", to_text(at), name(level));
    append_string(line, service);
    line += ",\"message\":";
    append_string(line, message);
    for (const Field& field : fields) {
        line += ',';
        append_string(line, field.name);
        line += ':';
        std::visit([&line](auto value) { append(line, value); }, field.value);
    }
    line += '}';
    return line;
}

}  // namespace tally::log
