#include "tally/flow/projection_runner.hpp"

#include <fmt/format.h>

#include "tally/base/deadline.hpp"
#include "tally/base/log.hpp"
#include "tally/base/sha256.hpp"
#include "tally/flow/projection_runner_state.hpp"

namespace tally {
namespace {

ProjectionInstruments instruments_of(Metrics& metrics, const std::string& name) {
    const Labels labels{{"projection", name}};
    return {
        metrics.counter("read_models_updated_total", "Documents of read models written", labels),
        metrics.histogram("read_model_update_duration_seconds",
                          "From reading a batch of events to the commit of what it changes", labels, latency_buckets()),
        metrics.gauge("projection_lag_events", "Events of the log that the read model lacks", labels),
        metrics.gauge("projection_lag_seconds", "Age of the oldest event that the read model lacks", labels),
        metrics.gauge("projection_paused", "1 while the projection cannot go on", labels)};
}

}  // namespace

ProjectionRunner::State::State(Projection what, Parts with, std::size_t batch_size)
    : projection(std::move(what)),
      parts(with),
      batch(batch_size),
      instruments(instruments_of(parts.metrics, projection.name)) {}

void ProjectionRunner::State::pause(Generation& generation, std::string reason) {
    log::error("a projection is paused", {{"projection", projection.name},
                                          {"generation", generation.number},
                                          {"position", generation.position},
                                          {"reason", reason}});
    generation.paused = std::move(reason);
    show();
}

void ProjectionRunner::State::note_trouble(const Error& error) {
    std::string text = fmt::format("{}: {}", tally::name(error.code), error.text);
    if (!live.behind_since) live.behind_since = parts.clock.now();
    if (text != trouble)
        log::warning("a projection cannot go on for now", {{"projection", projection.name}, {"error", text}});
    trouble = std::move(text);
    show();
}

bool ProjectionRunner::State::caught_up() const { return live.position >= parts.store.statistics().head; }

Duration ProjectionRunner::State::lag() const {
    if (caught_up() || !live.behind_since) return Duration::zero();
    return std::max(Duration::zero(), parts.clock.now() - *live.behind_since);
}

void ProjectionRunner::State::show() const {
    const Position head = parts.store.statistics().head;
    instruments.lag_events.set(head > live.position ? static_cast<double>(head - live.position) : 0.0);
    instruments.lag_seconds.set(std::chrono::duration<double>(lag()).count());
    instruments.paused.set(live.paused || !trouble.empty() ? 1 : 0);
}

std::optional<ProjectionStatus::Rebuild> ProjectionRunner::State::rebuild_status() const {
    const bool running = rebuild.has_value();
    if (asked && !asked->state.rebuilding) return std::nullopt;
    if (asked && !(running && rebuild->generation.number == *asked->state.rebuilding)) {
        const Timestamp started_at = asked->state.rebuild_started_at.value_or(Timestamp{});
        return ProjectionStatus::Rebuild{*asked->state.rebuilding, 0, started_at, std::nullopt, std::nullopt};
    }
    if (!running) return std::nullopt;
    const Generation& next = rebuild->generation;
    return ProjectionStatus::Rebuild{next.number, next.position, rebuild->started_at, eta(), next.paused};
}

Task<bool> ProjectionRunner::State::wait_until(State& state, Position position) {
    while (!state.loaded || state.live.position < position) co_await state.progressed.wait();
    co_return true;
}

ProjectionRunner::ProjectionRunner(Projection projection, Parts parts, std::size_t batch)
    : state_(std::make_unique<State>(std::move(projection), parts, batch)) {}
ProjectionRunner::~ProjectionRunner() = default;

Task<void> ProjectionRunner::run() { return state_->run(); }

const std::string& ProjectionRunner::name() const noexcept { return state_->projection.name; }

ProjectionStatus ProjectionRunner::status() const {
    const State& state = *state_;
    ProjectionStatus status;
    status.name = state.projection.name;
    status.generation = state.live.number;
    status.position = state.live.position;
    status.head = state.parts.store.statistics().head;
    status.paused = state.live.paused;
    if (!status.paused && !state.trouble.empty()) status.paused = state.trouble;
    status.rebuild = state.rebuild_status();
    status.lag = state.lag();
    status.applied = state.applied;
    state.show();
    return status;
}

Task<Result<void>> ProjectionRunner::wait_for(Position position, Duration limit) {
    const auto reached = co_await within(state_->parts.clock, limit, State::wait_until(*state_, position));
    if (reached) co_return Result<void>{};
    const ProjectionStatus now = status();
    co_return fail(ErrorCode::timeout, fmt::format("the read model {} has reached position {}, not {} yet{}", now.name,
                                                   now.position, position, now.paused ? ": " + *now.paused : ""));
}

Task<Result<std::string>> ProjectionRunner::collection() const {
    if (state_->loaded) co_return generation_collection(name(), state_->live.number);
    const auto stored = co_await load_projection_state(state_->parts.store, name());
    if (!stored) co_return std::unexpected(stored.error());
    co_return generation_collection(name(), stored->state.live);
}

Task<Result<std::string>> ProjectionRunner::hash() const {
    for (;;) {
        auto live = co_await collection();
        if (!live) co_return live;
        Sha256 digest;
        DocumentQuery query;
        query.collection = *live;
        query.limit = 1'000;
        do {
            const auto page = co_await state_->parts.store.find(query);
            if (!page) co_return std::unexpected(page.error());
            for (const Document& document : page->documents) digest.field(document.key.key).field(document.body);
            query.after = page->next;
        } while (!query.after.empty());
        if (const auto now = co_await collection(); now && *now == *live) co_return to_hex(digest.finish());
    }
}

}  // namespace tally
