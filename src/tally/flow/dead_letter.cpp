#include "tally/flow/dead_letter.hpp"

#include <fmt/format.h>

namespace tally {

std::vector<IndexEntry> tally_indexes(const DeadLetter& letter) {
    std::vector<IndexEntry> entries;
    entries.push_back({std::string(dead_letters_by_key), IndexKey()
                                                             .text(letter.consumer)
                                                             .text(letter.topic)
                                                             .text(letter.key)
                                                             .number(static_cast<std::int64_t>(letter.position))
                                                             .bytes()});
    if (letter.state == DeadLetterState::redriving || letter.state == DeadLetterState::skipping)
        entries.push_back(
            {std::string(dead_letters_requested), IndexKey().text(letter.consumer).text(letter.topic).bytes()});
    return entries;
}

std::string dead_letter_key(std::string_view consumer, std::string_view topic, Position position) {
    return fmt::format("{}/{}/{:020}", consumer, topic, position);
}

std::string key_of(const DeadLetter& letter) { return dead_letter_key(letter.consumer, letter.topic, letter.position); }

Result<bool> ask_for(DeadLetter& letter, DeadLetterState wanted, const std::string& note) {
    if (letter.state == wanted) return false;
    if (letter.state == DeadLetterState::queued)
        return fail(ErrorCode::rejected,
                    key_of(letter) + " waits behind another event of key " + letter.key + ": act on the poisoned one");
    if (letter.state != DeadLetterState::poisoned)
        return fail(ErrorCode::conflict, key_of(letter) + " is being redriven or skipped already");
    letter.state = wanted;
    letter.note = note;
    return true;
}

}  // namespace tally
