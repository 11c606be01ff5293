#include "tally/base/metrics.hpp"

#include <mutex>
#include <sstream>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "tally/base/log.hpp"

namespace tally {
namespace {

class PrometheusCounter final : public Counter {
public:
    explicit PrometheusCounter(prometheus::Counter& inner) : inner_(inner) {}
    void add(double by) override { inner_.Increment(by); }

private:
    prometheus::Counter& inner_;
};

class PrometheusGauge final : public Gauge {
public:
    explicit PrometheusGauge(prometheus::Gauge& inner) : inner_(inner) {}
    void set(double value) override { inner_.Set(value); }

private:
    prometheus::Gauge& inner_;
};

class PrometheusHistogram final : public Histogram {
public:
    explicit PrometheusHistogram(prometheus::Histogram& inner) : inner_(inner) {}
    void observe(double value) override { inner_.Observe(value); }

private:
    prometheus::Histogram& inner_;
};

/// The adapter of each native metric, made once; the registry gives the same native one for the same name and labels.
template <class Adapter, class Native>
Adapter& adapter_of(std::map<const void*, std::unique_ptr<Adapter>>& known, Native& native) {
    auto& adapter = known[&native];
    if (!adapter) adapter = std::make_unique<Adapter>(native);
    return *adapter;
}

class PrometheusMetrics final : public Metrics {
public:
    Counter& counter(const std::string& name, const std::string& help, const Labels& labels) override {
        const std::scoped_lock lock(mutex_);
        auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(registry_);
        return adapter_of(counters_, family.Add(labels));
    }

    Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels) override {
        const std::scoped_lock lock(mutex_);
        auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(registry_);
        return adapter_of(gauges_, family.Add(labels));
    }

    Histogram& histogram(const std::string& name, const std::string& help, const Labels& labels,
                         const std::vector<double>& buckets) override {
        const std::scoped_lock lock(mutex_);
        auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(registry_);
        return adapter_of(histograms_, family.Add(labels, buckets));
    }

    std::string expose() const override {
        const std::scoped_lock lock(mutex_);
        dropped_lines_.Increment(static_cast<double>(log::dropped()) - dropped_lines_.Value());
        std::ostringstream out;
        prometheus::TextSerializer().Serialize(out, registry_.Collect());
        return std::move(out).str();
    }

private:
    mutable std::mutex mutex_;
    prometheus::Registry registry_;
    prometheus::Counter& dropped_lines_ = prometheus::BuildCounter()
                                              .Name("log_lines_dropped_total")
                                              .Help("Log lines lost because the sink was too slow")
                                              .Register(registry_)
                                              .Add({});
    std::map<const void*, std::unique_ptr<PrometheusCounter>> counters_;
    std::map<const void*, std::unique_ptr<PrometheusGauge>> gauges_;
    std::map<const void*, std::unique_ptr<PrometheusHistogram>> histograms_;
};

}  // namespace

std::unique_ptr<Metrics> create_metrics() { return std::make_unique<PrometheusMetrics>(); }

const std::vector<double>& latency_buckets() {
    static const std::vector<double> buckets{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                             0.1,    0.25,  0.5,    1,     2.5,  5,     10};
    return buckets;
}

}  // namespace tally
