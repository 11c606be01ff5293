#pragma once

#include <optional>
#include <string>

#include "tally/base/clock.hpp"
#include "tally/base/signal.hpp"
#include "tally/flow/projection_fold.hpp"
#include "tally/flow/projection_runner.hpp"
#include "tally/flow/projection_state.hpp"

namespace tally {

struct ProjectionInstruments {
    Counter& updated;
    Histogram& duration;
    Gauge& lag_events;
    Gauge& lag_seconds;
    Gauge& paused;
};

/// The insides of a ProjectionRunner, for its sources only. Everything but `stale` and `asked` is changed by the task
/// of `run` alone, so its steps may rely on what they saw before an await.
struct ProjectionRunner::State {
    struct Generation {
        int number = 1;
        Position position = 0;
        Revision revision = 0;  ///< of its progress document; 0: none yet
        std::optional<std::string> paused;
        std::optional<Timestamp> behind_since;  ///< when the oldest event not applied was recorded
    };
    struct Rebuild {
        Generation generation;
        Timestamp started_at{};
        Position resumed_from = 0;  ///< and when, by this process
        Instant resumed_at{};
    };
    /// What one batch came to.
    struct Step {
        bool worked = false;
        bool at_head = false;  ///< everything is applied that was in the log when it was read
    };

    /// How often to look for what other instances have done to the state document.
    static constexpr Duration look_every = std::chrono::seconds(1);

    State(Projection what, Parts with, std::size_t batch_size);

    // projection_loop.cpp
    [[nodiscard]] Task<void> run();
    [[nodiscard]] Task<Result<bool>> turn();
    [[nodiscard]] Task<Result<void>> idle();
    [[nodiscard]] Task<Result<void>> grown_or_woken();
    [[nodiscard]] Task<Result<void>> grown();
    [[nodiscard]] Task<void> woken();

    // projection_batch.cpp
    [[nodiscard]] Task<Result<void>> load();
    [[nodiscard]] Task<Result<Generation>> load_generation(int number);
    [[nodiscard]] Task<Result<Step>> advance(Generation& generation);
    [[nodiscard]] Task<Result<bool>> land(Generation& generation, Folded folded, Position to);

    // projection_runner.cpp
    [[nodiscard]] static Task<bool> wait_until(State& state, Position position);
    [[nodiscard]] bool caught_up() const;
    [[nodiscard]] Duration lag() const;
    void pause(Generation& generation, std::string reason);
    void note_trouble(const Error& error);
    void show() const;
    [[nodiscard]] std::optional<ProjectionStatus::Rebuild> rebuild_status() const;

    // projection_rebuild.cpp
    using ChangeState = Result<void> (*)(ProjectionState& state, Timestamp now);
    [[nodiscard]] Task<Result<void>> change_state(ChangeState change);
    [[nodiscard]] Task<Result<bool>> rebuild_turn();
    [[nodiscard]] Task<Result<void>> swap();
    [[nodiscard]] Task<Result<bool>> remove_retired();
    [[nodiscard]] Task<Result<void>> forget_retired(int generation);
    [[nodiscard]] std::optional<Duration> eta() const;
    /// Takes over the state document as it is stored now.
    void adopt(StoredProjectionState stored);
    /// False where the outcome is a conflict: somebody else has changed something, so load again.
    [[nodiscard]] Result<bool> landed(const CommitResult& outcome);

    Projection projection;
    Parts parts;
    std::size_t batch;
    ProjectionInstruments instruments;

    StoredProjectionState known;
    std::optional<StoredProjectionState> asked;  ///< what an operator made of it, until `known` is as new
    bool loaded = false;
    bool stale = true;  ///< load before going on
    Generation live;
    std::optional<Rebuild> rebuild;
    Instant remove_at{};  ///< retired generations stay until then, for readers that are at it
    Instant look_at{};    ///< for the next look at the state document
    std::string trouble;  ///< of the store, while it lasts
    std::uint64_t applied = 0;

    Signal progressed;
    Signal wake;
};

}  // namespace tally
