#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tally {

/// The bytes (1–4) of the valid UTF-8 character that `text` begins with; 0 when it begins with none.
[[nodiscard]] std::size_t utf8_character(std::string_view text);
/// True for valid UTF-8 (Unicode 15 §3.9: no overlong form, no surrogate) without NUL: what may enter the system.
[[nodiscard]] bool is_clean_text(std::string_view text);
/// True for 1 to `longest` visible ASCII characters (U+0021–U+007E).
[[nodiscard]] bool is_visible_ascii(std::string_view text, std::size_t longest);

/// ASCII only, whatever the locale.
[[nodiscard]] std::string to_upper(std::string_view text);
[[nodiscard]] std::string to_lower(std::string_view text);

/// Base64 with the URL alphabet and without padding (RFC 4648 §5).
[[nodiscard]] std::string to_base64url(std::string_view bytes);
/// False for anything that `to_base64url` does not write, non-zero unused bits included.
[[nodiscard]] bool from_base64url(std::string_view text, std::string& bytes);

}  // namespace tally
