#include "tally/base/metrics.hpp"

#include <stdexcept>

#include <gmock/gmock.h>

namespace tally {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(MetricsRegistry, gives_the_same_metric_for_the_same_name_and_labels) {
    const auto metrics = create_metrics();
    Counter& orders = metrics->counter("orders_total", "Orders", {{"state", "new"}});
    EXPECT_EQ(&orders, &metrics->counter("orders_total", "Orders", {{"state", "new"}}));
    EXPECT_NE(&orders, &metrics->counter("orders_total", "Orders", {{"state", "old"}}));
    EXPECT_EQ(&metrics->gauge("depth", "Depth", {}), &metrics->gauge("depth", "Depth", {}));
    EXPECT_EQ(&metrics->histogram("wait_seconds", "Wait", {}, latency_buckets()),
              &metrics->histogram("wait_seconds", "Wait", {}, latency_buckets()));
}

TEST(MetricsRegistry, exposes_the_text_format) {
    const auto metrics = create_metrics();
    metrics->counter("orders_total", "Orders placed", {{"state", "a\"b\n"}}).add();
    metrics->counter("orders_total", "Orders placed", {{"state", "a\"b\n"}}).add(2);
    metrics->gauge("queue_depth", "Waiting", {}).set(-1.5);
    auto& wait = metrics->histogram("wait_seconds", "Wait", {}, {0.1, 1});
    wait.observe(0.05);
    wait.observe(0.5);
    wait.observe(5);
    EXPECT_THAT(metrics->expose(),
                AllOf(HasSubstr("# HELP orders_total Orders placed\n# TYPE orders_total counter\n"),
                      HasSubstr("orders_total{state=\"a\\\"b\\n\"} 3\n"), HasSubstr("# TYPE queue_depth gauge\n"),
                      HasSubstr("queue_depth -1.5\n"), HasSubstr("wait_seconds_bucket{le=\"0.1\"} 1\n"),
                      HasSubstr("wait_seconds_bucket{le=\"1\"} 2\n"), HasSubstr("wait_seconds_bucket{le=\"+Inf\"} 3\n"),
                      HasSubstr("wait_seconds_sum 5.55\n"), HasSubstr("wait_seconds_count 3\n"),
                      HasSubstr("log_lines_dropped_total ")));
}

TEST(MetricsRegistry, refuses_one_name_for_two_kinds) {
    const auto metrics = create_metrics();
    metrics->counter("thing", "A thing", {}).add();
    EXPECT_THROW((void)metrics->gauge("thing", "A thing", {}), std::invalid_argument);
    EXPECT_THROW((void)metrics->counter("no blanks", "Bad name", {}), std::invalid_argument);
}

TEST(LatencyBuckets, rise_from_half_a_millisecond_to_ten_seconds) {
    const auto& buckets = latency_buckets();
    EXPECT_EQ(buckets.front(), 0.0005);
    EXPECT_EQ(buckets.back(), 10);
    EXPECT_TRUE(std::ranges::is_sorted(buckets));
}

}  // namespace
}  // namespace tally
