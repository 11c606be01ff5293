#include "tallystick/verify/causes.hpp"

#include <fmt/format.h>

namespace tally::verify {

std::string Causes::text_of(const Place& place) const {
    return fmt::format("{}/events/{}", services_[place.service], place.position);
}

bool Causes::add(const std::string& service, const RecordedEvent& event, Findings& findings) {
    if (services_.empty() || services_.back() != service) services_.push_back(service);
    const Place place{services_.size() - 1, event.position, std::hash<std::string_view>{}(event.correlation)};
    const auto [known, is_new] = events_.emplace(event.id, place);
    if (!is_new) {
        findings.violation(Invariant::event_ids, text_of(place),
                           fmt::format("its id {} is that of {}", event.id.text(), text_of(known->second)));
        return false;
    }
    if (event.causation) effects_.push_back({*event.causation, place});
    return true;
}

void Causes::finish(bool log_has_gaps, Findings& findings) const {
    for (const auto& [cause, place] : effects_) {
        const auto found = events_.find(cause);
        if (found == events_.end() && !log_has_gaps)
            findings.violation(Invariant::causation, text_of(place),
                               fmt::format("its cause {} is in no log", cause.text()));
        if (found != events_.end() && found->second.correlation != place.correlation)
            findings.violation(Invariant::causation, text_of(place),
                               "its correlation id is not that of its cause, " + text_of(found->second));
    }
}

}  // namespace tally::verify
