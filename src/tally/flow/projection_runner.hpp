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
    std::optional<std::string> paused;  ///< why it cannot go on
    struct Rebuild {
        int generation = 0;
        Position position = 0;
        Timestamp started_at{};
        std::optional<Duration> eta;
    };
    std::optional<Rebuild> rebuild;
    Duration lag{};
    std::uint64_t applied = 0;
};

/// Runs a projection: batches of its service's log into documents and progress, in derived commits.
///
/// A rebuild makes generation g+1 beside the live one and swaps when it has caught up; reads answer from the live one
/// all along. An event that cannot be applied pauses the projection and is named: a view that skips is a view that
/// lies. Threads: one loop. Lifetime: all parts outlive it; the task of `run` must have ended before destruction.
class ProjectionRunner {
public:
    struct Parts {
        Store& store;
        Clock& clock;
        Metrics& metrics;
    };
    ProjectionRunner(Projection projection, Parts parts, std::size_t batch = 512);
    ~ProjectionRunner();

    /// Runs until cancelled.
    [[nodiscard]] Task<void> run();
    [[nodiscard]] ProjectionStatus status() const;

    /// Starts a rebuild; durable, so it goes on after a restart. Errors: rejected (one is running).
    [[nodiscard]] Task<Result<void>> rebuild();
    /// Ends a running rebuild and removes what it made. Errors: rejected (none is running).
    [[nodiscard]] Task<Result<void>> cancel_rebuild();

    /// Returns when the live generation has applied everything up to `position`: read-your-writes. Errors: timeout.
    [[nodiscard]] Task<Result<void>> wait_for(Position position, Duration limit);

    /// Collection that holds the live generation's documents.
    [[nodiscard]] std::string collection() const;
    /// SHA-256 over the live generation's documents in key order: equal folds, equal hashes.
    [[nodiscard]] Task<Result<std::string>> hash();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tally
