// Timers fired a second through a SQLite store: `range(0)` of them are due at once, and the effect of each is one event
// in a stream of its own.
//
//     build/release/bench/bench_timer_firing
#include <filesystem>
#include <stdexcept>

#include <benchmark/benchmark.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/describe.hpp>

#include "tally/flow/timer_runner.hpp"
#include "tally/store/sqlite/sqlite_store.hpp"

namespace tally {
namespace {

struct Alarm {};
BOOST_DESCRIBE_STRUCT(Alarm, (), ())
TALLY_TIMER(Alarm, "alarm")

struct Rang {
    std::string key;
};
BOOST_DESCRIBE_STRUCT(Rang, (), (key))
TALLY_EVENT(Rang, "Rang", 1, published)

struct Bell {
    using Key = Id<struct BellTag>;
    using Events = EventList<Rang>;
    static constexpr std::string_view category = "bell";
    std::int64_t rung = 0;
    void apply(const Rang&) { ++rung; }
};

Task<Handled> ring(Fired<Alarm> alarm, Session& session) {
    const auto bell = Bell::Key::trusted(alarm.key);
    auto loaded = co_await session.load<Bell>(bell);
    if (!loaded) co_return std::unexpected(loaded.error());
    session.record<Bell>(bell, Rang{alarm.key});
    co_return Handled{};
}

class Service {
public:
    Service() {
        SqliteStoreOptions options;
        options.file = folder_ / "bells.db";
        auto opened = open_sqlite_store(options, {loop_.get_executor(), writer_.get_executor(), reader_.get_executor()},
                                        *clock_, *random_);
        if (!opened) throw std::runtime_error(opened.error().text);
        store_ = std::move(*opened);
    }
    ~Service() {
        run(store_->close());
        std::filesystem::remove_all(folder_);
    }
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    void schedule(std::size_t count) {
        Session session(*store_, {.correlation = "c", .event = {}, .actor = "bench", .traceparent = {}},
                        {.make_id = ids_of_command(ids_), .now = clock_->now()});
        for (std::size_t i = 0; i < count; ++i) session.schedule(std::to_string(i), clock_->now(), Alarm{});
        run(commit(session));
    }
    /// Until all have fired; the seconds that it took.
    double fire(std::size_t count) {
        const Instant began = clock_->instant();
        TimerHandlers handlers;
        handlers.on<Alarm>(&ring);
        TimerSignal signal;
        TaskGroup tasks(loop_.get_executor());
        TimerRunner runner("bells", std::move(handlers),
                           {.store = *store_,
                            .clock = *clock_,
                            .random = *random_,
                            .metrics = *metrics_,
                            .signal = signal,
                            .tasks = tasks},
                           {});
        tasks.spawn("timers", runner.run());
        loop_.restart();
        while (runner.status().fired < count) loop_.run_one();
        const Duration taken = clock_->instant() - began;
        run(tasks.close());
        return std::chrono::duration<double>(taken).count();
    }

private:
    static Task<void> commit(Session& session) {
        if (!co_await session.commit()) throw std::runtime_error("a commit failed");
    }
    void run(Task<void> task) {
        loop_.restart();
        bool ended = false;
        boost::asio::co_spawn(loop_, std::move(task), [&](const std::exception_ptr& failure) {
            ended = true;
            if (failure) std::rethrow_exception(failure);
        });
        while (!ended) loop_.run_one();
    }

    std::unique_ptr<Clock> clock_ = create_system_clock();
    std::unique_ptr<Random> random_ = create_seeded_random(1);
    std::unique_ptr<Metrics> metrics_ = create_metrics();
    UuidGenerator ids_{*clock_, *random_};
    std::filesystem::path folder_ = make_folder(ids_.next().text());
    boost::asio::io_context loop_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{loop_.get_executor()};
    boost::asio::thread_pool writer_{1};
    boost::asio::thread_pool reader_{1};
    std::unique_ptr<Store> store_;

    static std::filesystem::path make_folder(const std::string& name) {
        auto folder = std::filesystem::temp_directory_path() / ("bench_timer_firing_" + name);
        std::filesystem::create_directories(folder);
        return folder;
    }
};

void fire_timers(benchmark::State& state) {
    const auto count = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) {
        Service service;
        service.schedule(count);
        state.SetIterationTime(service.fire(count));
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(fire_timers)->Arg(1'000)->Arg(20'000)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tally
