#pragma once

#include <string>

#include "tally/base/metrics.hpp"

namespace tally {

/// The metrics of one service's timers of one type.
struct TimerMetrics {
    TimerMetrics(Metrics& metrics, const std::string& service, const std::string& type);

    Counter& fired;       ///< timers_fired_total
    Counter& failed;      ///< timers_failed_total
    Histogram& lateness;  ///< timer_lateness_seconds
};

}  // namespace tally
