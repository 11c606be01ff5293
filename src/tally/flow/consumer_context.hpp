#pragma once

#include <map>
#include <optional>
#include <string>

#include "tally/flow/backoff.hpp"
#include "tally/flow/consumer_metrics.hpp"
#include "tally/flow/consumer_progress.hpp"
#include "tally/flow/consumer_runner.hpp"
#include "tally/flow/lag.hpp"
#include "tally/flow/parked_keys.hpp"

namespace tally {

enum class SessionUse : std::uint8_t { commit, dry_run };

/// What the parts of a running consumer share: it, its state, and the ways to dispatch and to commit.
struct ConsumerContext {
    ConsumerContext(Consumer c, ConsumerRunner::Parts p, ConsumerOptions o);

    Consumer consumer;
    ConsumerRunner::Parts parts;
    ConsumerOptions options;
    ConsumerStatus status;
    ConsumerProgress progress;
    ParkedKeys parked;
    ConsumerMetrics metrics;
    Backoff backoff;
    std::map<int, std::string> full_queues;  ///< the key for whose sake a shard is paused
    Position done_to = 0;                    ///< everything is done up to here, but for paused shards

    [[nodiscard]] Session new_session(SessionUse use = SessionUse::commit);
    [[nodiscard]] Cause cause_of(const RecordedEvent& event) const;
    /// Runs the handler of the event's type, if there is one; what it throws becomes an error.
    [[nodiscard]] Task<Handled> dispatch(const RecordedEvent& event, Session& session);
    /// The event of a letter, with the data that it was edited to: the only one of the batch. Failures: those of
    /// Bus::fetch; poison (another event is there now).
    [[nodiscard]] Task<std::expected<EventBatch, Failure>> event_of(const DeadLetter& letter);
    struct Done {
        std::map<int, ShardProgress> progress;  ///< as it is to be
        std::optional<ProcessedRange> range;
        std::size_t events = 1;  ///< that the session has handled
    };
    /// Commits the session with what is done by it.
    [[nodiscard]] Task<std::expected<void, Failure>> commit(Session& session, Done done);
    /// A range of this consumer; `began` is when its handling started.
    [[nodiscard]] ProcessedRange new_range(Position from, Position to, Instant began) const;

    void pause_shard(int shard, std::string reason);
    [[nodiscard]] bool is_paused(int shard) const { return status.paused_shards.contains(shard); }
    /// Shows `why`, and waits.
    [[nodiscard]] Task<void> back_off(Error why);
    /// Something went well.
    void go_on();
    void show_parked();
    /// Everything up to `reached` is done, but for paused shards.
    void show_lag(Position head, Position reached);
};

}  // namespace tally
