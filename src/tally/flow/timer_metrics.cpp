#include "tally/flow/timer_metrics.hpp"

namespace tally {

TimerMetrics::TimerMetrics(Metrics& metrics, const std::string& service, const std::string& type)
    : fired(metrics.counter("timers_fired_total", "Timers whose effect was committed.",
                            {{"service", service}, {"type", type}})),
      failed(metrics.counter("timers_failed_total", "Firings that failed and count as an attempt.",
                             {{"service", service}, {"type", type}})),
      lateness(metrics.histogram("timer_lateness_seconds", "From the time when a timer was due to its firing.",
                                 {{"service", service}, {"type", type}}, latency_buckets())) {}

}  // namespace tally
