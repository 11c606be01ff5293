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
/// Events of one topic: of one shard in its order, or, where all shards are assigned, of all in position order.
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
    /// Position after which to start in a shard, asked when it is assigned.
    std::function<Task<Result<Position>>(int shard)> start;
};

/// Topics between services. Errors of `subscribe`: not_found (no such topic), unavailable.
class Bus {
public:
    virtual ~Bus() = default;
    [[nodiscard]] virtual Task<Result<std::unique_ptr<Subscription>>> subscribe(SubscribeTo to) = 0;
};

}  // namespace tally
