#include "tallystick/exit_code.hpp"

#include <cstdio>

#include <fmt/format.h>

namespace tally {

ExitCode exit_code_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid:
        case ErrorCode::too_large:
        case ErrorCode::unsupported:
            return ExitCode::usage;
        case ErrorCode::not_found:
        case ErrorCode::rejected:
        case ErrorCode::fenced:
        case ErrorCode::conflict:
            return ExitCode::failed;
        default:
            return ExitCode::unavailable;
    }
}

ExitCode report(const Error& error) {
    fmt::print(stderr, "tallystick: {}\n", error.text);
    return exit_code_of(error.code);
}

}  // namespace tally
