#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "tally/event/recorded_event.hpp"
#include "tallystick/verify/findings.hpp"

namespace tally::verify {

/// The instances of all sagas, each folded from its stream.
class SagaBook {
public:
    void take(const std::string& service, const RecordedEvent& event, const boost::json::value& data);
    void finish(Findings& findings) const;

private:
    struct Instance {
        int started = 0, ended = 0, compensating = 0;
        bool completed = false, compensated = false, resolved = false;
        bool after_end = false;            ///< something was done after it had ended
        std::vector<std::string> steps;    ///< that ask for something, in the order in which they were started
        std::string refused;               ///< the step that said no: there is nothing to undo of it
        std::vector<std::string> to_undo;  ///< as the saga says
        std::set<std::string> undone;
    };
    void note(Instance& saga, std::string_view type, const boost::json::value& data);
    [[nodiscard]] static std::string problem_of(const Instance& saga);

    std::map<std::string, Instance> instances_;  ///< by `<service>/<stream>`
};

}  // namespace tally::verify
