#include "services/values/contact.hpp"

#include "tally/base/text.hpp"

namespace tally {
namespace {

constexpr std::size_t most_characters = 100;
constexpr std::size_t most_mail_bytes = 254;  // RFC 5321 §4.5.3.1.3, without the brackets

/// C0, DEL and C1 (U+0080–U+009F).
bool is_control(std::string_view character) {
    const auto first = static_cast<unsigned char>(character.front());
    if (first < 0x20 || first == 0x7F) return true;
    return first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
}

/// None where something is no UTF-8 or a control character.
std::optional<std::size_t> printable_characters(std::string_view text) {
    std::size_t count = 0;
    while (!text.empty()) {
        const std::size_t bytes = utf8_character(text);
        if (bytes == 0 || is_control(text.substr(0, bytes))) return std::nullopt;
        text.remove_prefix(bytes);
        ++count;
    }
    return count;
}

}  // namespace

Result<LabelLine> LabelLine::parse(std::string_view text) {
    const auto characters = printable_characters(text);
    if (!characters || *characters == 0 || *characters > most_characters || text.front() == ' ' || text.back() == ' ')
        return fail(ErrorCode::invalid,
                    "this is one line: 1 to 100 characters, no control characters, no blank at either end");
    return LabelLine(std::string(text));
}

Result<EmailAddress> EmailAddress::parse(std::string_view text) {
    const std::size_t at = text.rfind('@');
    const bool is_split = at != std::string_view::npos && at > 0 && at + 1 < text.size();
    if (!is_split || text.size() > most_mail_bytes || text.contains(' ') || !printable_characters(text))
        return fail(ErrorCode::invalid, "a mail address is name@domain, without blanks, in at most 254 bytes");
    return EmailAddress(std::string(text));
}

}  // namespace tally
