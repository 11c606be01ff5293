#include "tally/net/message_head.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>

#include "tally/base/text.hpp"

namespace tally {
namespace {

bool is_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return c > ' ' && c < '\x7f' && !std::string_view("\"(),/:;<=>?@[\\]{}").contains(c);
    });
}

bool frames(std::string_view name) {
    constexpr std::array<std::string_view, 4> framing{"content-length", "transfer-encoding", "connection", "host"};
    return std::ranges::find(framing, to_lower(name)) != framing.end();
}

void append_safe(std::string& head, std::string_view text, bool blanks) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool control = byte < ' ' ? c != '\t' || !blanks : byte == 0x7f || (c == ' ' && !blanks);
        if (control)
            fmt::format_to(std::back_inserter(head), "%{:02X}", byte);
        else
            head.push_back(c);
    }
}

void append_fields(std::string& head, const Headers& headers) {
    for (const auto& [name, value] : headers) {
        if (!is_name(name) || frames(name)) continue;
        head += name;
        head += ": ";
        append_safe(head, value, true);
        head += "\r\n";
    }
}

void append_length(std::string& head, std::size_t length) {
    fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", length);
}

std::string_view reason(int status) {
    static constexpr std::pair<int, std::string_view> reasons[]{
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {207, "Multi-Status"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {422, "Unprocessable Content"},
        {428, "Precondition Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {507, "Insufficient Storage"},
    };
    const auto found = std::ranges::find(reasons, status, &std::pair<int, std::string_view>::first);
    return found == std::end(reasons) ? "" : found->second;
}

}  // namespace

std::string request_head(const HttpRequest& request, std::string_view host) {
    std::string head(name(request.method));
    head += ' ';
    append_safe(head, request.target, false);
    head += " HTTP/1.1\r\nHost: ";
    append_safe(head, host, false);
    head += "\r\n";
    append_fields(head, request.headers);
    const bool bears_content = request.method == Method::post || request.method == Method::put ||
                               request.method == Method::patch || !request.body.empty();
    if (bears_content) append_length(head, request.body.size());
    head += "\r\n";
    return head;
}

std::string response_head(const HttpResponse& response, bool keep_alive) {
    std::string head = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason(response.status));
    append_fields(head, response.headers);
    if (response.status != 204 && response.status != 304) append_length(head, response.body.size());
    if (!keep_alive) head += "Connection: close\r\n";
    head += "\r\n";
    return head;
}

}  // namespace tally
