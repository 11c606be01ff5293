#include "services/values/sku.hpp"

#include <algorithm>

#include "tally/base/text.hpp"

namespace tally {

Result<Sku> Sku::parse(std::string_view text) {
    const bool printable = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
    if (text.empty() || text.size() > 64 || !printable || text.front() == ' ' || text.back() == ' ')
        return fail(ErrorCode::invalid,
                    "a stock code has 1 to 64 printable ASCII characters and no blank at either end");
    return Sku(to_upper(text));
}

}  // namespace tally
