#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "tally/base/error.hpp"
#include "tally/base/task.hpp"
#include "tally/store/types.hpp"

namespace tally {

/// Done, or why not. A retryable error is transient: the source pauses with backoff and nothing counts as an attempt.
/// Any other, and any exception, is poison: it is tried a few times, then kept for an operator.
using Handled = Result<void>;

/// Runs a handler; what it throws becomes an error, but for the cancellation of the task that runs it.
[[nodiscard]] Task<Handled> run_handler(std::function<Task<Handled>()> handler);

/// What is stored of an error's text: clean, and at most 2,000 bytes of it.
[[nodiscard]] std::string kept_text(std::string_view text);

/// Why a piece of work was not committed.
struct Failure {
    enum class Kind : std::uint8_t {
        transient,  ///< try again later; nobody's fault
        poison,     ///< what was handled, by its handler
        conflict,   ///< somebody else wrote what was read: decide again
        repeated,   ///< the events of several are there already; which, only one by one can tell
        refused,    ///< no store would accept these changes, however often
        fenced,     ///< another instance has taken over
    };
    Kind kind = Kind::transient;
    Error error;
};
/// Of a handler's error.
[[nodiscard]] Failure failure_of(Error error);
/// Of a commit that did not happen; whether it was fenced, only its caller can tell.
[[nodiscard]] Failure failure_of(CommitFailure failure);

}  // namespace tally
