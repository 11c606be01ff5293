#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tally {

using Labels = std::map<std::string, std::string>;

class Counter {
public:
    virtual ~Counter() = default;
    virtual void add(double by = 1) = 0;
};
class Gauge {
public:
    virtual ~Gauge() = default;
    virtual void set(double value) = 0;
};
class Histogram {
public:
    virtual ~Histogram() = default;
    virtual void observe(double value) = 0;
};

/// Metrics of one process by name and labels; asking twice gives the same one. Units are part of names
/// (`_seconds`, `_bytes`, `_total`), as Prometheus advises.
///
/// Threads: all of it from any thread. Lifetime: what it returns lives as long as the registry.
class Metrics {
public:
    virtual ~Metrics() = default;
    [[nodiscard]] virtual Counter& counter(const std::string& name, const std::string& help, const Labels& labels) = 0;
    [[nodiscard]] virtual Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels) = 0;
    [[nodiscard]] virtual Histogram& histogram(const std::string& name, const std::string& help, const Labels& labels,
                                               const std::vector<double>& buckets) = 0;
    /// Everything in the Prometheus text exposition format 0.0.4.
    [[nodiscard]] virtual std::string expose() const = 0;
};

[[nodiscard]] std::unique_ptr<Metrics> create_metrics();
/// Seconds from 0.5 ms to 10 s.
[[nodiscard]] const std::vector<double>& latency_buckets();

}  // namespace tally
