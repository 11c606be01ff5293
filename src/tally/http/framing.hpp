#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "tally/net/http_message.hpp"

namespace tally::detail {

/// Why a request is refused before anything of it is acted on; nothing after it on its connection is read.
struct Refusal {
    std::string_view problem;  ///< slug of a platform problem
    std::string_view reason;   ///< label of `http_request_errors_total`
    std::string detail;
};

struct FramingLimits {
    std::size_t header_bytes = 16 * 1024;
    std::size_t header_fields = 100;
    std::size_t target = 8 * 1024;
    std::uint64_t body = 1024 * 1024;
};

/// Bytes of the header block that `received` begins with, its empty line included; 0 while more must come.
[[nodiscard]] std::expected<std::size_t, Refusal> header_size(std::string_view received, const FramingLimits& limits);

/// What a header block says about its message.
struct Framing {
    Method method = Method::other;
    std::string_view target;  ///< in origin-form, or `*`; a part of the block
    std::uint64_t content_length = 0;
    bool chunked = false;
    bool keep_alive = true;
    bool expects_continue = false;
};

/// Reads a whole header block (RFC 9112 §§2–6) and takes only what every reader must understand alike: no obsolete
/// line folding, one Host, one Content-Length or exactly `chunked`.
[[nodiscard]] std::expected<Framing, Refusal> check_framing(std::string_view block, const FramingLimits& limits);

}  // namespace tally::detail
