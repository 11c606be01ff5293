#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "tally/base/uuid.hpp"
#include "tally/event/event_registry.hpp"

/// What a saga writes of itself into its own stream, beside its requests: its history and its state. Internal to the
/// service that runs it. No times: the data is a function of the cause and the state, deadlines are timers.
namespace tally {

/// An instance begins, under the newest version of its definition; it keeps that version to its end.
struct SagaStarted {
    std::string saga;
    int version = 1;
    std::string instance;
};
BOOST_DESCRIBE_STRUCT(SagaStarted, (), (saga, version, instance))
TALLY_EVENT(SagaStarted, "SagaStarted", 1, internal)

/// A step waits for its answer.
struct SagaStepStarted {
    std::string saga;
    std::string step;
    int attempt = 1;
    std::optional<Uuid> request;    ///< the event that asks for it; none: it waits for what happens anyway
    std::vector<std::string> done;  ///< steps that are finished by the same cause
};
BOOST_DESCRIBE_STRUCT(SagaStepStarted, (), (saga, step, attempt, request, done))
TALLY_EVENT(SagaStepStarted, "SagaStepStarted", 1, internal)

/// All steps are done.
struct SagaCompleted {
    std::string saga;
    std::vector<std::string> done;
};
BOOST_DESCRIBE_STRUCT(SagaCompleted, (), (saga, done))
TALLY_EVENT(SagaCompleted, "SagaCompleted", 1, internal)

BOOST_DEFINE_ENUM_CLASS(SagaFailureReason,
                        refused,    // a participant said no
                        overdue,    // no answer in time: what was asked may have been done
                        cancelled,  // from outside
                        rejected)   // by a decision of the service itself

/// The steps `undo` are undone, in this order: all that were started and not definitely refused.
struct SagaCompensating {
    std::string saga;
    SagaFailureReason reason = SagaFailureReason::refused;
    std::string step;    ///< that failed, or that was open
    std::string detail;  ///< in the words of who refused
    std::vector<std::string> done;
    std::vector<std::string> undo;
};
BOOST_DESCRIBE_STRUCT(SagaCompensating, (), (saga, reason, step, detail, done, undo))
TALLY_EVENT(SagaCompensating, "SagaCompensating", 1, internal)

/// A step's undo waits for its answer; without one it is asked for again, for ever.
struct SagaUndoStarted {
    std::string saga;
    std::string step;
    int attempt = 1;
    Uuid request;
    std::vector<std::string> undone;  ///< steps that are undone by the same cause
};
BOOST_DESCRIBE_STRUCT(SagaUndoStarted, (), (saga, step, attempt, request, undone))
TALLY_EVENT(SagaUndoStarted, "SagaUndoStarted", 1, internal)

/// Nothing of what the instance began stands any more.
struct SagaCompensated {
    std::string saga;
    std::vector<std::string> undone;
};
BOOST_DESCRIBE_STRUCT(SagaCompensated, (), (saga, undone))
TALLY_EVENT(SagaCompensated, "SagaCompensated", 1, internal)

BOOST_DEFINE_ENUM_CLASS(SagaIgnored,
                        late,       // the first answer to a request that is no longer waited for
                        duplicate,  // another answer to a request that was answered
                        too_late)   // a cancellation from the pivot on

/// An event for the instance that changes nothing.
struct SagaReplyIgnored {
    std::string saga;
    std::string step;  ///< empty for a cancellation
    std::string type;
    Uuid reply;
    std::optional<Uuid> request;  ///< that it answers
    SagaIgnored why = SagaIgnored::late;
};
BOOST_DESCRIBE_STRUCT(SagaReplyIgnored, (), (saga, step, type, reply, request, why))
TALLY_EVENT(SagaReplyIgnored, "SagaReplyIgnored", 1, internal)

/// What a later step waits for has happened already: it counts when that step is reached.
struct SagaEventDeferred {
    std::string saga;
    std::string step;
    std::string type;
    Uuid event;
    std::string detail;  ///< why a refusal, in the words of who refused
};
BOOST_DESCRIBE_STRUCT(SagaEventDeferred, (), (saga, step, type, event, detail))
TALLY_EVENT(SagaEventDeferred, "SagaEventDeferred", 1, internal)

/// A person must look: the step goes on waiting, and an undo goes on being asked for.
struct SagaOperatorCalled {
    std::string saga;
    std::string step;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(SagaOperatorCalled, (), (saga, step, reason))
TALLY_EVENT(SagaOperatorCalled, "SagaOperatorCalled", 1, internal)

/// An operator says that the step in hand counts as done, or as undone.
struct SagaStepSkipped {
    std::string saga;
    std::string step;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(SagaStepSkipped, (), (saga, step, reason))
TALLY_EVENT(SagaStepSkipped, "SagaStepSkipped", 1, internal)

/// An operator has ended the instance by hand; nothing more is done for it.
struct SagaResolved {
    std::string saga;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(SagaResolved, (), (saga, reason))
TALLY_EVENT(SagaResolved, "SagaResolved", 1, internal)

using SagaEvents =
    EventList<SagaStarted, SagaStepStarted, SagaCompleted, SagaCompensating, SagaUndoStarted, SagaCompensated,
              SagaReplyIgnored, SagaEventDeferred, SagaOperatorCalled, SagaStepSkipped, SagaResolved>;

}  // namespace tally
