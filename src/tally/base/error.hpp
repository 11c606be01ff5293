#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace tally {

/// Why an operation did not succeed. The numbers are stable: they stand in logs, dead letters and HTTP problems.
enum class ErrorCode : std::uint16_t {
    // The caller's doing: the same call fails again.
    invalid = 100,      ///< malformed input
    not_found = 101,    ///< no such thing
    rejected = 102,     ///< a rule of the domain refuses it
    too_large = 103,    ///< over a stated limit
    unsupported = 104,  ///< an event type, schema version or operation that this binary does not know
    fenced = 105,       ///< another instance has taken over: drop what is in hand and reload
    // The surroundings' doing: the same call may succeed later.
    unavailable = 200,  ///< a dependency is down or unreachable
    timeout = 201,      ///< no answer in time; whether it happened is unknown
    overloaded = 202,   ///< too much is waiting already: try again later
    cancelled = 203,    ///< the caller or a shutdown ended it
    conflict = 204,     ///< something changed in between: reload and decide again
    // Damage: an operator must look.
    corrupt = 300,    ///< stored bytes are not what was written
    hole = 301,       ///< an event of a chain of deliveries is missing
    io = 302,         ///< the operating system refused a read or write
    disk_full = 303,  ///< no space left; reads still work
    locked = 304,     ///< another process owns the data folder
    restored = 305,   ///< a log is shorter than, or another one than, what a reader has already seen
    internal = 306,   ///< a bug
};

/// The name of a code, as it stands in logs and problem details: `not_found`.
[[nodiscard]] std::string_view name(ErrorCode code);

/// A failed operation: a stable code, and a text that says what happened and what the operator can do about it.
struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string text;

    /// True where the same call may succeed later without anybody changing anything.
    [[nodiscard]] bool retryable() const noexcept {
        return code >= ErrorCode::unavailable && code < ErrorCode::corrupt;
    }

    friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = std::expected<T, Error>;

/// `return fail(ErrorCode::not_found, "no order 536365");`
[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string text) {
    return std::unexpected(Error{code, std::move(text)});
}

}  // namespace tally
