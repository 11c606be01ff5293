#include "tally/base/error.hpp"

namespace tally {

std::string_view name(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid:
            return "invalid";
        case ErrorCode::not_found:
            return "not_found";
        case ErrorCode::rejected:
            return "rejected";
        case ErrorCode::too_large:
            return "too_large";
        case ErrorCode::unsupported:
            return "unsupported";
        case ErrorCode::fenced:
            return "fenced";
        case ErrorCode::unavailable:
            return "unavailable";
        case ErrorCode::timeout:
            return "timeout";
        case ErrorCode::overloaded:
            return "overloaded";
        case ErrorCode::cancelled:
            return "cancelled";
        case ErrorCode::conflict:
            return "conflict";
        case ErrorCode::corrupt:
            return "corrupt";
        case ErrorCode::hole:
            return "hole";
        case ErrorCode::io:
            return "io";
        case ErrorCode::disk_full:
            return "disk_full";
        case ErrorCode::locked:
            return "locked";
        case ErrorCode::restored:
            return "restored";
        case ErrorCode::internal:
            return "internal";
    }
    return "unknown";
}

}  // namespace tally
