#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "tally/flow/document_type.hpp"
#include "tally/store/store.hpp"

namespace tally {

BOOST_DEFINE_ENUM_CLASS(DeadLetterState,
                        poisoned,   // it failed by itself
                        queued,     // it waits behind a poisoned one of its key
                        redriving,  // an operator wants it tried again
                        skipping)   // an operator wants it passed over

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
    std::optional<std::string> note;  ///< why it is redriven or skipped, by whom
};
BOOST_DESCRIBE_STRUCT(DeadLetter, (),
                      (consumer, topic, shard, position, event, type, key, correlation, state, attempts, error_code,
                       error, parked_at, note))
TALLY_DOCUMENT(DeadLetter, "tally.dead_letters")
[[nodiscard]] std::vector<IndexEntry> tally_indexes(const DeadLetter& letter);
/// `<consumer>/<topic>/<position, 20 digits>`: an id that sorts by position.
[[nodiscard]] std::string key_of(const DeadLetter& letter);
[[nodiscard]] std::string dead_letter_key(std::string_view consumer, std::string_view topic, Position position);

/// Index of all letters by consumer, topic, key and position: a prefix of these parts finds a queue in its order.
inline constexpr std::string_view dead_letters_by_key = "key";
/// Index, by consumer and topic, of the letters that an operator has asked something for.
inline constexpr std::string_view dead_letters_requested = "requested";

/// The dead letters of one service: seen by everybody, changed by the consumer that owns them, in the commit of the
/// effect.
///
/// Redrive and skip are durable requests. A poisoned event that is redriven is handled with the queue behind it, in
/// order; if it fails again it is poisoned again. A key is un-parked in the commit that empties its queue.
class DeadLetters {
public:
    explicit DeadLetters(Store& store) : store_(store) {}

    struct Filter {
        std::optional<std::string> consumer{};
        std::size_t limit = 50;
        std::string after{};  ///< `next` of the page before
    };
    struct Page {
        std::vector<DeadLetter> items;
        std::string next;  ///< empty: this was the last page
    };
    [[nodiscard]] Task<Result<Page>> list(Filter filter);
    /// Errors: not_found.
    [[nodiscard]] Task<Result<DeadLetter>> show(std::string id);
    /// Asking for the same again changes nothing. Errors: not_found, rejected (it is queued: act on the poisoned one of
    /// its key), conflict (somebody else acts).
    [[nodiscard]] Task<Result<DeadLetter>> redrive(std::string id, std::string note);
    [[nodiscard]] Task<Result<DeadLetter>> skip(std::string id, std::string note);

private:
    struct Stored {
        DeadLetter letter;
        Revision revision = 0;
    };
    [[nodiscard]] Task<Result<Stored>> read(std::string id);
    [[nodiscard]] Task<Result<DeadLetter>> request(std::string id, DeadLetterState state, std::string note);
    Store& store_;
};

}  // namespace tally
