#include "tally/flow/saga_turn.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace tally {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

}  // namespace

std::string saga_timer_type(const std::string& saga) { return "saga-" + saga; }

SagaTurn::SagaTurn(const SagaDefinition& definition, SagaId id, SagaRun run, Session& session)
    : definition_(definition), id_(std::move(id)), run_(std::move(run)), session_(session) {}

template <EventStruct E>
void SagaTurn::record(const E& event) {
    session_.record<SagaRun>(id_, event, {.key = id_.instance()});
    run_.apply(event);
}

const SagaStep& SagaTurn::current() const { return definition_.steps.at(definition_.index_of(run_.current).value()); }

void SagaTurn::arm(const std::string& step, bool undo, int attempt, Duration wait) {
    session_.schedule(saga_timer_type(definition_.name), id_.instance(), session_.now() + wait,
                      encode(SagaDeadline{definition_.name, step, undo, attempt}));
}

Duration SagaTurn::wait_after(int attempt) const {
    Duration wait = definition_.patience.retry_least;
    for (int i = 1; i < attempt && wait < definition_.patience.retry_most; ++i) wait *= 2;
    return std::min(wait, definition_.patience.retry_most);
}

void SagaTurn::call_operator(const std::string& step, std::string reason) {
    if (!run_.operator_called) record(SagaOperatorCalled{definition_.name, step, std::move(reason)});
}

Task<Handled> SagaTurn::start() {
    if (run_.status != SagaStatus::none) co_return Handled{};
    record(SagaStarted{definition_.name, definition_.version, id_.instance()});
    co_return co_await advance(0, {});
}

Task<Handled> SagaTurn::take(const SagaTrigger& trigger, const RecordedEvent& event) {
    using Kind = SagaTrigger::Kind;
    if (run_.status == SagaStatus::none) co_return Handled{};
    if (trigger.kind == Kind::cancel) {
        if (run_.status != SagaStatus::running) co_return Handled{};
        const std::string open = run_.current;
        if (!definition_.is_past_pivot(definition_.index_of(open).value()))
            co_return co_await compensate(SagaFailureReason::cancelled, open, "", {});
        ignore(trigger, event);
        co_return Handled{};
    }
    const bool is_for_later = is_early(trigger);
    if (!is_for_later && !answers(trigger, event)) {
        ignore(trigger, event);
        co_return Handled{};
    }
    std::string why;
    if (trigger.detail) {
        auto detail = trigger.detail(event);
        if (!detail) co_return std::unexpected(std::move(detail.error()));
        why = std::move(*detail);
    }
    const std::string step = run_.current;
    if (is_for_later) {
        record(SagaEventDeferred{definition_.name, definition_.steps.at(trigger.step).name, std::string(event.type),
                                 event.id, std::move(why)});
        co_return Handled{};
    }
    if (trigger.kind == Kind::success) co_return co_await advance(trigger.step + 1, {step});
    if (trigger.kind == Kind::undone) co_return co_await undo_next({step});
    co_return co_await compensate(SagaFailureReason::refused, step, std::move(why), {});
}

bool SagaTurn::is_early(const SagaTrigger& trigger) const {
    using Kind = SagaTrigger::Kind;
    if (run_.status != SagaStatus::running || (trigger.kind != Kind::success && trigger.kind != Kind::refusal))
        return false;
    const SagaStep& step = definition_.steps.at(trigger.step);
    return !step.request && run_.step(step.name) == nullptr && !run_.deferred.contains(step.name);
}

bool SagaTurn::answers(const SagaTrigger& trigger, const RecordedEvent& event) const {
    const SagaStep& step = definition_.steps.at(trigger.step);
    const bool undone = trigger.kind == SagaTrigger::Kind::undone;
    if (run_.status != (undone ? SagaStatus::compensating : SagaStatus::running) || run_.current != step.name)
        return false;
    if (!undone && !step.request) return true;
    // Whichever attempt it names: a participant answers a thing once, however often it was asked.
    const SagaRun::Request* request = run_.request(event.causation);
    return request != nullptr && request->step == step.name && request->undo == undone;
}

void SagaTurn::ignore(const SagaTrigger& trigger, const RecordedEvent& event) {
    SagaReplyIgnored ignored{.saga = definition_.name,
                             .step = {},
                             .type = std::string(event.type),
                             .reply = event.id,
                             .request = {},
                             .why = SagaIgnored::too_late};
    if (trigger.kind != SagaTrigger::Kind::cancel) {
        const SagaStep& step = definition_.steps.at(trigger.step);
        const SagaRun::Request* request = run_.request(event.causation);
        const bool is_asked_for = step.request || trigger.kind == SagaTrigger::Kind::undone;
        if (is_asked_for && request == nullptr) return;  // the answer to somebody else
        const SagaRun::Step* known = run_.step(step.name);
        const bool seen = is_asked_for ? request->answered
                                       : run_.deferred.contains(step.name) ||
                                             (known != nullptr && known->status == SagaStepStatus::done);
        ignored.step = step.name;
        if (request != nullptr) ignored.request = event.causation;
        ignored.why = seen ? SagaIgnored::duplicate : SagaIgnored::late;
    }
    record(ignored);
}

Task<Handled> SagaTurn::advance(std::size_t next, Names done) {
    for (; next < definition_.steps.size(); ++next) {
        const SagaStep& step = definition_.steps[next];
        if (const auto early = run_.deferred.find(step.name); early != run_.deferred.end() && !step.decide) {
            const SagaTrigger* trigger = definition_.trigger(early->second.type);
            if (trigger != nullptr && trigger->kind == SagaTrigger::Kind::refusal)
                co_return co_await compensate(SagaFailureReason::refused, step.name, early->second.detail,
                                              std::move(done));
            done.push_back(step.name);
            continue;
        }
        if (!step.decide) co_return co_await ask(next, 1, std::move(done));
        auto rejected = co_await step.decide(session_, id_);
        if (!rejected) co_return std::unexpected(std::move(rejected.error()));
        if (*rejected) {
            if (!definition_.is_past_pivot(next))
                co_return co_await compensate(SagaFailureReason::rejected, step.name, (*rejected)->detail,
                                              std::move(done));
            record(SagaStepStarted{definition_.name, step.name, 1, {}, std::move(done)});
            session_.cancel(saga_timer_type(definition_.name), id_.instance());
            call_operator(step.name, (*rejected)->detail);
            co_return Handled{};
        }
        done.push_back(step.name);
    }
    record(SagaCompleted{definition_.name, std::move(done)});
    session_.cancel(saga_timer_type(definition_.name), id_.instance());
    co_return Handled{};
}

Task<Handled> SagaTurn::ask(std::size_t index, int attempt, Names done) {
    const SagaStep& step = definition_.steps[index];
    const bool is_past_pivot = definition_.is_past_pivot(index);
    const Duration wait = attempt == 1 ? step.within : std::max(step.within, wait_after(attempt));
    std::optional<Uuid> request;
    if (step.request) {
        RecordOptions options;
        if (!is_past_pivot) options.expires_at = session_.now() + wait;
        auto asked = co_await step.request(session_, id_, std::move(options));
        if (!asked) co_return std::unexpected(std::move(asked.error()));
        request = *asked;
    }
    record(SagaStepStarted{definition_.name, step.name, attempt, request, std::move(done)});
    arm(step.name, false, attempt, wait);
    co_return Handled{};
}

Task<Handled> SagaTurn::compensate(SagaFailureReason reason, std::string step, std::string detail, Names done) {
    Names undo;
    for (const SagaStep& begun : definition_.steps) {
        const bool is_done = contains(done, begun.name);
        const bool is_refused = reason == SagaFailureReason::refused && begun.name == step;
        if (!is_done && (run_.step(begun.name) == nullptr || is_refused)) continue;
        if (begun.undo || begun.undo_locally) undo.push_back(begun.name);
    }
    std::ranges::reverse(undo);
    record(SagaCompensating{definition_.name, reason, std::move(step), std::move(detail), std::move(done),
                            std::move(undo)});
    co_return co_await undo_next({});
}

Task<Handled> SagaTurn::undo_next(Names undone) {
    Names left = run_.to_undo;
    std::erase_if(left, [&](const std::string& name) { return contains(undone, name); });
    for (const std::string& name : left) {
        const SagaStep& step = definition_.steps.at(definition_.index_of(name).value());
        if (step.undo) co_return co_await ask_undo(step, 1, std::move(undone));
        auto decided = co_await step.undo_locally(session_, id_);
        if (!decided) co_return std::unexpected(std::move(decided.error()));
        undone.push_back(name);
    }
    if (definition_.compensated) {
        auto concluded = co_await definition_.compensated(session_, id_, run_.failure.value());
        if (!concluded) co_return std::unexpected(std::move(concluded.error()));
    }
    record(SagaCompensated{definition_.name, std::move(undone)});
    session_.cancel(saga_timer_type(definition_.name), id_.instance());
    co_return Handled{};
}

Task<Handled> SagaTurn::ask_undo(const SagaStep& step, int attempt, Names undone) {
    auto asked = co_await step.undo(session_, id_, {});
    if (!asked) co_return std::unexpected(std::move(asked.error()));
    record(SagaUndoStarted{definition_.name, step.name, attempt, *asked, std::move(undone)});
    arm(step.name, true, attempt, wait_after(attempt));
    co_return Handled{};
}

Task<Handled> SagaTurn::deadline_passed(SagaDeadline deadline) {
    const bool undoing = run_.status == SagaStatus::compensating;
    if (!run_.is_open() || run_.current != deadline.step || undoing != deadline.undo) co_return Handled{};
    const SagaStep& step = current();
    const SagaRun::Step& known = *run_.step(step.name);
    const int attempts = undoing ? known.undo_attempts : known.attempts;
    if (attempts != deadline.attempt) co_return Handled{};
    const bool is_last = attempts >= definition_.patience.attempts;

    if (undoing) {
        if (is_last) call_operator(step.name, fmt::format("its undo had no answer to {} requests", attempts));
        co_return co_await ask_undo(step, attempts + 1, {});
    }
    const std::size_t index = definition_.index_of(step.name).value();
    if (!definition_.is_past_pivot(index)) co_return co_await compensate(SagaFailureReason::overdue, step.name, "", {});
    if (step.request && !is_last) co_return co_await ask(index, attempts + 1, {});
    call_operator(step.name, step.request ? fmt::format("no answer to {} requests", attempts) : "overdue");
    co_return Handled{};
}

Task<Handled> SagaTurn::retry() {
    if (!run_.is_open()) co_return fail(ErrorCode::rejected, "the saga has ended");
    const SagaStep& step = current();
    const SagaRun::Step& known = *run_.step(step.name);
    if (run_.status == SagaStatus::compensating) co_return co_await ask_undo(step, known.undo_attempts + 1, {});
    const std::size_t index = definition_.index_of(step.name).value();
    if (!definition_.is_past_pivot(index))
        co_return fail(ErrorCode::rejected, step.name + " is asked for once; when it is overdue it is undone");
    if (step.decide) co_return co_await advance(index, {});
    co_return co_await ask(index, known.attempts + 1, {});
}

Task<Handled> SagaTurn::skip(std::string reason) {
    if (!run_.is_open()) co_return fail(ErrorCode::rejected, "the saga has ended");
    const std::string step = run_.current;
    const std::size_t index = definition_.index_of(step).value();
    const bool undoing = run_.status == SagaStatus::compensating;
    if (!undoing && !definition_.is_past_pivot(index))
        co_return fail(ErrorCode::rejected, step + " can be undone: cancel instead");
    record(SagaStepSkipped{definition_.name, step, std::move(reason)});
    co_return undoing ? co_await undo_next({}) : co_await advance(index + 1, {});
}

Task<Handled> SagaTurn::resolve(std::string reason) {
    if (!run_.is_open()) co_return fail(ErrorCode::rejected, "the saga has ended");
    record(SagaResolved{definition_.name, std::move(reason)});
    session_.cancel(saga_timer_type(definition_.name), id_.instance());
    co_return Handled{};
}

}  // namespace tally
