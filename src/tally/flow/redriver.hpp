#pragma once

#include <set>
#include <string>

#include "tally/flow/consumer_context.hpp"

namespace tally {

/// Does what operators ask of dead letters: works the queue of a key off in its order, a commit for each letter.
///
/// A commit that removes a letter also writes the shard's progress, unmoved: an instance that still holds the key for
/// parked is fenced by it.
class Redriver {
public:
    explicit Redriver(ConsumerContext& context) : context_(context) {}

    /// Looks for requests and does them. True if a shard that waited for room may go on. Errors: those of Store::find;
    /// fenced.
    [[nodiscard]] Task<Result<bool>> look();

private:
    /// A letter as found, with the revision to change it at.
    struct Found {
        DeadLetter letter;
        Revision revision = 0;
    };
    enum class Outcome : std::uint8_t { gone, blocked, later };

    [[nodiscard]] Task<Result<std::vector<Found>>> find(DocumentQuery query);
    [[nodiscard]] Task<Result<std::set<std::string>>> keys_to_work_off();
    [[nodiscard]] Task<Result<Outcome>> work_off(std::string key);
    [[nodiscard]] Task<Result<Outcome>> settle(Found found);
    [[nodiscard]] Task<std::expected<void, Failure>> attempt(const Found& found);
    [[nodiscard]] Task<std::expected<void, Failure>> drop(const Found& found);
    [[nodiscard]] Task<std::expected<void, Failure>> poison(const Found& found, const Error& error);
    [[nodiscard]] ConsumerContext::Done removal(const DeadLetter& letter, Instant began) const;
    [[nodiscard]] bool make_room(const std::string& key);

    ConsumerContext& context_;
};

}  // namespace tally
