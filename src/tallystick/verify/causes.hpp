#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "tally/event/recorded_event.hpp"
#include "tallystick/verify/findings.hpp"

namespace tally::verify {

/// The ids of all events of all logs, and which event each one says that it answers.
class Causes {
public:
    /// False, and told, for an id that exists already.
    bool add(const std::string& service, const RecordedEvent& event, Findings& findings);
    /// `log_has_gaps`: a cause that is nowhere may have been in one of them.
    void finish(bool log_has_gaps, Findings& findings) const;

private:
    struct Place {
        std::size_t service = 0;  ///< index of services_
        Position position = 0;
        std::size_t correlation = 0;  ///< its hash
    };
    struct Effect {
        EventId cause;
        Place place;
    };
    [[nodiscard]] std::string text_of(const Place& place) const;

    std::vector<std::string> services_;
    std::unordered_map<EventId, Place> events_;
    std::vector<Effect> effects_;
};

}  // namespace tally::verify
