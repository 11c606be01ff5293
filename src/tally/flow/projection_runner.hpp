#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tally/base/metrics.hpp"
#include "tally/flow/projection.hpp"
#include "tally/store/store.hpp"

namespace tally {

/// Where a projection stands. Lag is counted in events and in time: the age of the oldest event not yet applied.
struct ProjectionStatus {
    std::string name;
    int generation = 1;     ///< the one that reads answer from
    Position position = 0;  ///< everything up to here is applied
    Position head = 0;
    std::optional<std::string> paused;  ///< why it cannot go on; names the position where an event is the reason
    struct Rebuild {
        int generation = 0;
        Position position = 0;
        Timestamp started_at{};
        std::optional<Duration> eta;        ///< by the rate since this process took it up
        std::optional<std::string> paused;  ///< why the rebuild cannot go on: cancel it, or restart with a fixed binary
    };
    std::optional<Rebuild> rebuild;
    Duration lag{};
    std::uint64_t applied = 0;  ///< events since the runner was made, of all generations
};

/// Runs a projection: batches of its service's log into documents and progress, in derived commits.
///
/// The documents of generation g are the collection `<name>.g<g>`. A rebuild makes a next generation beside the live
/// one and swaps when it has caught up, never backwards; reads answer from the live one all along, and the old one is
/// removed a little later. An event that cannot be applied pauses the projection and is named: a view that skips is a
/// view that lies. It is tried again when the runner starts anew or a rebuild is started.
/// Order/guarantee: each commit requires the progress and the generations as loaded, so a second runner over the same
/// store costs work and changes nothing. Threads: one loop. Lifetime: all parts outlive it; the task of `run` must have
/// ended before destruction.
class ProjectionRunner {
public:
    struct Parts {
        Store& store;
        Clock& clock;
        Metrics& metrics;
    };
    ProjectionRunner(Projection projection, Parts parts, std::size_t batch = 512);
    ~ProjectionRunner();

    /// Runs until cancelled, or until the store closes.
    [[nodiscard]] Task<void> run();
    /// Also brings the gauges of lag up to date.
    [[nodiscard]] ProjectionStatus status() const;

    /// Asks for a rebuild; durable, so it goes on after a restart. `status` shows it at once, `run` takes it up.
    /// Errors: rejected (one is running), those of the store.
    [[nodiscard]] Task<Result<void>> rebuild();
    /// Ends a running rebuild; `run` then removes what it made. Errors: rejected (none is running), those of the store.
    [[nodiscard]] Task<Result<void>> cancel_rebuild();

    /// Returns when the live generation has applied everything up to `position`: read-your-writes. Errors: timeout.
    [[nodiscard]] Task<Result<void>> wait_for(Position position, Duration limit);

    /// Collection that holds the live generation's documents; read from the store until `run` has got to it.
    [[nodiscard]] Task<Result<std::string>> collection() const;
    [[nodiscard]] const std::string& name() const noexcept;
    /// SHA-256 over the live generation's documents in key order: equal folds, equal hashes. It is that of one position
    /// only while nothing is being applied.
    [[nodiscard]] Task<Result<std::string>> hash() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tally
