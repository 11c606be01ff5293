#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "tally/base/task.hpp"
#include "tally/event/recorded_event.hpp"

namespace tally {

/// These shards are this instance's from now on.
struct Assigned {
    std::vector<int> shards;
};
/// These no longer are; what of them is still in hand will be fenced.
struct Revoked {
    std::vector<int> shards;
};
/// Published events of one topic: of one shard in its order, or, where all shards are assigned, of all in position
/// order; then `events.scanned_to` is set, and there is nothing else up to there.
struct Delivered {
    EventBatch events;
    Uuid incarnation;  ///< of the log that they come from
};
using Next = std::variant<Assigned, Revoked, Delivered>;

/// One instance's share of a topic; the consumer pulls.
///
/// Order/guarantee: at least once; each shard in its order; a hole is noticed by the consumer through the chain of
/// `previous` positions. Threads: one loop. Cancellation: `next` can be cancelled and called again.
class Subscription {
public:
    virtual ~Subscription() = default;

    /// Waits for what comes next. Not calling is back-pressure. At most `limit` events. Errors: unavailable (retry),
    /// restored (a start position is beyond the log's head), corrupt.
    [[nodiscard]] virtual Task<Result<Next>> next(std::size_t limit) = 0;
    /// A hint that everything of `batch` is done; the truth is the consumer's own progress.
    [[nodiscard]] virtual Task<Result<void>> done(const Delivered& batch) = 0;
};

struct SubscribeTo {
    std::string group;  ///< the consumer's name: its instances share the shards
    std::string topic;  ///< `orders.events`
    /// Position after which to start in a shard, asked by the `next` that follows its assignment.
    std::function<Task<Result<Position>>(int shard)> start;
};

/// Topics between services.
class Bus {
public:
    virtual ~Bus() = default;
    /// Errors: not_found (no such topic), unavailable.
    [[nodiscard]] virtual Task<Result<std::unique_ptr<Subscription>>> subscribe(SubscribeTo to) = 0;
    /// One event again, from the publisher's log: the only one of the batch. Errors: not_found (no such topic or
    /// event), unavailable.
    [[nodiscard]] virtual Task<Result<EventBatch>> fetch(std::string topic, Position position) = 0;
    /// Last position of a topic's log as far as it is known here, without asking; 0 for an unknown topic.
    [[nodiscard]] virtual Position head(const std::string& topic) const = 0;
};

}  // namespace tally
