#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "tally/flow/document_type.hpp"

namespace tally {

BOOST_DEFINE_ENUM_CLASS(DeadLetterState,
                        poisoned,   // it failed by itself
                        queued,     // it waits behind a poisoned one of its key
                        redriving,  // an operator wants it tried again
                        skipping)   // an operator wants it passed over

/// Other data that an operator has given the event; see dead_letter_edit.hpp.
struct DeadLetterEdit {
    RawJson data;
    int schema = 1;
    Uuid recorded;  ///< the DeadLetterEdited that says so
    friend bool operator==(const DeadLetterEdit&, const DeadLetterEdit&) = default;
};
BOOST_DESCRIBE_STRUCT(DeadLetterEdit, (), (data, schema, recorded))

/// An event that a consumer could not handle, or that waits behind one of its key. The event itself stays in its log.
struct DeadLetter {
    std::string consumer;
    std::string topic;
    int shard = 0;
    Position position = 0;  ///< in the publisher's log
    Uuid event;
    std::string type;
    std::string key;
    std::string correlation;
    DeadLetterState state = DeadLetterState::poisoned;
    int attempts = 0;
    int error_code = 0;
    std::string error;
    Timestamp parked_at{};
    std::optional<std::string> note;     ///< why it is redriven or skipped, by whom
    std::optional<DeadLetterEdit> edit;  ///< what it is handled with from then on, in place of the event's data
};
BOOST_DESCRIBE_STRUCT(DeadLetter, (),
                      (consumer, topic, shard, position, event, type, key, correlation, state, attempts, error_code,
                       error, parked_at, note, edit))
TALLY_DOCUMENT(DeadLetter, "tally.dead_letters")
[[nodiscard]] std::vector<IndexEntry> tally_indexes(const DeadLetter& letter);
/// `<consumer>/<topic>/<position, 20 digits>`: an id that sorts by position.
[[nodiscard]] std::string key_of(const DeadLetter& letter);
[[nodiscard]] std::string dead_letter_key(std::string_view consumer, std::string_view topic, Position position);

/// Index of all letters by consumer, topic, key and position: a prefix of these parts finds a queue in its order.
inline constexpr std::string_view dead_letters_by_key = "key";
/// Index, by consumer and topic, of the letters that an operator has asked something for.
inline constexpr std::string_view dead_letters_requested = "requested";

/// Makes `letter` one for which `wanted` is asked: redriving or skipping. False: it was asked before. Errors: rejected
/// (it is queued: act on the poisoned one of its key), conflict (somebody else acts).
[[nodiscard]] Result<bool> ask_for(DeadLetter& letter, DeadLetterState wanted, const std::string& note);

}  // namespace tally
