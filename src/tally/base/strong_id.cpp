#include "tally/base/strong_id.hpp"

#include <algorithm>

namespace tally {

bool is_id_text(std::string_view text) {
    auto allowed = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view("._~:-").contains(c);
    };
    return !text.empty() && text.size() <= 128 && std::ranges::all_of(text, allowed);
}

}  // namespace tally
