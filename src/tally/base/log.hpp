#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "tally/base/error.hpp"

namespace tally::log {

enum class Level : std::uint8_t { debug, info, warning, error, off };

/// A name and a value of a log line; the name is snake_case, with its unit where it has one (`duration_ms`).
struct Field {
    std::string_view name;
    std::variant<std::string_view, std::int64_t, double, bool> value;

    Field(std::string_view n, std::string_view v) : name(n), value(v) {}
    Field(std::string_view n, const std::string& v) : name(n), value(std::string_view(v)) {}
    Field(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
    Field(std::string_view n, bool v) : name(n), value(v) {}
    Field(std::string_view n, double v) : name(n), value(v) {}
    template <std::integral I>
    Field(std::string_view n, I v) : name(n), value(static_cast<std::int64_t>(v)) {}
};
using Fields = std::initializer_list<Field>;

/// Where lines go and from which level on. One JSON object a line: time, level, message, then the fields; every line of
/// a unit of work bears `correlation_id`. Control characters are escaped, so that one line stays one line.
///
/// A sink that blocks loses lines, counted in `log_lines_dropped_total`; it never blocks a loop.
struct Options {
    Level level = Level::info;
    std::string service = "tallystick";  ///< the field `service`
    std::string file;                    ///< empty: standard error
};
void configure(const Options& options);
/// Waits until what is queued is written, for 2 s at most: a blocked sink must not hinder the process from ending.
void flush();
/// Lines lost so far because the sink was slower than the program.
[[nodiscard]] std::uint64_t dropped();
[[nodiscard]] bool enabled(Level level);
/// Level by its name. Errors: invalid.
[[nodiscard]] Result<Level> parse_level(std::string_view name);

void write(Level level, std::string_view message, Fields fields);
inline void debug(std::string_view message, Fields fields = {}) { write(Level::debug, message, fields); }
inline void info(std::string_view message, Fields fields = {}) { write(Level::info, message, fields); }
inline void warning(std::string_view message, Fields fields = {}) { write(Level::warning, message, fields); }
inline void error(std::string_view message, Fields fields = {}) { write(Level::error, message, fields); }

}  // namespace tally::log
