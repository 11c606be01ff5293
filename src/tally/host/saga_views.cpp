#include "tally/host/saga_views.hpp"

namespace tally {

SagaView view(const SagaRun& run, Version events) {
    SagaView shown{.saga = run.saga,
                   .version = run.version,
                   .instance = run.instance,
                   .status = run.status,
                   .steps = {},
                   .waiting = {},
                   .to_undo = run.to_undo,
                   .failure = {},
                   .operator_called = run.operator_called,
                   .events = static_cast<std::int64_t>(events)};
    shown.steps.reserve(run.steps.size());
    for (const SagaRun::Step& step : run.steps)
        shown.steps.push_back({step.name, step.status, step.attempts, step.undo_attempts});
    if (!run.current.empty()) shown.waiting = run.current;
    if (run.failure) shown.failure = SagaFailureView{run.failure->reason, run.failure->step, run.failure->detail};
    return shown;
}

}  // namespace tally
