#pragma once

#include <set>
#include <string>
#include <vector>

#include "tally/flow/consumer_context.hpp"

namespace tally {

/// Does what operators ask of dead letters: works the queue of a key off in its order, a commit for each letter.
///
/// A commit that removes a letter also writes the shard's progress, unmoved: an instance that still holds the key for
/// parked is fenced by it.
class Redriver {
public:
    explicit Redriver(ConsumerContext& context) : context_(context) {}

    /// Looks for requests, a page of them, and does them. True if a shard that waited for room may go on. Errors: those
    /// of Store::find; fenced.
    [[nodiscard]] Task<Result<bool>> look();
    /// There are more requests than the last look has taken.
    [[nodiscard]] bool has_more() const noexcept { return !next_requests_.empty(); }

private:
    /// A letter as found, with the revision to change it at.
    struct Found {
        DeadLetter letter;
        Revision revision = 0;
    };
    struct Page {
        std::vector<Found> letters;
        std::string next;
    };
    enum class Outcome : std::uint8_t { gone, blocked, later };

    [[nodiscard]] Task<Result<Page>> find(DocumentQuery query);
    [[nodiscard]] Task<Result<std::set<std::string>>> keys_to_work_off();
    [[nodiscard]] Task<Result<Outcome>> work_off(std::string key);
    [[nodiscard]] Task<Result<Outcome>> settle(Found found);
    [[nodiscard]] Task<std::expected<void, Failure>> attempt(const Found& found);
    [[nodiscard]] Task<std::expected<void, Failure>> drop(const Found& found);
    [[nodiscard]] Task<std::expected<void, Failure>> poison(const Found& found, const Error& error);
    [[nodiscard]] ConsumerContext::Done removal(const DeadLetter& letter, Instant began) const;
    [[nodiscard]] bool make_room(const std::string& key);

    ConsumerContext& context_;
    std::string next_requests_;  ///< where the next look begins, so that requests that wait do not hide later ones
};

}  // namespace tally
