#pragma once

#include <string_view>

#include "tally/event/seal.hpp"
#include "tally/http/principal.hpp"

namespace tally {

/// The scope that shows personal data of others; everybody sees what is sealed under their own id.
inline constexpr std::string_view personal_scope = "personal:read";

/// Opens in an answer what the principal may see, and makes the rest erased. Errors: those of open_personal.
template <class T>
[[nodiscard]] Task<Result<void>> show_personal(T& answer, const Principal& principal, KeyRing& keys) {
    if (!principal.may(personal_scope)) withhold_personal(answer, principal.id);
    co_return co_await open_personal(answer, keys);
}

}  // namespace tally
