#include "tally/flow/saga_definition.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace tally {

std::optional<std::size_t> SagaDefinition::index_of(std::string_view step) const {
    const auto found = std::ranges::find(steps, step, &SagaStep::name);
    if (found == steps.end()) return std::nullopt;
    return static_cast<std::size_t>(found - steps.begin());
}

const SagaTrigger* SagaDefinition::trigger(std::string_view type) const {
    const auto found = std::ranges::find(triggers, type, &SagaTrigger::type);
    return found == triggers.end() ? nullptr : &*found;
}

void SagaDefinition::check() const {
    const auto refuse = [this](const std::string& why) { throw std::invalid_argument("saga " + name + ": " + why); };
    if (steps.empty()) refuse("it has no step");
    std::set<std::string_view> names;
    for (const SagaStep& step : steps)
        if (step.name.empty() || !names.insert(step.name).second) refuse("two steps are called '" + step.name + "'");
    std::set<std::string_view> types;
    for (const SagaTrigger& trigger : triggers)
        if (!types.insert(trigger.type).second) refuse(trigger.type + " means two things");
}

}  // namespace tally
