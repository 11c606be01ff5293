#pragma once

#include <string>
#include <string_view>

#include "tally/net/http_message.hpp"

namespace tally {

/// First line and header fields of a message as bytes (RFC 9112 §§2–6), with the fields that frame it: a message's own
/// Content-Length, Transfer-Encoding and Connection, and a request's own Host, are left out.
///
/// Control characters are percent-encoded, so that no value ends its line; names that are no tokens are left out.
[[nodiscard]] std::string request_head(const HttpRequest& request, std::string_view host);
[[nodiscard]] std::string response_head(const HttpResponse& response, bool keep_alive);

}  // namespace tally
