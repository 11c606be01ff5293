#include "tally/host/status_views.hpp"

namespace tally {
namespace {

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }
std::int64_t number(std::uint64_t count) { return static_cast<std::int64_t>(count); }

}  // namespace

std::string_view name(ConsumerStatus::State state) {
    switch (state) {
        case ConsumerStatus::State::starting:
            return "starting";
        case ConsumerStatus::State::running:
            return "running";
        case ConsumerStatus::State::backing_off:
            return "backing_off";
        case ConsumerStatus::State::paused:
            return "paused";
        case ConsumerStatus::State::stopped:
            return "stopped";
    }
    return "";
}

std::string_view name(TimerStatus::State state) {
    switch (state) {
        case TimerStatus::State::starting:
            return "starting";
        case TimerStatus::State::running:
            return "running";
        case TimerStatus::State::clock_jumped:
            return "clock_jumped";
        case TimerStatus::State::stopped:
            return "stopped";
    }
    return "";
}

ProjectionView view(const ProjectionStatus& status, const std::string& service) {
    ProjectionView shown{.name = status.name,
                         .service = service,
                         .generation = status.generation,
                         .position = number(status.position),
                         .head = number(status.head),
                         .lag_seconds = seconds(status.lag),
                         .paused = status.paused,
                         .rebuild = {}};
    if (const auto& rebuild = status.rebuild) {
        shown.rebuild = RebuildView{.generation = rebuild->generation,
                                    .position = number(rebuild->position),
                                    .started_at = rebuild->started_at,
                                    .eta_seconds = {},
                                    .paused = rebuild->paused};
        if (rebuild->eta) shown.rebuild->eta_seconds = seconds(*rebuild->eta);
    }
    return shown;
}

ConsumerView view(const ConsumerRunner& runner, const std::string& service) {
    const ConsumerStatus& status = runner.status();
    ConsumerView shown{.name = runner.consumer().name(),
                       .service = service,
                       .topic = runner.consumer().topic(),
                       .state = std::string(name(status.state)),
                       .reason = {},
                       .progress = {},
                       .paused_shards = {},
                       .head = number(status.seen_head),
                       .handled = number(status.handled),
                       .duplicates = number(status.duplicates),
                       .parked = number(status.parked),
                       .commits = number(status.commits),
                       .conflicts = number(status.conflicts)};
    if (!status.reason.empty()) shown.reason = status.reason;
    for (const auto& [shard, position] : status.progress) shown.progress[std::to_string(shard)] = number(position);
    for (const auto& [shard, why] : status.paused_shards) shown.paused_shards[std::to_string(shard)] = why;
    return shown;
}

TimerStatusView view(const TimerStatus& status, const std::string& service) {
    TimerStatusView shown{.service = service,
                          .state = std::string(name(status.state)),
                          .reason = {},
                          .waiting = status.waiting,
                          .unhandled = status.unhandled,
                          .failing = status.failing,
                          .damaged = {status.damaged.begin(), status.damaged.end()},
                          .fired = number(status.fired),
                          .failed = number(status.failed),
                          .conflicts = number(status.conflicts)};
    if (!status.reason.empty()) shown.reason = status.reason;
    return shown;
}

}  // namespace tally
