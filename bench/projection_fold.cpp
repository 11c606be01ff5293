// How many events a second a rebuild folds on SQLite: 100,000 events, three for each order, into one document with two
// index entries per order.

#include <filesystem>
#include <stdexcept>

#include <benchmark/benchmark.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/describe.hpp>

#include "tally/base/log.hpp"
#include "tally/base/metrics.hpp"
#include "tally/base/task_group.hpp"
#include "tally/base/uuid.hpp"
#include "tally/flow/projection_runner.hpp"
#include "tally/flow/projection_state.hpp"
#include "tally/store/sqlite/sqlite_store.hpp"

namespace tally {
namespace {

struct OrderPlaced {
    std::string order;
    std::string customer;
    std::string country;
    int lines = 0;
    std::int64_t total_cents = 0;
};
BOOST_DESCRIBE_STRUCT(OrderPlaced, (), (order, customer, country, lines, total_cents))
TALLY_EVENT(OrderPlaced, "OrderPlaced", 1, published)

struct OrderConfirmed {
    std::string order;
};
BOOST_DESCRIBE_STRUCT(OrderConfirmed, (), (order))
TALLY_EVENT(OrderConfirmed, "OrderConfirmed", 1, published)

struct OrderShipped {
    std::string order;
    std::string tracking;
};
BOOST_DESCRIBE_STRUCT(OrderShipped, (), (order, tracking))
TALLY_EVENT(OrderShipped, "OrderShipped", 1, published)

struct OrderRow {
    using Events = EventList<OrderPlaced, OrderConfirmed, OrderShipped>;
    std::string order;
    std::string customer;
    std::string status;
    std::string tracking;
    std::int64_t total_cents = 0;
    Timestamp changed_at{};

    static std::string key(const OrderPlaced& event) { return event.order; }
    static std::string key(const OrderConfirmed& event) { return event.order; }
    static std::string key(const OrderShipped& event) { return event.order; }
    void apply(const OrderPlaced& event, const Envelope& envelope) {
        order = event.order;
        customer = event.customer;
        total_cents = event.total_cents;
        change("placed", envelope);
    }
    void apply(const OrderConfirmed& /*event*/, const Envelope& envelope) { change("confirmed", envelope); }
    void apply(const OrderShipped& event, const Envelope& envelope) {
        tracking = event.tracking;
        change("shipped", envelope);
    }

private:
    void change(std::string to, const Envelope& envelope) {
        status = std::move(to);
        changed_at = envelope.occurred_at;
    }
};
BOOST_DESCRIBE_STRUCT(OrderRow, (), (order, customer, status, tracking, total_cents, changed_at))
TALLY_DOCUMENT(OrderRow, "order-rows")
std::vector<IndexEntry> tally_indexes(const OrderRow& row) {
    return {{"status", IndexKey().text(row.status).time(row.changed_at).bytes()},
            {"customer", IndexKey().text(row.customer).time(row.changed_at).bytes()}};
}

constexpr std::size_t events = 100'000;

/// A store in a folder of its own, and its loop.
class Bench {
public:
    Bench() {
        log::Options quiet;
        quiet.level = log::Level::warning;
        log::configure(quiet);
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        SqliteStoreOptions options;
        options.file = folder_ / "bench.db";
        auto opened = open_sqlite_store(options, {loop.get_executor(), writer_.get_executor(), reader_.get_executor()},
                                        *clock, *random_);
        if (!opened) throw std::runtime_error(opened.error().text);
        store = std::move(*opened);
        run(write());
    }
    ~Bench() {
        run(store->close());
        writer_.join();
        reader_.join();
        store.reset();
        std::filesystem::remove_all(folder_);
    }

    void run(Task<void> task) {
        bool done = false;
        boost::asio::co_spawn(loop, std::move(task), [&](const std::exception_ptr& thrown) {
            if (thrown) std::rethrow_exception(thrown);
            done = true;
        });
        loop.restart();
        while (!done) loop.run_one();
    }

    boost::asio::io_context loop;
    std::unique_ptr<Clock> clock = create_system_clock();
    std::unique_ptr<Metrics> metrics = create_metrics();
    std::unique_ptr<Store> store;

private:
    template <EventStruct E>
    NewEvent event(const E& content) {
        Envelope envelope;
        envelope.id = ids_.next();
        envelope.type = event_type<E>.name;
        envelope.correlation = content.order;
        envelope.actor = "customer:17850";
        envelope.key = content.order;
        envelope.occurred_at = clock->now();
        return {std::move(envelope), encode(content), event_type<E>.visibility};
    }

    /// Orders run abreast, as they do in a shop: the three events of one are some hundred apart.
    Task<void> write() {
        constexpr std::size_t abreast = 100;
        for (std::size_t first = 0; first < events / 3; first += abreast) {
            for (int phase = 0; phase < 3; ++phase) {
                Changes changes;
                for (std::size_t i = first; i < std::min(first + abreast, events / 3); ++i) {
                    const std::string order = "order-" + std::to_string(500'000 + i);
                    const auto cents = static_cast<std::int64_t>(i % 10'000);
                    changes.appends.push_back({order, ExpectedVersion::any(), {}});
                    changes.appends.back().events.push_back(
                        phase == 0 ? event(OrderPlaced{order, "customer-" + std::to_string(i % 4'000), "GB", 7, cents})
                        : phase == 1 ? event(OrderConfirmed{order})
                                     : event(OrderShipped{order, "1Z999AA1" + std::to_string(i)}));
                }
                if (!co_await store->commit(std::move(changes))) throw std::runtime_error("a commit was refused");
            }
        }
    }

    std::filesystem::path folder_ = std::filesystem::temp_directory_path() / "tally-bench-projection-fold";
    boost::asio::thread_pool writer_{1};
    boost::asio::thread_pool reader_{1};
    std::unique_ptr<Random> random_ = create_system_random();
    UuidGenerator ids_{*clock, *random_};
};

Task<void> rebuild(Bench& bench, ProjectionRunner& runner) {
    const int before = runner.status().generation;
    if (!co_await runner.rebuild()) throw std::runtime_error("the rebuild was refused");
    while (runner.status().generation == before) co_await bench.clock->sleep_for(std::chrono::milliseconds(1));
}

Task<void> until_removed(Bench& bench, ProjectionRunner& runner) {
    for (;;) {
        const auto stored = co_await load_projection_state(*bench.store, runner.name());
        if (stored && stored->state.retired.empty()) co_return;
        co_await bench.clock->sleep_for(std::chrono::milliseconds(50));
    }
}

void projection_rebuild(benchmark::State& state) {
    Bench bench;
    ProjectionRunner runner(make_projection<OrderRow>(), {*bench.store, *bench.clock, *bench.metrics},
                            static_cast<std::size_t>(state.range(0)));
    TaskGroup tasks(bench.loop.get_executor());
    tasks.spawn("projection", runner.run());
    const Position head = bench.store->statistics().head;
    const auto first = [](ProjectionRunner& of, Position to) -> Task<void> {
        if (!co_await of.wait_for(to, std::chrono::minutes(5))) throw std::runtime_error("the first fold is too slow");
    };
    bench.run(first(runner, head));
    for (auto _ : state) {
        bench.run(rebuild(bench, runner));
        state.PauseTiming();
        bench.run(until_removed(bench, runner));
        state.ResumeTiming();
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(head) * state.iterations());
    bench.run(tasks.close());
}
BENCHMARK(projection_rebuild)->Arg(128)->Arg(512)->Arg(2'048)->Iterations(3)->UseRealTime()->Unit(benchmark::kSecond);

}  // namespace
}  // namespace tally
