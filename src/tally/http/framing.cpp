#include "tally/http/framing.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "tally/base/text.hpp"

namespace tally::detail {
namespace {

template <class T>
using Checked = std::expected<T, Refusal>;

std::unexpected<Refusal> malformed(std::string detail) {
    return std::unexpected(Refusal{"invalid-request", "framing", std::move(detail)});
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/// RFC 9110 §5.6.2
bool is_token(std::string_view text) {
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return !text.empty() &&
           std::ranges::all_of(text, [&](char c) { return is_digit(c) || is_letter(c) || others.contains(c); });
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view blanks = " \t";
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

struct RequestLine {
    std::string_view method, target, version;
};

Checked<RequestLine> split_request_line(std::string_view line) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return malformed("the request line has three parts");
    RequestLine parts{line.substr(0, first), line.substr(first + 1, last - first - 1), line.substr(last + 1)};
    if (!is_token(parts.method)) return malformed("the method is no token");
    if (parts.version != "HTTP/1.1" && parts.version != "HTTP/1.0") return malformed("the version is HTTP/1.1");
    const bool visible = std::ranges::all_of(parts.target, [](char c) { return c > ' ' && c < '\x7f'; });
    if (parts.target.empty() || !visible || parts.target.find_first_of("#\\") != std::string_view::npos)
        return malformed("the target has characters that belong percent-encoded");
    return parts;
}

Checked<Method> method_of(std::string_view text) {
    constexpr std::array known{Method::get,   Method::head,    Method::post,   Method::put,
                               Method::patch, Method::delete_, Method::options};
    const auto found = std::ranges::find(known, text, [](Method each) { return name(each); });
    if (found != known.end()) return *found;
    if (text == "CONNECT" || std::ranges::any_of(text, [](char c) { return c >= 'a' && c <= 'z'; }))
        return std::unexpected(Refusal{"not-implemented", "method", "methods are GET, POST and so on, in capitals"});
    return Method::other;
}

/// The fields that frame a message; all others are only looked at one by one.
struct Fields {
    std::vector<std::string_view> host, content_length, transfer_encoding, expect, connection;

    void add(std::string_view name, std::string_view value) {
        const std::string lower = to_lower(name);
        if (lower == "host") host.push_back(value);
        if (lower == "content-length") content_length.push_back(value);
        if (lower == "transfer-encoding") transfer_encoding.push_back(value);
        if (lower == "expect") expect.push_back(value);
        if (lower == "connection") connection.push_back(value);
    }
};

Checked<Fields> split_fields(std::string_view lines, const FramingLimits& limits) {
    Fields fields;
    std::size_t count = 0;
    while (lines != "\r\n") {
        const auto end = lines.find("\r\n");
        const std::string_view line = lines.substr(0, end);
        lines.remove_prefix(end + 2);
        if (++count > limits.header_fields)
            return std::unexpected(Refusal{"header-too-large", "header_too_large",
                                           fmt::format("at most {} header fields", limits.header_fields)});
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
            return malformed("a header field is a name, a colon and a value on one line");
        const std::string_view value = trim(line.substr(colon + 1));
        const bool control = std::ranges::any_of(
            value, [](char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f'; });
        if (control || !is_clean_text(value)) return malformed("a header field has control characters or no UTF-8");
        fields.add(line.substr(0, colon), value);
    }
    return fields;
}

/// `name`, `name:port`, `[address]:port`: less than RFC 3986 allows, and all that names hosts.
bool is_host(std::string_view text) {
    const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
    if (bracket == std::string_view::npos) return false;
    const std::size_t colon = text.find(':', bracket);
    if (colon != std::string_view::npos) {
        const std::string_view port = text.substr(colon + 1);
        if (port.empty() || port.size() > 5 || !std::ranges::all_of(port, is_digit)) return false;
    }
    const std::string_view host = text.substr(0, colon);
    if (bracket > 0)
        return host.size() == bracket + 1 && bracket > 1 &&
               host.substr(1, bracket - 1).find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
    return !host.empty() && std::ranges::all_of(host, [](char c) {
        return is_digit(c) || is_letter(c) || c == '-' || c == '.' || c == '_';
    });
}

/// The target without scheme and host.
Checked<std::string_view> target_of(const RequestLine& line, const Fields& fields) {
    if (fields.host.size() > 1) return malformed("there is one Host");
    if (fields.host.empty() && line.version == "HTTP/1.1") return malformed("there is no Host");
    if (!fields.host.empty() && !is_host(fields.host.front()))
        return malformed("Host is a name or address, and a port");
    if (line.target.starts_with('/') || (line.target == "*" && line.method == "OPTIONS")) return line.target;

    constexpr std::string_view scheme = "http://";
    if (to_lower(line.target.substr(0, scheme.size())) != scheme) return malformed("the target begins with a slash");
    const std::string_view rest = line.target.substr(scheme.size());
    const std::string_view host = rest.substr(0, rest.find_first_of("/?"));
    const std::string_view path = rest.substr(host.size());
    if (!is_host(host)) return malformed("the target's host is a name or address, and a port");
    if (!fields.host.empty() && to_lower(host) != to_lower(fields.host.front()))
        return malformed("Host is another one than the target's");
    if (path.empty()) return "/";
    if (path.starts_with('?')) return malformed("the target has no path");
    return path;
}

Checked<std::uint64_t> content_length(const Fields& fields, const FramingLimits& limits) {
    if (fields.content_length.empty()) return 0;
    if (fields.content_length.size() > 1) return malformed("there is one Content-Length");
    const std::string_view text = fields.content_length.front();
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    const bool plain = std::ranges::all_of(text, is_digit) && (text == "0" || !text.starts_with('0'));
    if (error != std::errc() || end != text.data() + text.size() || !plain)
        return malformed("Content-Length is a decimal number");
    if (length > limits.body)
        return std::unexpected(Refusal{"too-large", "body_too_large", fmt::format("at most {} bytes", limits.body)});
    return length;
}

Checked<bool> is_chunked(const RequestLine& line, const Fields& fields) {
    if (fields.transfer_encoding.empty()) return false;
    if (line.version == "HTTP/1.0") return malformed("HTTP/1.0 has no Transfer-Encoding");
    if (!fields.content_length.empty()) return malformed("Transfer-Encoding and Content-Length exclude each other");
    if (fields.transfer_encoding.size() > 1 || to_lower(fields.transfer_encoding.front()) != "chunked")
        return malformed("Transfer-Encoding is chunked");
    return true;
}

/// RFC 9110 §10.1.1
Checked<bool> expects_continue(const RequestLine& line, const Fields& fields) {
    if (fields.expect.empty() || line.version == "HTTP/1.0") return false;
    if (fields.expect.size() == 1 && to_lower(fields.expect.front()) == "100-continue") return true;
    return std::unexpected(Refusal{"expectation-failed", "expectation", "only 100-continue can be expected"});
}

bool keeps_alive(const RequestLine& line, const Fields& fields) {
    if (line.version == "HTTP/1.0") return false;
    for (std::string_view list : fields.connection)
        while (!list.empty()) {
            const auto comma = std::min(list.find(','), list.size());
            if (to_lower(trim(list.substr(0, comma))) == "close") return false;
            list.remove_prefix(std::min(comma + 1, list.size()));
        }
    return true;
}

}  // namespace

std::expected<std::size_t, Refusal> header_size(std::string_view received, const FramingLimits& limits) {
    const std::string_view read = received.substr(0, limits.header_bytes);
    std::size_t line = 0;
    for (;;) {
        const auto end = read.find_first_of("\r\n", line);
        if (end == std::string_view::npos) break;
        const bool pair = read[end] == '\r' && (end + 1 == read.size() || read[end + 1] == '\n');
        if (!pair) return malformed("lines end with CR and LF");
        if (end + 1 == read.size()) break;
        if (end == 0) return malformed("an empty line stands before the request line");
        if (end == line) return end + 2;
        line = end + 2;
    }
    if (received.size() < limits.header_bytes) return 0;
    if (line == 0)
        return std::unexpected(
            Refusal{"target-too-long", "target_too_long", fmt::format("at most {} bytes", limits.target)});
    return std::unexpected(Refusal{"header-too-large", "header_too_large",
                                   fmt::format("a header has at most {} bytes", limits.header_bytes)});
}

std::expected<Framing, Refusal> check_framing(std::string_view block, const FramingLimits& limits) {
    const auto first_end = block.find("\r\n");
    const auto line = split_request_line(block.substr(0, first_end));
    if (!line) return std::unexpected(line.error());
    if (line->target.size() > limits.target)
        return std::unexpected(
            Refusal{"target-too-long", "target_too_long", fmt::format("at most {} bytes", limits.target)});
    const auto fields = split_fields(block.substr(first_end + 2), limits);
    if (!fields) return std::unexpected(fields.error());
    const auto method = method_of(line->method);
    if (!method) return std::unexpected(method.error());
    const auto target = target_of(*line, *fields);
    if (!target) return std::unexpected(target.error());
    const auto chunked = is_chunked(*line, *fields);
    if (!chunked) return std::unexpected(chunked.error());
    const auto length = content_length(*fields, limits);
    if (!length) return std::unexpected(length.error());
    const auto expects = expects_continue(*line, *fields);
    if (!expects) return std::unexpected(expects.error());
    return Framing{*method, *target, *length, *chunked, keeps_alive(*line, *fields), *expects};
}

}  // namespace tally::detail
