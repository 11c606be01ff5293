#include "services/notifications/mail.hpp"

#include <algorithm>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace tally::notifications {
namespace {

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
}

/// C0, DEL and C1 (in UTF-8: C2 80 to C2 9F) become blanks.
std::string in_one_line(std::string_view text) {
    std::string line;
    line.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_c1 = text[i] == '\xC2' && i + 1 < text.size() && text[i + 1] >= '\x80' && text[i + 1] <= '\x9F';
        if (is_c1) ++i;
        line += is_c1 || is_control(text[i]) ? ' ' : text[i];
    }
    return line;
}

/// RFC 5322 §3.2.4.
std::string quoted(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : in_one_line(text)) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

/// RFC 5322 §3.2.3, with the letters of RFC 6532.
bool is_dot_atom(std::string_view text) {
    constexpr std::string_view specials = "()<>[]:;@\\,\" ";
    if (text.empty() || text.front() == '.' || text.back() == '.' || text.contains("..")) return false;
    return std::ranges::none_of(text, [&](char c) { return specials.contains(c); });
}

/// RFC 5322 §3.2.4.
bool is_quoted_string(std::string_view text) {
    if (text.size() < 3 || text.front() != '"' || text.back() != '"') return false;
    text = text.substr(1, text.size() - 2);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') return false;
        if (text[i] == '\\' && ++i == text.size()) return false;
    }
    return true;
}

/// RFC 5322 §3.4.1: one mailbox, whatever reads it.
bool is_one_mailbox(std::string_view address) {
    const std::size_t at = address.rfind('@');
    if (at == std::string_view::npos || in_one_line(address) != address) return false;
    const std::string_view local = address.substr(0, at);
    return (is_dot_atom(local) || is_quoted_string(local)) && is_dot_atom(address.substr(at + 1));
}

std::string date_of(Timestamp at) {
    return fmt::format("{:%a, %d %b %Y %H:%M:%S} +0000", std::chrono::floor<std::chrono::seconds>(at));
}

}  // namespace

Result<std::string> message_of(const Mail& mail) {
    if (!is_one_mailbox(mail.address))
        return fail(ErrorCode::rejected, "the address is not that of one mailbox: ask the customer for another");
    std::string message;
    const auto add = [&](std::string_view name, std::string_view value) {
        message += fmt::format("{}: {}\n", name, value);
    };
    add("Date", date_of(mail.date));
    add("From", "Tallystick <shop@localhost>");
    add("To", mail.name.empty() ? mail.address : fmt::format("{} <{}>", quoted(mail.name), mail.address));
    add("Subject", in_one_line(mail.subject));
    add("Message-ID", fmt::format("<{}@tallystick.invalid>", mail.id.text()));
    add("Auto-Submitted", "auto-generated");  // RFC 3834: nobody's holiday answers it
    add("MIME-Version", "1.0");
    add("Content-Type", "text/plain; charset=utf-8");
    add("Content-Transfer-Encoding", "8bit");
    return message + '\n' + mail.body;
}

}  // namespace tally::notifications
