// A rebuild is a state of the state document, so it survives everything: `rebuilding` names the generation that is
// folded from 0, beside the live one and by the same loop. When it has everything that the live one has, one commit
// makes it live and the old one retired; retired generations lose their documents, then their progress, then their
// entry in the state document. Changes of the state document wait for the disk; all else can be computed again.

#include <fmt/format.h>

#include "tally/base/log.hpp"
#include "tally/flow/projection_runner_state.hpp"

namespace tally {
namespace {

constexpr std::size_t remove_at_once = 500;
/// By then another instance has looked at the state document and reads the generation that is live now.
constexpr int looks_until_removal = 2;

Result<void> begin(ProjectionState& state, Timestamp now) {
    if (state.rebuilding)
        return fail(ErrorCode::rejected, fmt::format("generation {} is being built already", *state.rebuilding));
    state.rebuilding = ++state.newest;
    state.rebuild_started_at = now;
    return {};
}

Result<void> cancel(ProjectionState& state, Timestamp /*now*/) {
    if (!state.rebuilding) return fail(ErrorCode::rejected, "no rebuild is running");
    state.retired.push_back(*state.rebuilding);
    state.rebuilding.reset();
    state.rebuild_started_at.reset();
    return {};
}

}  // namespace

Task<Result<void>> ProjectionRunner::rebuild() { return state_->change_state(&begin); }
Task<Result<void>> ProjectionRunner::cancel_rebuild() { return state_->change_state(&cancel); }

/// What an operator wants; may run beside the loop, which then finds its own view of the state stale.
Task<Result<void>> ProjectionRunner::State::change_state(ChangeState change) {
    for (;;) {
        auto stored = co_await load_projection_state(parts.store, projection.name);
        if (!stored) co_return std::unexpected(std::move(stored.error()));
        if (auto allowed = change(stored->state, parts.clock.now()); !allowed) co_return allowed;
        Changes changes;
        changes.documents.push_back(put_state(projection.name, stored->revision, stored->state));
        const auto outcome = co_await parts.store.commit(std::move(changes));
        const auto done = landed(outcome);
        if (!done) co_return std::unexpected(done.error());
        if (!*done) continue;
        asked = {std::move(stored->state), outcome->revisions.front()};
        stale = true;
        wake.notify_all();
        co_return Result<void>{};
    }
}

Task<Result<bool>> ProjectionRunner::State::rebuild_turn() {
    auto step = co_await advance(rebuild->generation);
    if (!step) co_return std::unexpected(std::move(step.error()));
    // The log was read after the live generation's last commit: at its head, this one has all that the live one has.
    if (stale || !step->at_head) co_return step->worked;
    auto done = co_await swap();
    if (!done) co_return std::unexpected(std::move(done.error()));
    co_return true;
}

Task<Result<void>> ProjectionRunner::State::swap() {
    const Generation& next = rebuild->generation;
    ProjectionState state = known.state;
    state.retired.push_back(state.live);
    state.live = next.number;
    state.rebuilding.reset();
    state.rebuild_started_at.reset();

    Changes changes;
    changes.documents.push_back(put_state(projection.name, known.revision, state));
    changes.documents.push_back({progress_key(projection.name, next.number), unchanged(next.revision), Check{}});
    // Another instance may have taken the live one further than this rebuild is: reads never go backwards.
    changes.documents.push_back({progress_key(projection.name, live.number), unchanged(live.revision), Check{}});
    const auto outcome = co_await parts.store.commit(std::move(changes));
    const auto done = landed(outcome);
    if (!done) co_return std::unexpected(done.error());
    if (!*done) co_return Result<void>{};

    log::info("a rebuilt projection is live",
              {{"projection", projection.name}, {"generation", next.number}, {"position", next.position}});
    live = std::move(rebuild->generation);
    rebuild.reset();
    adopt({std::move(state), outcome->revisions.front()});
    show();
    progressed.notify_all();
    co_return Result<void>{};
}

/// Some documents of the oldest retired generation. False: there is nothing to do now.
Task<Result<bool>> ProjectionRunner::State::remove_retired() {
    if (known.state.retired.empty() || parts.clock.instant() < remove_at) co_return false;
    const int generation = known.state.retired.front();
    DocumentQuery query;
    query.collection = generation_collection(projection.name, generation);
    query.limit = remove_at_once;
    auto page = co_await parts.store.find(std::move(query));
    if (!page) co_return std::unexpected(std::move(page.error()));
    if (page->documents.empty()) {
        auto done = co_await forget_retired(generation);
        if (!done) co_return std::unexpected(std::move(done.error()));
        co_return true;
    }
    Changes changes{.appends = {}, .documents = {}, .derived = true};
    for (Document& document : page->documents)
        changes.documents.push_back({std::move(document.key), ExpectedDocument::any(), Remove{}});
    auto done = landed(co_await parts.store.commit(std::move(changes)));
    if (!done) co_return done;
    co_return true;
}

Task<Result<void>> ProjectionRunner::State::forget_retired(int generation) {
    ProjectionState state = known.state;
    std::erase(state.retired, generation);
    Changes changes;
    changes.documents.push_back(put_state(projection.name, known.revision, state));
    changes.documents.push_back({progress_key(projection.name, generation), ExpectedDocument::any(), Remove{}});
    const auto outcome = co_await parts.store.commit(std::move(changes));
    const auto done = landed(outcome);
    if (!done) co_return std::unexpected(done.error());
    if (*done) adopt({std::move(state), outcome->revisions.front()});
    co_return Result<void>{};
}

std::optional<Duration> ProjectionRunner::State::eta() const {
    const Position done = rebuild->generation.position - rebuild->resumed_from;
    const Duration spent = parts.clock.instant() - rebuild->resumed_at;
    if (done == 0 || spent <= Duration::zero()) return std::nullopt;
    const Position head = parts.store.statistics().head;
    const Position left = head > rebuild->generation.position ? head - rebuild->generation.position : 0;
    return std::chrono::duration_cast<Duration>(spent * (static_cast<double>(left) / static_cast<double>(done)));
}

void ProjectionRunner::State::adopt(StoredProjectionState stored) {
    known = std::move(stored);
    if (asked && asked->revision <= known.revision) asked.reset();
    remove_at = parts.clock.instant() + looks_until_removal * look_every;
    look_at = parts.clock.instant() + look_every;
}

Result<bool> ProjectionRunner::State::landed(const CommitResult& outcome) {
    if (outcome) return true;
    if (const Error* error = std::get_if<Error>(&outcome.error())) return std::unexpected(*error);
    stale = true;
    return false;
}

}  // namespace tally
