#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tally/flow/past_store.hpp"
#include "tally/flow/saga_engine.hpp"
#include "tally/flow/saga_record.hpp"

namespace tally {

/// One version of a saga, to which an instance's past is told again, one thing after the other: what it would record.
///
/// The real engine decides, on streams as they were; nothing is written. That holds up to the first thing about which
/// it decides otherwise than was recorded. Its deadline is kept here. Lifetime: `store` outlives it.
class SagaReplica {
public:
    /// `definition` takes the place of version `runs_as`, under which the instance was recorded.
    SagaReplica(Store& store, SagaDefinition definition, int runs_as, SagaId id);

    /// What it would record; the error of its handler otherwise, which is `rejected` for an act that it refuses.
    using Decisions = Result<std::vector<SagaDecision>>;
    [[nodiscard]] Task<Decisions> hear(const RecordedEvent& event, Timestamp at, PastStore::Moment moment);
    /// None where there is no deadline.
    [[nodiscard]] Task<Decisions> pass_deadline(Timestamp at, PastStore::Moment moment);
    [[nodiscard]] Task<Decisions> act(const SagaMove& act, PastStore::Moment moment);

    [[nodiscard]] const std::optional<Timer>& deadline() const noexcept { return deadline_; }
    [[nodiscard]] const SagaDefinition& definition() const noexcept { return definition_; }

private:
    [[nodiscard]] Decisions decisions_of(const Session& session);

    Store& store_;
    SagaDefinition definition_;
    SagaId id_;
    Sagas sagas_;
    std::optional<Consumer> consumer_;
    TimerHandlers timers_;
    std::optional<Timer> deadline_;
};

}  // namespace tally
