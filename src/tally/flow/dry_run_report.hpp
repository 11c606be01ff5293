#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

namespace tally {

BOOST_DEFINE_ENUM_CLASS(DryRunOutcome,
                        handled,      // it would take effect
                        skipped,      // it would be passed over
                        failed,       // it would fail, and be poisoned again
                        waiting,      // a dependency is away: it would be tried until that is back
                        unreachable)  // it is behind one that fails or waits

/// Events of one type that would be recorded in one stream.
struct DryRunEvents {
    std::string type;
    std::string stream;
    int count = 0;
};
BOOST_DESCRIBE_STRUCT(DryRunEvents, (), (type, stream, count))

/// What would become of one dead letter.
struct DryRunLetter {
    std::string id;
    std::string type;
    DryRunOutcome outcome = DryRunOutcome::handled;
    std::optional<int> error_code;
    std::optional<std::string> error;
    std::vector<DryRunEvents> events;  ///< in the order of their first
};
BOOST_DESCRIBE_STRUCT(DryRunLetter, (), (id, type, outcome, error_code, error, events))

/// What would become of dead letters, in the order in which they would be worked off.
struct DryRunReport {
    std::vector<DryRunLetter> letters;
    bool complete = true;  ///< false: there are more than may be told of
};
BOOST_DESCRIBE_STRUCT(DryRunReport, (), (letters, complete))

}  // namespace tally
