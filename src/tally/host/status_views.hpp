#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "tally/flow/consumer_runner.hpp"
#include "tally/flow/projection_runner.hpp"
#include "tally/flow/timer_runner.hpp"

/// How the API shows what runs.
namespace tally {

struct RebuildView {
    int generation = 0;
    std::int64_t position = 0;
    Timestamp started_at{};
    std::optional<double> eta_seconds;
    std::optional<std::string> paused;
};
BOOST_DESCRIBE_STRUCT(RebuildView, (), (generation, position, started_at, eta_seconds, paused))

struct ProjectionView {
    std::string name;
    std::string service;
    int generation = 0;
    std::int64_t position = 0;
    std::int64_t head = 0;
    double lag_seconds = 0;
    std::optional<std::string> paused;
    std::optional<RebuildView> rebuild;
};
BOOST_DESCRIBE_STRUCT(ProjectionView, (), (name, service, generation, position, head, lag_seconds, paused, rebuild))
[[nodiscard]] ProjectionView view(const ProjectionStatus& status, const std::string& service);

struct ConsumerView {
    std::string name;
    std::string service;
    std::string topic;
    std::string state;
    std::optional<std::string> reason;
    std::map<std::string, std::int64_t> progress;      ///< by shard
    std::map<std::string, std::string> paused_shards;  ///< why, by shard
    std::int64_t head = 0;                             ///< of the publisher's log
    std::int64_t handled = 0;
    std::int64_t duplicates = 0;
    std::int64_t parked = 0;
    std::int64_t commits = 0;
    std::int64_t conflicts = 0;
};
BOOST_DESCRIBE_STRUCT(ConsumerView, (),
                      (name, service, topic, state, reason, progress, paused_shards, head, handled, duplicates, parked,
                       commits, conflicts))
[[nodiscard]] ConsumerView view(const ConsumerRunner& runner, const std::string& service);

[[nodiscard]] std::string_view name(ConsumerStatus::State state);

struct TimerStatusView {
    std::string service;
    std::string state;
    std::optional<std::string> reason;           ///< why nothing fires
    std::map<std::string, std::string> waiting;  ///< why, by type
    std::vector<std::string> unhandled;          ///< types
    std::vector<std::string> failing;            ///< ids of the first of them
    std::vector<std::string> damaged;            ///< ids
    std::int64_t fired = 0;
    std::int64_t failed = 0;
    std::int64_t conflicts = 0;
};
BOOST_DESCRIBE_STRUCT(TimerStatusView, (),
                      (service, state, reason, waiting, unhandled, failing, damaged, fired, failed, conflicts))
[[nodiscard]] TimerStatusView view(const TimerStatus& status, const std::string& service);

[[nodiscard]] std::string_view name(TimerStatus::State state);

}  // namespace tally
