// One batch of one generation: read the log after its progress, fold, commit the changed documents with the progress.

#include <fmt/format.h>

#include "tally/flow/projection_runner_state.hpp"

namespace tally {
namespace {

std::string restored_text(const std::string& projection, const std::string& what) {
    return fmt::format("{}: {}: a backup of the log was restored, so rebuild the projection {}",
                       name(ErrorCode::restored), what, projection);
}

}  // namespace

Task<Result<void>> ProjectionRunner::State::load() {
    stale = false;  // what changes from here on makes it stale again
    auto stored = co_await load_projection_state(parts.store, projection.name);
    Result<Generation> next_live = Generation{};
    Result<Generation> next_rebuild = Generation{};
    if (stored) next_live = co_await load_generation(stored->state.live);
    if (stored && stored->state.rebuilding) next_rebuild = co_await load_generation(*stored->state.rebuilding);
    if (!stored || !next_live || !next_rebuild) {
        stale = true;
        if (!stored) co_return std::unexpected(stored.error());
        co_return std::unexpected(next_live ? next_rebuild.error() : next_live.error());
    }

    live = std::move(*next_live);
    if (!stored->state.rebuilding) {
        rebuild.reset();
    } else if (rebuild && rebuild->generation.number == next_rebuild->number) {
        rebuild->generation = std::move(*next_rebuild);
    } else {
        const Timestamp started_at = stored->state.rebuild_started_at.value_or(parts.clock.now());
        const Position resumed_from = next_rebuild->position;
        rebuild = Rebuild{std::move(*next_rebuild), started_at, resumed_from, parts.clock.instant()};
    }
    adopt(std::move(*stored));
    loaded = true;
    show();
    progressed.notify_all();
    co_return Result<void>{};
}

Task<Result<ProjectionRunner::State::Generation>> ProjectionRunner::State::load_generation(int number) {
    Generation generation;
    generation.number = number;
    const DocumentKey key = progress_key(projection.name, number);
    std::vector<DocumentKey> keys{key};
    auto found = co_await parts.store.get(std::move(keys));
    if (!found) co_return std::unexpected(std::move(found.error()));
    if (found->empty()) co_return generation;
    const auto progress = decode_document<ProjectionProgress>(key, found->front().body);
    if (!progress) co_return std::unexpected(progress.error());
    generation.position = progress->position;
    generation.revision = found->front().revision;
    if (progress->incarnation != parts.store.incarnation())
        pause(generation, restored_text(projection.name,
                                        fmt::format("events up to {} of another history of the log ({}) are applied",
                                                    progress->position, progress->incarnation.text())));
    co_return generation;
}

Task<Result<ProjectionRunner::State::Step>> ProjectionRunner::State::advance(Generation& generation) {
    const Instant began = parts.clock.instant();
    LogRead after;
    after.after = generation.position;
    after.limit = batch;
    auto events = co_await parts.store.read(std::move(after));
    if (!events) co_return std::unexpected(std::move(events.error()));
    if (events->head < generation.position) {
        pause(generation, restored_text(projection.name, fmt::format("events up to {} are applied, the log ends at {}",
                                                                     generation.position, events->head)));
        co_return Step{};
    }
    if (events->empty() && events->head > generation.position) {
        pause(generation, fmt::format("the event at position {} is missing from the log", generation.position + 1));
        co_return Step{};
    }
    if (events->empty()) {
        generation.behind_since.reset();
        co_return Step{.worked = false, .at_head = true};
    }
    generation.behind_since = events->begin()->recorded_at;

    auto folded =
        co_await fold_events(parts.store, projection, generation_collection(projection.name, generation.number),
                             generation.position, events->events());
    if (!folded) co_return std::unexpected(std::move(folded.error()));
    const std::size_t good = folded->events;
    const std::optional<Error> stopped = folded->stopped;
    if (good > 0) {
        const RecordedEvent& last = events->events()[good - 1];
        const auto done = co_await land(generation, std::move(*folded), last.position);
        if (!done) co_return std::unexpected(done.error());
        if (!*done) co_return Step{.worked = true, .at_head = false};
        generation.behind_since = last.recorded_at;
        instruments.duration.observe(std::chrono::duration<double>(parts.clock.instant() - began).count());
    }
    if (stopped) {
        generation.behind_since = events->events()[good].recorded_at;
        pause(generation, stopped->text);
        co_return Step{.worked = true, .at_head = false};
    }
    const bool at_head = generation.position >= events->head;
    if (at_head) generation.behind_since.reset();
    co_return Step{.worked = true, .at_head = at_head};
}

/// Commits a folded batch. False: refused since somebody else has moved on.
Task<Result<bool>> ProjectionRunner::State::land(Generation& generation, Folded folded, Position to) {
    const std::size_t written = folded.documents.size();
    Changes changes{.appends = {}, .documents = std::move(folded.documents), .derived = true};
    const ProjectionProgress progress{to, parts.store.incarnation()};
    changes.documents.push_back(
        {progress_key(projection.name, generation.number), unchanged(generation.revision), put_of(progress)});
    changes.documents.push_back({state_key(projection.name), unchanged(known.revision), Check{}});
    auto outcome = co_await parts.store.commit(std::move(changes));
    auto done = landed(outcome);
    if (!done || !*done) co_return done;

    generation.position = to;
    generation.revision = outcome->revisions[written];
    applied += folded.applied;
    instruments.updated.add(static_cast<double>(written));
    show();
    progressed.notify_all();
    co_return true;
}

}  // namespace tally
