#include "tally/flow/saga_run.hpp"

#include <algorithm>

namespace tally {

const SagaRun::Step* SagaRun::step(std::string_view name) const {
    const auto found = std::ranges::find(steps, name, &Step::name);
    return found == steps.end() ? nullptr : &*found;
}

const SagaRun::Request* SagaRun::request(const std::optional<Uuid>& id) const {
    if (!id) return nullptr;
    const auto found = requests.find(*id);
    return found == requests.end() ? nullptr : &found->second;
}

SagaRun::Step& SagaRun::at(const std::string& name) {
    const auto found = std::ranges::find(steps, name, &Step::name);
    return found == steps.end() ? steps.emplace_back(Step{.name = name}) : *found;
}

void SagaRun::set(const std::string& name, SagaStepStatus to) {
    at(name).status = to;
    std::erase(to_undo, name);
}

void SagaRun::answered(const std::vector<std::string>& names, SagaStepStatus to) {
    for (const std::string& name : names) {
        set(name, to);
        for (auto& [id, request] : requests)
            if (request.step == name && request.undo == (to == SagaStepStatus::undone)) request.answered = true;
    }
}

void SagaRun::wait_for(const std::string& step) {
    if (step != current) operator_called.reset();
    current = step;
}

void SagaRun::apply(const SagaStarted& event) {
    status = SagaStatus::running;
    saga = event.saga;
    version = event.version;
    instance = event.instance;
}

void SagaRun::apply(const SagaStepStarted& event) {
    answered(event.done, SagaStepStatus::done);
    at(event.step).attempts = event.attempt;
    wait_for(event.step);
    operator_called.reset();
    if (event.request) requests[*event.request] = {.step = event.step};
}

void SagaRun::apply(const SagaCompleted& event) {
    answered(event.done, SagaStepStatus::done);
    status = SagaStatus::completed;
    wait_for("");
}

void SagaRun::apply(const SagaCompensating& event) {
    answered(event.done, SagaStepStatus::done);
    if (event.reason == SagaFailureReason::refused) answered({event.step}, SagaStepStatus::refused);
    status = SagaStatus::compensating;
    to_undo = event.undo;
    failure = event;
    wait_for("");
}

void SagaRun::apply(const SagaUndoStarted& event) {
    answered(event.undone, SagaStepStatus::undone);
    Step& step = at(event.step);
    step.status = SagaStepStatus::undoing;
    step.undo_attempts = event.attempt;
    wait_for(event.step);
    requests[event.request] = {.step = event.step, .undo = true};
}

void SagaRun::apply(const SagaCompensated& event) {
    answered(event.undone, SagaStepStatus::undone);
    status = SagaStatus::compensated;
    wait_for("");
}

void SagaRun::apply(const SagaReplyIgnored& event) {
    if (event.request) requests.at(*event.request).answered = true;
}

void SagaRun::apply(const SagaEventDeferred& event) { deferred.emplace(event.step, event); }

void SagaRun::apply(const SagaOperatorCalled& event) { operator_called = event.reason; }

void SagaRun::apply(const SagaStepSkipped& event) {
    set(event.step, status == SagaStatus::compensating ? SagaStepStatus::undone : SagaStepStatus::done);
    wait_for("");
}

void SagaRun::apply(const SagaResolved&) {
    status = SagaStatus::resolved;
    wait_for("");
}

}  // namespace tally
