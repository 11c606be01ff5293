#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tally/flow/consumer.hpp"
#include "tally/flow/saga_turn.hpp"
#include "tally/flow/timer_handlers.hpp"

namespace tally {

struct SagaVersions;

/// The sagas of a service, as consumers and timer handlers. An instance runs under the version that it started with,
/// new ones start under the newest.
///
/// Handlers answer *unavailable* for an instance whose version is not there: its events wait for a binary that has it.
class Sagas {
public:
    /// None.
    Sagas() = default;
    /// Errors: invalid (a saga that has a version twice; two sagas whose instances could share a stream).
    [[nodiscard]] static Result<Sagas> of(std::vector<SagaDefinition> definitions);

    /// One consumer for each saga and topic that it hears of; `topic_of` says where a type is published, and is empty
    /// for a type that nobody publishes. Errors: invalid (such a type).
    [[nodiscard]] Result<std::vector<Consumer>> consumers(
        const std::function<std::string(std::string_view type)>& topic_of) const;
    void add_to(TimerHandlers& timers) const;

    [[nodiscard]] std::vector<std::string> names() const;
    /// Null where it is not here.
    [[nodiscard]] const SagaDefinition* find(const std::string& saga, int version) const;
    /// Ascending; empty where there is no such saga.
    [[nodiscard]] std::vector<int> versions(const std::string& saga) const;
    /// Loads the instance and makes a turn for it. Errors: not_found (no such saga or instance), unavailable (its
    /// version), those of load.
    [[nodiscard]] Task<Result<SagaTurn>> turn(std::string saga, std::string instance, Session& session) const;

private:
    /// Null where there is no such saga.
    [[nodiscard]] const SagaVersions* named(const std::string& saga) const;

    std::vector<std::shared_ptr<const SagaVersions>> sagas_;
};

}  // namespace tally
