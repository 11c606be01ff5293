#pragma once

#include <map>
#include <string>
#include <string_view>

#include "tally/base/clock.hpp"
#include "tally/base/metrics.hpp"

namespace tally {

/// The metrics of one consumer.
class ConsumerMetrics {
public:
    ConsumerMetrics(Metrics& metrics, const std::string& consumer, const std::string& topic);

    struct OfType {
        Counter& consumed;    ///< events_consumed_total
        Counter& errors;      ///< events_consume_errors_total
        Histogram& duration;  ///< event_consume_duration_seconds
    };
    [[nodiscard]] OfType& of(std::string_view type);

    void set_lag(std::uint64_t events) { lag_.set(static_cast<double>(events)); }
    void set_dead_letters(std::uint64_t count) { dead_letters_.set(static_cast<double>(count)); }
    void set_paused_shards(std::size_t count) { paused_.set(static_cast<double>(count)); }
    void count_hole() { holes_.add(); }

private:
    Metrics& metrics_;
    std::string topic_;
    Gauge& lag_;
    Gauge& dead_letters_;
    Gauge& paused_;
    Counter& holes_;
    std::map<std::string, OfType, std::less<>> types_;
};

}  // namespace tally
