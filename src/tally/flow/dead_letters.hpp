#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tally/flow/dead_letter_edit.hpp"
#include "tally/flow/dead_letter_filter.hpp"
#include "tally/store/store.hpp"

namespace tally {

/// One that could not be acted on, and why.
struct RefusedDeadLetter {
    std::string id;
    std::string detail;
};
BOOST_DESCRIBE_STRUCT(RefusedDeadLetter, (), (id, detail))

/// The dead letters of one service: seen by everybody, changed by the consumer that owns them, in the commit of the
/// effect.
///
/// Redrive and skip are durable requests. A poisoned event that is redriven is handled with the queue behind it, in
/// order; if it fails again it is poisoned again. A key is un-parked in the commit that empties its queue.
class DeadLetters {
public:
    explicit DeadLetters(Store& store) : store_(store) {}

    struct Page {
        std::vector<DeadLetter> items;  ///< by id; there may be fewer than asked for, or none, on any page
        std::string next;               ///< `after` of the next page; empty: this was the last
    };
    /// Looks at `limit` letters for those that fit. Errors: invalid (filter; `after` of another one).
    [[nodiscard]] Task<Result<Page>> list(DeadLetterFilter filter, std::size_t limit = 50, std::string after = {});
    /// Errors: not_found.
    [[nodiscard]] Task<Result<DeadLetter>> show(std::string id);
    /// Asking for the same again changes nothing. Errors: not_found, rejected (it is queued: act on the poisoned one of
    /// its key), conflict (somebody else acts).
    [[nodiscard]] Task<Result<DeadLetter>> redrive(std::string id, std::string note);
    [[nodiscard]] Task<Result<DeadLetter>> skip(std::string id, std::string note);

    /// Redrives it with other data, from now on and for good: the request's commit records a DeadLetterEdited in
    /// `session`, whose actor is who edits, and the event in its log stays as it is. The handler gets the event's own
    /// envelope, so key, correlation and the ids of what it brings about are those of the original. Errors: as for
    /// `redrive`, and invalid (the data is of another type).
    [[nodiscard]] Task<Result<DeadLetter>> redrive_edited(Session session, std::string id, EditedData data,
                                                          std::string reason);

    static constexpr std::size_t letters_of_a_commit = 100;
    static constexpr std::size_t letters_of_a_request = 1'000;
    /// What became of a request for a group: every letter that was looked at and fits is counted once.
    struct Asked {
        std::size_t asked = 0;    ///< it is asked for them now
        std::size_t already = 0;  ///< the same was asked before
        std::size_t queued = 0;   ///< they follow the poisoned one of their key, and cannot be acted on themselves
        std::vector<RefusedDeadLetter> refused;  ///< somebody else acts on them
        std::string next;                        ///< `after` of the request that goes on; empty: these were all
        std::optional<Error> failure;  ///< why it has ended early: the figures are of what was done until then
    };
    /// Asks the same for every poisoned letter that fits. One request looks at `letters_of_a_request` letters at most,
    /// and makes commits of at most `letters_of_a_commit`: what is committed stands, whatever becomes of the rest.
    [[nodiscard]] Task<Asked> redrive_all(DeadLetterFilter filter, std::string note, std::string after = {});
    [[nodiscard]] Task<Asked> skip_all(DeadLetterFilter filter, std::string note, std::string after = {});

private:
    struct Stored {
        DeadLetter letter;
        Revision revision = 0;
    };
    [[nodiscard]] Task<Result<Stored>> read(std::string id);
    [[nodiscard]] Task<Result<DeadLetter>> request(std::string id, DeadLetterState state, std::string note);
    [[nodiscard]] Task<Asked> request_all(DeadLetterFilter filter, DeadLetterState state, std::string note,
                                          std::string after);
    /// True for one that is to be written.
    [[nodiscard]] static bool ask_and_count(DeadLetter& letter, DeadLetterState state, const std::string& note,
                                            Asked& told);
    /// Error: the store's.
    [[nodiscard]] Task<std::optional<Error>> write_all(std::vector<Stored> letters, Asked& told);
    Store& store_;
};

}  // namespace tally
