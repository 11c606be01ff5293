#pragma once

#include <string>

#include "tally/base/clock.hpp"
#include "tally/base/log.hpp"

namespace tally::log {

/// One JSON object without a line end. Control characters (C0, DEL, C1, line and paragraph separator) are escaped;
/// bytes that are no UTF-8 become U+FFFD; NaN and infinities become null.
[[nodiscard]] std::string json_line(Timestamp at, Level level, std::string_view service, std::string_view message,
                                    Fields fields);

}  // namespace tally::log
