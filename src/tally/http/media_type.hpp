#pragma once

#include "tally/net/http_message.hpp"

namespace tally::detail {

/// Whether the content is `application/json` in UTF-8 (RFC 9110 §8.3; a charset may be named, two types may not).
[[nodiscard]] bool is_json_content(const Headers& headers);
/// Whether an answer in `application/json` is welcome: the range that names it most closely decides (RFC 9110 §12.5.1).
[[nodiscard]] bool accepts_json(const Headers& headers);

}  // namespace tally::detail
