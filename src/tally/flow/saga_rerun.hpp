#pragma once

#include "tally/flow/saga_replica.hpp"
#include "tally/flow/saga_what_if.hpp"

namespace tally {

/// One instance's past, told again to the version in question, and to the one that it ran under.
class SagaRerun {
public:
    /// Lifetime: `parts` outlives it.
    SagaRerun(const SagaWhatIf::Parts& parts, const SagaDefinition& definition, SagaId id, SagaRecord record);

    /// The first difference; none: it would have decided the same. Errors: whatever makes it impossible to tell.
    using Difference = Result<std::optional<SagaDifference>>;
    [[nodiscard]] Task<Difference> run();

private:
    using Decisions = SagaReplica::Decisions;

    /// The only event of the batch. Errors: not_found (it is in no log), those of Store::read.
    [[nodiscard]] Task<Result<EventBatch>> find(EventId event) const;
    /// Finds what only the version in question listens to.
    [[nodiscard]] Task<Result<void>> find_news();
    [[nodiscard]] bool may_have_news() const;
    void add_news(const EventBatch& events);

    [[nodiscard]] Task<Difference> hear_news(Timestamp until, Position before);
    [[nodiscard]] Task<Difference> repeat(const SagaMove& move);
    [[nodiscard]] Task<Decisions> tell(SagaReplica& replica, const SagaMove& move, const EventBatch& heard);
    [[nodiscard]] Task<Result<void>> check_control(const SagaMove& move, const EventBatch& heard);
    /// Those that only the version in question has, or has earlier.
    [[nodiscard]] Task<Difference> pass_deadlines(Timestamp until, Position before);
    [[nodiscard]] bool has_own_deadline() const;
    /// Whether a deadline that was recorded as passed then is one for the version in question as well.
    [[nodiscard]] bool passes(const SagaMove& deadline) const;

    const SagaWhatIf::Parts& parts_;
    SagaId id_;
    SagaRecord record_;
    bool is_same_version_;
    Position known_ = 0;  ///< of the last move that was repeated
    SagaReplica replica_;
    std::optional<SagaReplica> control_;  ///< none: the version that it ran under is the one in question, or not here
    EventBatch news_;
    std::vector<const RecordedEvent*> news_by_time_;  ///< the last is next
};

}  // namespace tally
