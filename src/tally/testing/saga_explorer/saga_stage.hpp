#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tally/flow/saga_engine.hpp"
#include "tally/testing/simulation.hpp"

namespace tally::testing {

/// An event on its way to a saga.
struct SagaMessage {
    EventId id;
    std::string type;
    int schema = 1;
    std::string data;
    std::optional<EventId> causation{};  ///< the request that it answers
};

/// One saga, all its versions, over a store in memory, to which one thing after another happens, each in a commit of
/// its own: by the handlers that a service would have, without the loops around them.
///
/// What cannot be put on stage throws. Lifetime: the simulation outlives it.
class SagaStage {
public:
    SagaStage(Simulation& simulation, std::vector<SagaDefinition> versions);
    ~SagaStage();

    /// Another binary takes over.
    void run_with(std::vector<SagaDefinition> versions);
    [[nodiscard]] Store& store() noexcept { return *store_; }
    [[nodiscard]] UuidGenerator& ids() noexcept { return ids_; }

    /// What was committed, or why nothing was.
    using Done = std::expected<Committed, Failure>;

    /// Records what `act` does, from outside; the first event of it that the saga listens to. Throws
    /// std::invalid_argument where there is none.
    [[nodiscard]] Task<SagaMessage> record(std::function<void(Session&, const std::string& instance)> act,
                                           std::string instance);
    [[nodiscard]] Task<Done> hear(SagaMessage message);
    /// One after the other in one commit, as a consumer hears what has piled up.
    [[nodiscard]] Task<Done> hear_all(std::vector<SagaMessage> messages);
    template <EventStruct E>
    [[nodiscard]] SagaMessage message(const E& event, std::optional<EventId> causation = {}) {
        return {ids_.next(), std::string(event_type<E>.name), event_type<E>.schema, encode(event), causation};
    }

    /// The instance's timer as stored; empty: it has none.
    [[nodiscard]] Task<std::optional<Document>> timer(std::string instance);
    /// Lets time pass until the timer is due.
    [[nodiscard]] Task<Done> fire(Document timer);

    // By an operator; see SagaTurn.
    [[nodiscard]] Task<Done> retry(std::string instance);
    [[nodiscard]] Task<Done> skip(std::string instance, std::string reason);
    [[nodiscard]] Task<Done> resolve(std::string instance, std::string reason);

    [[nodiscard]] Task<SagaRun> run(std::string instance);
    [[nodiscard]] Task<EventBatch> history(std::string instance);

private:
    using Act = std::function<Task<Handled>(SagaTurn& turn)>;
    [[nodiscard]] Task<Done> operate(std::string instance, Act act);
    [[nodiscard]] Session::Options by_command();
    [[nodiscard]] SagaId id_of(std::string instance) const { return {name_, std::move(instance)}; }

    Simulation& simulation_;
    UuidGenerator ids_;
    std::unique_ptr<Store> store_;
    std::string name_;
    Sagas sagas_;
    std::optional<Consumer> consumer_;
    TimerHandlers timers_;
};

}  // namespace tally::testing
