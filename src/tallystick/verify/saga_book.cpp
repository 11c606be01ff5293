#include "tallystick/verify/saga_book.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tallystick/verify/json_fields.hpp"

namespace tally::verify {
namespace {

std::vector<std::string> names_at(const boost::json::value& data, std::string_view pointer) {
    std::vector<std::string> names;
    if (const auto* list = list_at(data, pointer))
        for (const auto& name : *list) names.push_back(text_at(name, "").value_or("?"));
    return names;
}

}  // namespace

void SagaBook::take(const std::string& service, const RecordedEvent& event, const boost::json::value& data) {
    if (!event.type.starts_with("Saga")) return;
    note(instances_[fmt::format("{}/{}", service, event.stream)], event.type, data);
}

void SagaBook::note(Instance& saga, std::string_view type, const boost::json::value& data) {
    const auto undone = [&] {
        std::ranges::move(names_at(data, "/undone"), std::inserter(saga.undone, saga.undone.end()));
    };
    const std::string step = text_at(data, "/step").value_or("");
    if (saga.ended > 0 && type != "SagaReplyIgnored") saga.after_end = true;
    if (type == "SagaStarted") {
        ++saga.started;
    } else if (type == "SagaStepStarted") {
        const bool asks = text_at(data, "/request").has_value();
        if (asks && std::ranges::find(saga.steps, step) == saga.steps.end()) saga.steps.push_back(step);
    } else if (type == "SagaCompensating") {
        ++saga.compensating;
        if (text_at(data, "/reason") == "refused") saga.refused = step;
        saga.to_undo = names_at(data, "/undo");
    } else if (type == "SagaUndoStarted") {
        undone();
    } else if (type == "SagaStepSkipped") {
        if (saga.compensating > 0) saga.undone.insert(step);
    } else if (type == "SagaCompleted") {
        ++saga.ended;
        saga.completed = true;
    } else if (type == "SagaCompensated") {
        ++saga.ended;
        saga.compensated = true;
        undone();
    } else if (type == "SagaResolved") {
        ++saga.ended;
        saga.resolved = true;
    }
}

std::string SagaBook::problem_of(const Instance& saga) {
    if (saga.started != 1) return "it is not started exactly once";
    if (saga.ended > 1 || saga.after_end) return "it went on after its end";
    if (saga.compensating > 1) return "it is compensated more than once";
    if (saga.completed && saga.compensating > 0) return "it is completed, and was compensated";
    if (saga.compensated && saga.compensating == 0) return "it is compensated, and nothing failed";
    if (saga.compensating == 0) return "";
    std::vector<std::string> due;
    for (const std::string& step : saga.steps)
        if (step != saga.refused) due.insert(due.begin(), step);
    if (saga.to_undo != due)
        return fmt::format("it undoes [{}], and what was started and not refused is [{}]",
                           fmt::join(saga.to_undo, ", "), fmt::join(due, ", "));
    if (saga.compensated && !std::ranges::all_of(due, [&](const auto& step) { return saga.undone.contains(step); }))
        return fmt::format("it is compensated, and of [{}] only [{}] was undone", fmt::join(due, ", "),
                           fmt::join(saga.undone, ", "));
    return "";
}

void SagaBook::finish(Findings& findings) const {
    for (const auto& [name, saga] : instances_) {
        ++findings.checked.sagas;
        if (std::string problem = problem_of(saga); !problem.empty())
            findings.violation(Invariant::sagas, name, std::move(problem));
        else if (saga.ended == 0)
            findings.in_flight(name,
                               saga.compensating > 0 ? "not everything is undone yet" : "it is not at its end yet");
    }
}

}  // namespace tally::verify
