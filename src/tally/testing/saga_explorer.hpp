#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tally/flow/saga_definition.hpp"

namespace tally::testing {

/// Records what happens from outside to what the saga is about; `instance` is its key.
using SagaOutside = std::function<void(Session& session, const std::string& instance)>;

struct SagaExplorerOptions {
    /// Records the event that cancels; null: nobody does.
    SagaOutside cancel{};
    /// At most so many things go other than well in one trace; none: all that may, where four steps or fewer wait for
    /// an answer, and two otherwise.
    std::optional<std::size_t> faults{};
    std::size_t most_moves = 200;  ///< a trace that has not ended by then never will
    /// False: participants say that they undo, and do not. Then there must be violations.
    bool is_undo_carried_out = true;
};

struct SagaExploration {
    std::size_t traces = 0;
    std::size_t completed = 0;
    std::size_t compensated = 0;
    std::size_t operator_called = 0;      ///< of those, the ones in which a person had to look
    std::vector<std::string> violations;  ///< a trace, and what is wrong with its end

    /// All of it, for people.
    [[nodiscard]] std::string text() const;
};

/// Runs a saga through everything that can happen to its steps, by its real handlers over a store in memory:
///
/// - at each step that waits: it goes well, is refused, is done but nobody hears of it, is answered twice or only after
///   the deadline, is never heard of by the participant, is handled again after a crash, is cancelled while it is open;
/// - what a step without a request and without an undo waits for: it happens as soon as the saga has started;
/// - at each undo: it goes well, its first answer is lost, it is answered twice.
///
/// Every trace must end completed, with all steps in effect, or compensated, with none: what was begun and not refused
/// is undone in reverse, once. A step past the pivot that nobody answers must call an operator, who then asks again.
/// When all is over, what was lost turns up, and must change nothing. `start` records the event that the saga starts
/// on.
///
/// Throws std::invalid_argument: `start` or `cancel` does not record an event that the saga listens to.
[[nodiscard]] SagaExploration explore(const SagaDefinition& definition, const SagaOutside& start,
                                      const SagaExplorerOptions& options = {});

}  // namespace tally::testing
