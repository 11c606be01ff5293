#include "tally/event/seal.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "tally/base/strong_id.hpp"
#include "tally/base/text.hpp"

namespace tally::detail {
namespace {

/// For an error: which data it is about, without a word of it.
std::string name_of(const Sealed& sealed) {
    return fmt::format("personal data of {} (field {} of event {})", sealed.subject, sealed.field, sealed.event.text());
}

}  // namespace

Sealed seal_text(std::string_view json, const SivKey& key, const std::string& subject, const EventId& event,
                 std::string field) {
    const std::string sealed = siv_seal(key, json, {event.text(), field});
    return {.sealed = to_base64url(sealed), .subject = subject, .event = event, .field = std::move(field)};
}

Result<std::string> open_text(const Sealed& sealed, const SivKey& key) {
    std::string bytes;
    if (sealed.field.empty() || !from_base64url(sealed.sealed, bytes))
        return fail(ErrorCode::corrupt, name_of(sealed) + ": this is no sealed text");
    auto json = siv_open(key, bytes, {sealed.event.text(), sealed.field});
    if (!json) return fail(ErrorCode::corrupt, name_of(sealed) + ": " + json.error().text);
    return json;
}

std::unexpected<Error> not_readable(const Sealed& sealed, const Problems& problems) {
    // Where it is wrong and how, but not the problems' details: those could quote the data.
    return fail(ErrorCode::corrupt,
                fmt::format("{} is not of the kind that is read here ({})", name_of(sealed), problems.front().code));
}

void require_subject_of(const JsonPath& path, const Sealed* sealed, std::string_view subject) {
    if (!is_id_text(subject))
        throw std::logic_error(fmt::format(
            "{} is personal data: record it with an id of the person as RecordOptions::subject", path.pointer()));
    if (sealed != nullptr && sealed->subject != subject)
        throw std::logic_error(
            fmt::format("{} is personal data of {} in an event about {}: an event holds one person's", path.pointer(),
                        sealed->subject, subject));
}

}  // namespace tally::detail
