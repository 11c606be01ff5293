// The caller makes the line and hands it to a bounded queue; one thread of spdlog takes it from there to the sink.
#include "tally/base/log.hpp"

#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>

#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "tally/base/clock.hpp"
#include "tally/base/log_line.hpp"

namespace tally::log {
namespace {

constexpr std::size_t queue_lines = 8192;
constexpr auto flush_poll = std::chrono::milliseconds(1);
constexpr int flush_polls = 2000;

std::shared_ptr<spdlog::sinks::sink> open_sink(const std::string& file) {
    std::shared_ptr<spdlog::sinks::sink> sink;
    if (file.empty())
        sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    else
        sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file);
    sink->set_pattern("%v");
    return sink;
}

/// Counts the lines that are done with, written or refused by the sink, so that a flush knows when to return.
class CountingSink final : public spdlog::sinks::sink {
public:
    explicit CountingSink(std::shared_ptr<spdlog::sinks::sink> inner) : inner_(std::move(inner)) {}

    void log(const spdlog::details::log_msg& line) override {
        struct Count {
            std::atomic<std::uint64_t>& lines;
            ~Count() { ++lines; }
        } const count{done_};
        inner_->log(line);
        inner_->flush();
    }
    void flush() override { inner_->flush(); }
    void set_pattern(const std::string& pattern) override { inner_->set_pattern(pattern); }
    void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override {
        inner_->set_formatter(std::move(formatter));
    }
    std::uint64_t done() const { return done_; }

private:
    std::shared_ptr<spdlog::sinks::sink> inner_;
    std::atomic<std::uint64_t> done_{0};
};

class Output {
public:
    explicit Output(const Options& options)
        : service_(options.service), sink_(std::make_shared<CountingSink>(open_sink(options.file))) {}

    const std::string& service() const { return service_; }
    std::uint64_t dropped() const { return pool_->overrun_counter(); }

    void write(const std::string& line) {
        ++queued_;
        logger_->log(spdlog::level::info, line);
    }

    void flush() const {
        const std::uint64_t goal = queued_;
        for (int poll = 0; poll < flush_polls && sink_->done() + dropped() < goal; ++poll)
            std::this_thread::sleep_for(flush_poll);
    }

private:
    std::string service_;
    std::shared_ptr<CountingSink> sink_;
    std::shared_ptr<spdlog::details::thread_pool> pool_ =
        std::make_shared<spdlog::details::thread_pool>(queue_lines, 1U);
    std::shared_ptr<spdlog::async_logger> logger_ =
        std::make_shared<spdlog::async_logger>("tally", sink_, pool_, spdlog::async_overflow_policy::overrun_oldest);
    std::atomic<std::uint64_t> queued_{0};
};

struct Global {
    std::atomic<Level> level = Options{}.level;
    std::unique_ptr<Clock> clock = create_system_clock();
    std::mutex mutex;
    std::shared_ptr<Output> output;             // guarded by mutex
    std::uint64_t dropped_by_earlier_ones = 0;  // guarded by mutex

    std::shared_ptr<Output> current() {
        const std::scoped_lock lock(mutex);
        if (!output) output = std::make_shared<Output>(Options{});
        return output;
    }
};

/// Never destroyed: whatever runs while the process ends may still log.
Global& global() {
    static Global* const instance = [] {
        std::atexit(flush);
        return new Global;
    }();
    return *instance;
}

}  // namespace

void configure(const Options& options) {
    auto next = std::make_shared<Output>(options);
    flush();
    Global& all = global();
    all.level = options.level;
    const std::scoped_lock lock(all.mutex);
    if (all.output) all.dropped_by_earlier_ones += all.output->dropped();
    all.output = std::move(next);
}

void flush() {
    Global& all = global();
    std::shared_ptr<Output> output;
    {
        const std::scoped_lock lock(all.mutex);
        output = all.output;
    }
    if (output) output->flush();
}

std::uint64_t dropped() {
    Global& all = global();
    const std::scoped_lock lock(all.mutex);
    return all.dropped_by_earlier_ones + (all.output ? all.output->dropped() : 0);
}

bool enabled(Level level) { return level != Level::off && level >= global().level.load(std::memory_order_relaxed); }

Result<Level> parse_level(std::string_view name) {
    constexpr std::array<std::string_view, 5> names{"debug", "info", "warning", "error", "off"};
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == name) return static_cast<Level>(i);
    return fail(ErrorCode::invalid, "a log level is debug, info, warning, error or off");
}

void write(Level level, std::string_view message, Fields fields) {
    if (!enabled(level)) return;
    Global& all = global();
    const auto output = all.current();
    output->write(json_line(all.clock->now(), level, output->service(), message, fields));
}

}  // namespace tally::log
