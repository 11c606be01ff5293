#pragma once

#include <optional>
#include <string>

#include "tally/flow/projection.hpp"
#include "tally/flow/saga_run.hpp"

namespace tally {

/// The read model of a service's sagas: one document an instance.
struct SagaListEntry {
    using Events = SagaEvents;

    std::string saga;
    int version = 1;
    std::string instance;
    SagaStatus status = SagaStatus::none;
    std::string step;                    ///< in hand; empty: none
    Timestamp since{};                   ///< of the last move
    std::optional<std::string> failure;  ///< why it is undone
    std::optional<std::string> operator_called;
    std::int64_t late = 0;       ///< replies
    std::int64_t duplicate = 0;  ///< replies

    [[nodiscard]] static std::string key(const auto& event, const Envelope& envelope) {
        return event.saga + "/" + envelope.key;
    }

    void apply(const SagaStarted& event, const Envelope& envelope);
    void apply(const SagaStepStarted& event, const Envelope& envelope);
    void apply(const SagaCompleted& event, const Envelope& envelope);
    void apply(const SagaCompensating& event, const Envelope& envelope);
    void apply(const SagaUndoStarted& event, const Envelope& envelope);
    void apply(const SagaCompensated& event, const Envelope& envelope);
    void apply(const SagaReplyIgnored& event, const Envelope& envelope);
    void apply(const SagaEventDeferred&, const Envelope&) {}
    void apply(const SagaOperatorCalled& event, const Envelope& envelope);
    void apply(const SagaStepSkipped& event, const Envelope& envelope);
    void apply(const SagaResolved& event, const Envelope& envelope);
};
BOOST_DESCRIBE_STRUCT(SagaListEntry, (),
                      (saga, version, instance, status, step, since, failure, operator_called, late, duplicate))
TALLY_DOCUMENT(SagaListEntry, "saga-list")
/// `state` (waiting for an operator first, then by status), `status` and `saga`, each stalest first; `version`: those
/// that have not ended, by saga and version.
[[nodiscard]] std::vector<IndexEntry> tally_indexes(const SagaListEntry& entry);

}  // namespace tally
