#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tally/flow/aggregate.hpp"
#include "tally/flow/saga_events.hpp"

namespace tally {

/// Names an instance of a saga; its stream is `saga-<saga>-<instance>`.
class SagaId {
public:
    SagaId(const std::string& saga, std::string instance)
        : text_(saga + "-" + instance), instance_(std::move(instance)) {}
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// The key of what the saga is about; also the partition key of all its events.
    [[nodiscard]] const std::string& instance() const noexcept { return instance_; }

private:
    std::string text_;
    std::string instance_;
};

BOOST_DEFINE_ENUM_CLASS(SagaStatus, none, running, compensating, completed, compensated, resolved)
BOOST_DEFINE_ENUM_CLASS(SagaStepStatus, started, done, refused, undoing, undone)

/// Where an instance of a saga stands: the fold of its stream. Its requests are in the same stream and pass by: what
/// matters of them is in the saga's own events.
struct SagaRun {
    using Key = SagaId;
    using Events = SagaEvents;
    static constexpr std::string_view category = "saga";
    static constexpr bool holds_others = true;

    struct Step {
        std::string name;
        SagaStepStatus status = SagaStepStatus::started;
        int attempts = 1;
        int undo_attempts = 0;
    };

    struct Request {
        std::string step;
        bool undo = false;
        bool answered = false;
    };

    SagaStatus status = SagaStatus::none;
    std::string saga;
    int version = 0;
    std::string instance;
    std::vector<Step> steps;           ///< that were started or decided, in that order
    std::string current;               ///< the step that is waited for, or whose undo is; empty: none
    std::vector<std::string> to_undo;  ///< still to be undone, next first
    std::optional<SagaCompensating> failure;
    std::optional<std::string> operator_called;         ///< why a person must look
    std::map<Uuid, Request> requests;                   ///< all that were ever made
    std::map<std::string, SagaEventDeferred> deferred;  ///< by step: what it waits for came before it was reached
    std::set<EventId> causes;                           ///< events about which something is recorded

    [[nodiscard]] bool is_open() const noexcept {
        return status == SagaStatus::running || status == SagaStatus::compensating;
    }
    /// Handling it again must change nothing.
    [[nodiscard]] bool has_taken(const EventId& event) const { return causes.contains(event); }
    /// Null for a step that was not reached.
    [[nodiscard]] const Step* step(std::string_view name) const;
    /// Null for what is none of its requests.
    [[nodiscard]] const Request* request(const std::optional<Uuid>& id) const;

    void apply(const SagaStarted& event);
    void apply(const SagaStepStarted& event);
    void apply(const SagaCompleted& event);
    void apply(const SagaCompensating& event);
    void apply(const SagaUndoStarted& event);
    void apply(const SagaCompensated& event);
    void apply(const SagaReplyIgnored& event);
    void apply(const SagaEventDeferred& event);
    void apply(const SagaOperatorCalled& event);
    void apply(const SagaStepSkipped& event);
    void apply(const SagaResolved& event);
    void note_cause(const EventId& cause) { causes.insert(cause); }

private:
    Step& at(const std::string& name);
    void set(const std::string& name, SagaStepStatus to);
    /// The steps came to this by an answer, whichever of their requests it names.
    void answered(const std::vector<std::string>& names, SagaStepStatus to);
    void wait_for(const std::string& step);
};

}  // namespace tally
