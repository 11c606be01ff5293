#include "tally/testing/saga_explorer/trace.hpp"

#include <algorithm>

#include <boost/describe/enum_to_string.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tally::testing {

Trace::Trace(SagaStage& stage, const SagaDefinition& definition, const SagaExplorerOptions& options, Ledger& ledger,
             Choices& choices, std::string instance)
    : stage_(stage),
      definition_(definition),
      options_(options),
      ledger_(ledger),
      choices_(choices),
      instance_(std::move(instance)) {}

std::string Trace::text() const { return fmt::format("{}", fmt::join(told_, ", ")); }

Task<void> Trace::run(SagaOutside start) {
    co_await hear(co_await stage_.record(std::move(start), instance_));
    co_await let_happen_early();
    for (std::size_t moves = 0; trouble_.empty(); ++moves) {
        run_ = co_await stage_.run(instance_);
        is_operator_called_ = is_operator_called_ || run_.operator_called;
        if (!run_.is_open()) break;
        if (moves == options_.most_moves) {
            trouble_ = fmt::format("has not ended after {} moves", moves);
            break;
        }
        const std::size_t step = definition_.index_of(run_.current).value();
        if (run_.status == SagaStatus::compensating)
            co_await undo(step);
        else
            co_await go_on(step);
    }
    if (trouble_.empty()) co_await settle();
    if (trouble_.empty()) co_await check_end();
}

Task<void> Trace::let_happen_early() {
    run_ = co_await stage_.run(instance_);
    for (std::size_t index = 0; index < definition_.steps.size() && run_.is_open(); ++index) {
        const SagaStep& step = definition_.steps[index];
        // One with an undo is undone only if it was reached, so whether it should be in effect depends on that.
        if (step.decide || step.request || step.undo || run_.step(step.name) != nullptr) continue;
        const std::size_t way = choices_.choose(trigger(Kind::refusal, index) == nullptr ? 2 : 3);
        if (way == 0) continue;
        told_.push_back(fmt::format("{} {} early", step.name, way == 1 ? "ok" : "refused"));
        if (way == 1)
            (void)ledger_.carry_out(step.name);
        else
            ledger_.refuse(step.name);
        const SagaMessage happened = answer(way == 1 ? Kind::success : Kind::refusal, index);
        co_await hear(happened);
        co_await hear_again(happened);
    }
}

StepFate Trace::choose_fate(std::size_t step) {
    using enum StepFate;
    std::vector<StepFate> possible{ok, duplicate, crash, lost, late, unheard};
    if (options_.cancel && !was_cancelled_) possible.push_back(cancelled);
    if (trigger(Kind::refusal, step) != nullptr) possible.push_back(refused);
    return possible[choices_.choose(possible.size())];
}

Task<void> Trace::go_on(std::size_t step) {
    const std::string& name = definition_.steps[step].name;
    const auto [fate, is_new] = fates_.try_emplace(step, StepFate::ok);
    if (is_new && !definition_.steps[step].decide) {
        ledger_.begin(name);
        fate->second = choose_fate(step);
        told_.push_back(fmt::format("{} {}", name, boost::describe::enum_to_string(fate->second, "")));
    }
    if (!run_.operator_called) co_return co_await meet(fate->second, step);
    told_.emplace_back("an operator retries");
    fate->second = StepFate::ok;
    check(co_await stage_.retry(instance_));
}

Task<void> Trace::meet(StepFate fate, std::size_t step) {
    const std::string& name = definition_.steps[step].name;
    if (fate == StepFate::refused) {
        ledger_.refuse(name);
        co_return co_await hear(answer(Kind::refusal, step));
    }
    if (fate == StepFate::unheard) {
        if (std::ranges::find(unheard_, step) == unheard_.end()) unheard_.push_back(step);
        co_return co_await let_deadline_pass();
    }
    (void)ledger_.carry_out(name);
    SagaMessage done = answer(Kind::success, step);
    if (fate == StepFate::lost) {
        lost_.push_back(std::move(done));
        co_return co_await let_deadline_pass();
    }
    if (fate == StepFate::late) co_await let_deadline_pass();
    if (fate == StepFate::cancelled) co_await cancel();
    co_await hear(done);
    if (fate == StepFate::crash) co_await hear_again(done);
    if (fate == StepFate::duplicate) {
        done.id = stage_.ids().next();
        co_await hear(std::move(done));
    }
}

Task<void> Trace::undo(std::size_t step) {
    const std::string& name = definition_.steps[step].name;
    const auto [fate, is_new] = undo_fates_.try_emplace(step, UndoFate::ok);
    if (is_new) {
        fate->second = static_cast<UndoFate>(choices_.choose(3));
        told_.push_back(fmt::format("undo of {} {}", name, boost::describe::enum_to_string(fate->second, "")));
    }
    ledger_.undo(name);
    SagaMessage undone = answer(Kind::undone, step);
    if (fate->second == UndoFate::lost) {
        fate->second = UndoFate::ok;
        lost_.push_back(std::move(undone));
        co_return co_await let_deadline_pass();
    }
    co_await hear(undone);
    if (fate->second == UndoFate::ok) co_return;
    undone.id = stage_.ids().next();
    co_await hear(std::move(undone));
}

Task<void> Trace::settle() {
    for (const std::size_t step : unheard_) {
        if (ledger_.carry_out(definition_.steps[step].name))
            co_await hear(answer(Kind::success, step));
        else if (trigger(Kind::refusal, step) != nullptr)
            co_await hear(answer(Kind::refusal, step));
    }
    for (const SagaMessage& message : lost_) co_await hear(message);
}

Task<void> Trace::check_end() {
    const SagaRun after = co_await stage_.run(instance_);
    if (after.status != run_.status)
        trouble_ = fmt::format("was {} and became {}", boost::describe::enum_to_string(run_.status, ""),
                               boost::describe::enum_to_string(after.status, ""));
    else if (co_await stage_.timer(instance_))
        trouble_ = "has ended, and has a timer";
    else if (run_.status == SagaStatus::completed)
        trouble_ = ledger_.trouble_if_completed(definition_);
    else if (run_.status == SagaStatus::compensated)
        trouble_ = ledger_.trouble_if_compensated(definition_);
    else
        trouble_ = fmt::format("ends {}", boost::describe::enum_to_string(run_.status, ""));
}

const SagaTrigger* Trace::trigger(Kind kind, std::size_t step) const {
    const auto found = std::ranges::find_if(
        definition_.triggers, [&](const SagaTrigger& trigger) { return trigger.kind == kind && trigger.step == step; });
    return found == definition_.triggers.end() ? nullptr : &*found;
}

SagaMessage Trace::answer(Kind kind, std::size_t step) {
    auto [type, data] = trigger(kind, step)->sample(instance_);
    SagaMessage message{stage_.ids().next(), std::string(type.name), type.schema, std::move(data)};
    const std::string& name = definition_.steps[step].name;
    for (const auto& [id, request] : run_.requests)
        if (request.step == name && request.undo == (kind == Kind::undone)) message.causation = id;
    return message;
}

Task<void> Trace::hear(SagaMessage message) { check(co_await stage_.hear(std::move(message))); }

Task<void> Trace::hear_again(SagaMessage message) {
    const std::string type = message.type;
    const std::size_t before = (co_await stage_.history(instance_)).size();
    check(co_await stage_.hear(std::move(message)));
    if ((co_await stage_.history(instance_)).size() != before && trouble_.empty())
        trouble_ = "does more about " + type + " when it is handled again";
}

Task<void> Trace::cancel() {
    was_cancelled_ = true;
    co_await hear(co_await stage_.record(options_.cancel, instance_));
}

Task<void> Trace::let_deadline_pass() {
    auto timer = co_await stage_.timer(instance_);
    if (timer)
        check(co_await stage_.fire(std::move(*timer)));
    else if (trouble_.empty())
        trouble_ = "waits for " + run_.current + " without a deadline";
}

void Trace::check(const SagaStage::Done& done) {
    if (!done && trouble_.empty()) trouble_ = done.error().error.text;
}

}  // namespace tally::testing
