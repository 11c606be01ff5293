#include "tally/flow/consumer_metrics.hpp"

namespace tally {

ConsumerMetrics::ConsumerMetrics(Metrics& metrics, const std::string& consumer, const std::string& topic)
    : metrics_(metrics),
      topic_(topic),
      lag_(metrics.gauge("consumer_lag", "Positions of the topic's log that the consumer has yet to do.",
                         {{"topic", topic}, {"consumer", consumer}})),
      dead_letters_(
          metrics.gauge("dead_letters", "Events that are parked.", {{"topic", topic}, {"consumer", consumer}})),
      paused_(metrics.gauge("consumer_paused_shards", "Shards that need an operator.",
                            {{"topic", topic}, {"consumer", consumer}})),
      holes_(metrics.counter("consumer_holes_total", "Missing events that were noticed.",
                             {{"topic", topic}, {"consumer", consumer}})) {}

ConsumerMetrics::OfType& ConsumerMetrics::of(std::string_view type) {
    const auto known = types_.find(type);
    if (known != types_.end()) return known->second;
    const Labels labels{{"type", std::string(type)}, {"topic", topic_}};
    OfType made{metrics_.counter("events_consumed_total", "Events whose effect was committed.", labels),
                metrics_.counter("events_consume_errors_total", "Failed attempts to handle an event.", labels),
                metrics_.histogram("event_consume_duration_seconds", "Time in the handler, for each attempt.", labels,
                                   latency_buckets())};
    return types_.emplace(std::string(type), made).first->second;
}

}  // namespace tally
