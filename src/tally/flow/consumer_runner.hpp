#pragma once

#include <map>
#include <memory>
#include <string>

#include "tally/base/metrics.hpp"
#include "tally/base/random.hpp"
#include "tally/bus/bus.hpp"
#include "tally/flow/consumer.hpp"
#include "tally/flow/dead_letter.hpp"
#include "tally/flow/dry_run_report.hpp"

namespace tally {

struct ConsumerOptions {
    std::size_t batch = 256;           ///< events of one commit
    int attempts = 5;                  ///< of a poisonous event before it is parked
    std::size_t parked_limit = 1'000;  ///< events of one key; at more the shard pauses
    Duration backoff_least = std::chrono::milliseconds(50);
    Duration backoff_most = std::chrono::seconds(30);
    Duration poll = std::chrono::seconds(1);  ///< looks for redrive requests at least so often
    Duration keep_ranges = std::chrono::hours(7 * 24);
};

/// What an operator sees of a running consumer.
struct ConsumerStatus {
    enum class State : std::uint8_t { starting, running, backing_off, paused, stopped };
    State state = State::starting;
    std::string reason;                        ///< why it backs off or pauses
    std::map<int, Position> progress;          ///< of each shard
    std::map<int, std::string> paused_shards;  ///< why, with the position
    Position seen_head = 0;                    ///< of the publisher's log
    std::uint64_t handled = 0;                 ///< events whose effect was committed; passed over and parked ones not
    std::uint64_t duplicates = 0;              ///< delivered again and dropped
    std::uint64_t parked = 0;                  ///< dead letters now held back: poisoned and queued
    std::uint64_t commits = 0;
    std::uint64_t conflicts = 0;
    std::uint64_t fenced = 0;  ///< times that another instance was found to have taken over
};

/// Runs a consumer: many events, one session, one commit, with its progress in the same commit.
///
/// Order/guarantee: each event takes effect once, in the order of its key; progress is compare-and-set, so an instance
/// that was overtaken is fenced, drops what it has in hand and reloads. A failing event is rolled back to its savepoint
/// and tried alone; a conflict runs the batch again by halves. A missing link of the chain pauses its shard.
/// Threads: one loop. Lifetime: all parts outlive it; the task of `run` must have ended before destruction.
class ConsumerRunner {
public:
    struct Parts {
        Store& store;  ///< of the consuming service
        Bus& bus;
        Clock& clock;
        Random& random;
        Metrics& metrics;
        TimerSignal* timers = nullptr;  ///< of the consuming service; null: nobody is told of its timers
        KeyRing* keys = nullptr;        ///< null: handlers can record no personal data
    };
    ConsumerRunner(Consumer consumer, Parts parts, ConsumerOptions options);
    ~ConsumerRunner();
    ConsumerRunner(const ConsumerRunner&) = delete;
    ConsumerRunner& operator=(const ConsumerRunner&) = delete;

    /// Runs until cancelled.
    [[nodiscard]] Task<void> run();
    /// A redrive or skip was requested, or the cause of a pause was mended: look now.
    void poke();
    /// The event of a letter, with the data that a redrive would handle: the only one of the batch. Errors: those of
    /// Bus::fetch; restored (another event is there now).
    [[nodiscard]] Task<Result<EventBatch>> event_of(DeadLetter letter);
    /// What a redrive or skip of a letter would do: see DeadLetterDryRun.
    [[nodiscard]] Task<Result<DryRunReport>> dry_run(DeadLetter asked, std::size_t limit);
    [[nodiscard]] const ConsumerStatus& status() const noexcept;
    [[nodiscard]] const Consumer& consumer() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tally
