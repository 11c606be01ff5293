#pragma once

#include <string>
#include <vector>

#include "tally/flow/handled.hpp"
#include "tally/flow/saga_definition.hpp"

namespace tally {

/// What a saga's timer says: which wait has lasted too long.
struct SagaDeadline {
    std::string saga;
    std::string step;
    bool undo = false;
    int attempt = 1;
};
BOOST_DESCRIBE_STRUCT(SagaDeadline, (), (saga, step, undo, attempt))
/// Timers of a saga are of this type, with the instance as key: one each.
[[nodiscard]] std::string saga_timer_type(const std::string& saga);

/// One thing that happens to one instance of a saga, and all that the instance does about it, recorded in one session.
///
/// What comes too late, twice, or to no instance at all changes nothing; the first two are recorded as such.
/// Threads and lifetime: the session's; all parts outlive it.
class SagaTurn {
public:
    /// `run` is the instance as loaded by the session.
    SagaTurn(const SagaDefinition& definition, SagaId id, SagaRun run, Session& session);

    [[nodiscard]] Task<Handled> start();
    /// A participant's event: an answer, or something that a step without a request waits for.
    [[nodiscard]] Task<Handled> take(const SagaTrigger& trigger, const RecordedEvent& event);
    [[nodiscard]] Task<Handled> deadline_passed(SagaDeadline deadline);

    // By an operator. Errors: rejected (there is nothing of that kind to do).
    /// Asks again for the step in hand, or for its undo.
    [[nodiscard]] Task<Handled> retry();
    /// The step in hand counts as done, or as undone.
    [[nodiscard]] Task<Handled> skip(std::string reason);
    /// Ends the instance; nothing more is done for it.
    [[nodiscard]] Task<Handled> resolve(std::string reason);

private:
    using Names = std::vector<std::string>;

    template <EventStruct E>
    void record(const E& event);
    [[nodiscard]] const SagaStep& current() const;
    [[nodiscard]] bool answers(const SagaTrigger& trigger, const RecordedEvent& event) const;
    /// Whether it is for a step without a request that is still to come.
    [[nodiscard]] bool is_early(const SagaTrigger& trigger) const;
    void ignore(const SagaTrigger& trigger, const RecordedEvent& event);
    void arm(const std::string& step, bool undo, int attempt, Duration wait);
    /// From step `next` on: decides what can be decided, and asks for what must be waited for.
    [[nodiscard]] Task<Handled> advance(std::size_t next, Names done);
    [[nodiscard]] Task<Handled> ask(std::size_t step, int attempt, Names done);
    [[nodiscard]] Task<Handled> compensate(SagaFailureReason reason, std::string step, std::string detail, Names done);
    [[nodiscard]] Task<Handled> undo_next(Names undone);
    [[nodiscard]] Task<Handled> ask_undo(const SagaStep& step, int attempt, Names undone);
    void call_operator(const std::string& step, std::string reason);
    [[nodiscard]] Duration wait_after(int attempt) const;

    const SagaDefinition& definition_;
    SagaId id_;
    SagaRun run_;
    Session& session_;
};

}  // namespace tally
