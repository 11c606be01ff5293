#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tally/flow/saga_engine.hpp"
#include "tally/flow/saga_record.hpp"

namespace tally {

/// The first thing about which another version of a saga would have decided otherwise than was recorded. What would
/// have come after it nobody knows: participants would have answered otherwise.
struct SagaDifference {
    SagaInput input = SagaInput::event;
    std::optional<EventId> event;
    std::string type;  ///< of the event; the step that the deadline is of; `retry`, `skip` or `resolve`
    Timestamp at{};
    std::string was;       ///< in short: `ship`, `pay overdue`, `completed`, `nothing`
    std::string would_be;  ///< the same
    std::vector<SagaDecision> recorded;
    std::vector<SagaDecision> would_have;
};

BOOST_DEFINE_ENUM_CLASS(SagaVerdict,
                        same,       // to its end
                        open,       // the same so far: it has not ended
                        different,  // see the difference
                        unknown)    // it could not be told: see why

struct SagaComparison {
    SagaVerdict verdict = SagaVerdict::same;
    std::optional<SagaDifference> difference{};
    std::string why{};
};

/// What another version of a saga would have made of the past of its instances. Nothing is written.
///
/// An instance hears again what it heard, at the times when it heard it: events, deadlines, and what operators did. An
/// event that only the other version listens to counts from when it was recorded, where it was brought about under a
/// correlation of the instance, or stands in the stream of its start. A deadline that both versions have passes as it
/// did, however late; one that only the other has, or has earlier, passes when it is due, unless it passed in either
/// case before anything else happened. A version under which an instance ran, and which this binary has, must explain
/// what was recorded before another is held against it.
class SagaWhatIf {
public:
    struct Parts {
        Store& own;                ///< of the service that runs the saga
        std::vector<Store*> logs;  ///< of all services, where participants' events are found
        const Sagas& sagas;
        Timestamp now;
    };
    /// `definition` outlives it.
    SagaWhatIf(Parts parts, const SagaDefinition& definition) : parts_(std::move(parts)), definition_(definition) {}

    [[nodiscard]] Task<SagaComparison> look_at(std::string instance) const;

private:
    Parts parts_;
    const SagaDefinition& definition_;
};

}  // namespace tally
