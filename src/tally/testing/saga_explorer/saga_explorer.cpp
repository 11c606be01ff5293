#include "tally/testing/saga_explorer.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "tally/testing/saga_explorer/trace.hpp"

namespace tally::testing {
namespace {

/// Marks in the ledger of the trace in hand what the service itself does.
struct Marked {
    SagaStep::Decide decide;
    std::string step;
    bool is_undo = false;
    std::shared_ptr<std::optional<Ledger>> ledger;
};

Task<Result<std::optional<Rejection>>> decide(Marked marked, Session& session, const SagaId& id) {
    auto rejected = co_await marked.decide(session, id);
    if (!rejected) co_return rejected;
    if (marked.is_undo)
        (*marked.ledger)->undo(marked.step);
    else if (!*rejected)
        (void)(*marked.ledger)->carry_out(marked.step);
    co_return rejected;
}

SagaStep::Decide mark(Marked marked) {
    return [marked = std::move(marked)](Session& session, const SagaId& id) { return decide(marked, session, id); };
}

SagaDefinition mark_all(SagaDefinition definition, const std::shared_ptr<std::optional<Ledger>>& ledger) {
    for (SagaStep& step : definition.steps) {
        if (step.decide) step.decide = mark({step.decide, step.name, false, ledger});
        if (step.undo_locally) step.undo_locally = mark({step.undo_locally, step.name, true, ledger});
    }
    return definition;
}

std::size_t faults_of(const SagaDefinition& definition, const SagaExplorerOptions& options) {
    if (options.faults) return *options.faults;
    const auto waiting = std::ranges::count_if(definition.steps, [](const SagaStep& step) { return !step.decide; });
    return waiting <= 4 ? std::numeric_limits<std::size_t>::max() : 2;
}

void add(const Trace& trace, SagaExploration& found) {
    ++found.traces;
    found.completed += trace.status() == SagaStatus::completed ? 1 : 0;
    found.compensated += trace.status() == SagaStatus::compensated ? 1 : 0;
    found.operator_called += trace.is_operator_called() ? 1 : 0;
    if (!trace.trouble().empty()) found.violations.push_back(trace.text() + ": " + trace.trouble());
}

}  // namespace

SagaExploration explore(const SagaDefinition& definition, const SagaOutside& start,
                        const SagaExplorerOptions& options) {
    const auto ledger = std::make_shared<std::optional<Ledger>>();
    const SagaDefinition marked = mark_all(definition, ledger);
    Simulation simulation(1);
    SagaStage stage(simulation, {marked});
    Choices choices(faults_of(definition, options));
    SagaExploration found;
    do {
        ledger->emplace(options.is_undo_carried_out);
        Trace trace(stage, marked, options, **ledger, choices, fmt::format("trace-{}", found.traces + 1));
        simulation.run(trace.run(start));
        add(trace, found);
    } while (choices.next());
    simulation.run(stage.store().close());
    return found;
}

std::string SagaExploration::text() const {
    std::string text = fmt::format("{} traces: {} completed, {} compensated; {} with an operator; {} violations",
                                   traces, completed, compensated, operator_called, violations.size());
    for (const std::string& violation : violations) text += "\n" + violation;
    return text;
}

}  // namespace tally::testing
