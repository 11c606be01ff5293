#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "tally/flow/document_type.hpp"
#include "tally/store/store.hpp"

namespace tally {

/// A consumer's note that it has processed (from, to] of a log in one commit; kept for days, then swept.
///
/// Where ranges overlap, the first that names an event's shard is the one that it was processed in; but an event that
/// was parked was processed when it was redriven.
struct ProcessedRange {
    std::string consumer;
    std::string topic;
    Position from = 0;
    Position to = 0;
    std::vector<int> shards;  ///< that it speaks of; empty: all
    bool redriven = false;
    Timestamp processed_at{};
    std::int64_t duration_us = 0;  ///< from the first event's handler to the commit
};
BOOST_DESCRIBE_STRUCT(ProcessedRange, (), (consumer, topic, from, to, shards, redriven, processed_at, duration_us))
TALLY_DOCUMENT(ProcessedRange, "tally.ranges")
/// `<consumer>/<topic>/<to, 20 digits>`, with `/redriven` where it was.
[[nodiscard]] std::string key_of(const ProcessedRange& range);
/// No range is longer, so that those of an event are found by their ends.
inline constexpr Position longest_range = 4'096;

BOOST_DEFINE_ENUM_CLASS(LagStatus, CREATED, PUBLISHED, PROCESSED, FAILED)

/// A row of the view event_processing_lag: exact for every published event, without a row for each. On a log without a
/// relay an event is created and published by the same commit.
struct EventLag {
    std::string event_name;
    Uuid event_id;
    Position position = 0;
    std::string consumer;
    Timestamp event_created_at{};
    std::optional<Timestamp> event_published_at;
    std::optional<Timestamp> projection_processed_at;
    std::optional<double> outbox_dispatch_duration_ms;
    std::optional<double> outbox_dispatch_lag_ms;
    std::optional<double> projection_processing_duration_ms;
    std::optional<double> projection_lag_ms;
    std::optional<double> total_lag_ms;
    LagStatus status = LagStatus::CREATED;
};
BOOST_DESCRIBE_STRUCT(EventLag, (),
                      (event_name, event_id, position, consumer, event_created_at, event_published_at,
                       projection_processed_at, outbox_dispatch_duration_ms, outbox_dispatch_lag_ms,
                       projection_processing_duration_ms, projection_lag_ms, total_lag_ms, status))

/// Total lag of the processed events of one name; milliseconds, percentiles by nearest rank.
struct LagStatistics {
    std::string event_name;
    std::uint64_t count = 0;
    double avg_ms = 0, p50_ms = 0, p95_ms = 0, p99_ms = 0, max_ms = 0;
};
BOOST_DESCRIBE_STRUCT(LagStatistics, (), (event_name, count, avg_ms, p50_ms, p95_ms, p99_ms, max_ms))

/// The view event_processing_lag: the publisher's log joined with a consumer's ranges by position.
class LagView {
public:
    LagView(Store& publisher, Store& consuming) : publisher_(publisher), consuming_(consuming) {}

    /// Published events among the `limit` positions after `after`, as `consumer` has met them.
    [[nodiscard]] Task<Result<std::vector<EventLag>>> list(std::string consumer, std::string topic, Position after,
                                                           std::size_t limit);
    /// By event name over the last `count` positions.
    [[nodiscard]] Task<Result<std::vector<LagStatistics>>> statistics(std::string consumer, std::string topic,
                                                                      std::size_t count);
    /// The `top` events of greatest total lag among the last `count` positions, the slowest first.
    [[nodiscard]] Task<Result<std::vector<EventLag>>> slowest(std::string consumer, std::string topic,
                                                              std::size_t count, std::size_t top);

private:
    [[nodiscard]] Task<Result<std::vector<EventLag>>> last(std::string consumer, std::string topic, std::size_t count);
    Store& publisher_;
    Store& consuming_;
};

}  // namespace tally
