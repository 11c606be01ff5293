#include "tally/testing/saga_explorer/ledger.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tally::testing {

bool Ledger::carry_out(const std::string& step) {
    Entry& entry = begun_[step];
    if (entry.is_blocked) return false;
    entry.is_in_effect = true;
    return true;
}

void Ledger::undo(const std::string& step) {
    if (std::ranges::find(undone_, step) == undone_.end()) undone_.push_back(step);
    if (!is_undo_carried_out_) return;
    begun_[step].is_in_effect = false;
    begun_[step].is_blocked = true;
}

bool Ledger::is_in_effect(const std::string& step) const {
    const auto found = begun_.find(step);
    return found != begun_.end() && found->second.is_in_effect;
}

std::string Ledger::trouble_if_completed(const SagaDefinition& definition) const {
    if (!undone_.empty()) return fmt::format("completed, and {} undone", fmt::join(undone_, ", "));
    for (const SagaStep& step : definition.steps)
        if (!is_in_effect(step.name)) return fmt::format("completed, and {} is not in effect", step.name);
    return {};
}

std::string Ledger::trouble_if_compensated(const SagaDefinition& definition) const {
    std::vector<std::string> expected;
    for (const SagaStep& step : definition.steps) {
        if (!step.undo && !step.undo_locally) continue;
        if (is_in_effect(step.name)) return fmt::format("compensated, and {} is still in effect", step.name);
        const auto found = begun_.find(step.name);
        if (found != begun_.end() && !found->second.is_refused) expected.push_back(step.name);
    }
    std::ranges::reverse(expected);
    if (expected == undone_) return {};
    return fmt::format("[{}] undone instead of [{}]", fmt::join(undone_, ", "), fmt::join(expected, ", "));
}

}  // namespace tally::testing
