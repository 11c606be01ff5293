#pragma once

#include "tally/base/error.hpp"

namespace tally {

/// What a command ends with.
enum class ExitCode : int {
    ok = 0,
    failed = 1,       ///< what was asked for does not hold, or a rule refuses it
    usage = 2,        ///< arguments, configuration or input are wrong
    unavailable = 3,  ///< the data or a server cannot be reached
};

[[nodiscard]] ExitCode exit_code_of(ErrorCode code);
/// Tells the error on standard error; its exit code.
ExitCode report(const Error& error);

}  // namespace tally
