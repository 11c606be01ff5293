#include "tally/security/subject.hpp"

#include <fmt/format.h>

#include "tally/base/strong_id.hpp"

namespace tally {

Result<void> check_subject(std::string_view subject) {
    if (is_id_text(subject)) return {};
    return fail(ErrorCode::invalid, "a subject is an id: 1 to 128 characters of A-Z a-z 0-9 . _ ~ : -");
}

std::unexpected<Error> unknown_subject(std::string_view subject) {
    return fail(ErrorCode::not_found,
                fmt::format("the key ring has never had a key of {}: put back its newest copy, or "
                            "the one that belongs to these stores",
                            subject));
}

}  // namespace tally
