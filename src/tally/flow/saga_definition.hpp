#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tally/base/rejection.hpp"
#include "tally/flow/saga_run.hpp"
#include "tally/flow/session.hpp"

namespace tally {

/// How patient a saga is. A step's own deadline stands with the step.
struct SagaPatience {
    Duration retry_least = std::chrono::seconds(1);  ///< before an undo, or a step after the pivot, is asked for again
    Duration retry_most = std::chrono::minutes(5);
    int attempts = 8;  ///< then an operator is called; an undo goes on being asked for
};

/// An event type that means something to a saga, and how it names the instance.
struct SagaTrigger {
    enum class Kind : std::uint8_t { start, cancel, success, refusal, undone };
    /// What a participant's event of this type looks like, for the explorer: only the instance is filled in.
    struct Sample {
        EventType type;
        std::string data;
    };

    Kind kind = Kind::start;
    std::string type;
    EventDescription description;  ///< of that type
    std::size_t step = 0;          ///< index; of no meaning for start and cancel
    std::function<Result<std::string>(const RecordedEvent& event)> instance;
    std::function<Result<std::string>(const RecordedEvent& event)> detail{};  ///< why a refusal; may be null
    std::function<Sample(const std::string& instance)> sample;
};

struct SagaStep {
    /// Records the request in the saga's stream; its id.
    using Request = std::function<Task<Result<EventId>>(Session& session, const SagaId& id, RecordOptions options)>;
    /// Decides on what the saga is about, and records it there; why not, otherwise.
    using Decide = std::function<Task<Result<std::optional<Rejection>>>(Session& session, const SagaId& id)>;

    std::string name;
    Request request{};  ///< null: it waits for what happens anyway, or decides
    Decide decide{};    ///< null: it waits
    Duration within{};
    Request undo{};         ///< null: see undo_locally
    Decide undo_locally{};  ///< null as well: there is nothing to undo
};

/// A saga's steps, in a form that the engine runs; made by the builder in saga.hpp.
///
/// Steps up to and including `pivot` can be undone or need not be; those after it go on until they are done.
struct SagaDefinition {
    using End = std::function<Task<Result<void>>(Session& session, const SagaId& id, const SagaCompensating& failure)>;

    std::string name;
    int version = 1;
    std::vector<SagaStep> steps{};
    std::optional<std::size_t> pivot{};  ///< none: every step can be undone until the last is done
    std::vector<SagaTrigger> triggers{};
    End compensated{};  ///< null: nothing else to record
    SagaPatience patience{};

    [[nodiscard]] bool is_past_pivot(std::size_t step) const noexcept { return pivot && step > *pivot; }
    [[nodiscard]] std::optional<std::size_t> index_of(std::string_view step) const;
    /// Null for a type that means nothing to it.
    [[nodiscard]] const SagaTrigger* trigger(std::string_view type) const;
    /// Throws std::invalid_argument: two steps of one name, or a type that means two things.
    void check() const;
};

}  // namespace tally
