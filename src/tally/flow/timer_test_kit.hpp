#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "tally/base/task_group.hpp"
#include "tally/flow/timer_desk.hpp"
#include "tally/flow/timer_runner.hpp"
#include "tally/store/memory/memory_store.hpp"
#include "tally/testing/simulation.hpp"

namespace tally::alarms {

struct Alarm {
    std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(Alarm, (), (number))
TALLY_TIMER(Alarm, "alarm")

/// Handled apart, so that one type's trouble is seen to be its own.
struct Chime {
    std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(Chime, (), (number))
TALLY_TIMER(Chime, "chime")

/// Nobody handles it.
struct Orphan {};
BOOST_DESCRIBE_STRUCT(Orphan, (), ())
TALLY_TIMER(Orphan, "orphan")

/// The effect.
struct Rang {
    std::int64_t number = 0;
    std::int64_t before = 0;  ///< how often this bell had rung
};
BOOST_DESCRIBE_STRUCT(Rang, (), (number, before))
TALLY_EVENT(Rang, "Rang", 1, internal)

struct Bell {
    using Key = Id<struct BellTag>;
    using Events = EventList<Rang>;
    static constexpr std::string_view category = "bell";
    std::int64_t rung = 0;
    void apply(const Rang&) { ++rung; }
};

/// A service with timers: its store, what its handlers do, and what has come of it.
class World {
public:
    explicit World(std::uint64_t seed);

    testing::Simulation simulation;
    std::shared_ptr<MemoryDisk> disk = create_memory_disk(simulation.random());
    std::unique_ptr<Store> store = create_memory_store(simulation.executor(), simulation.clock(), disk);
    std::unique_ptr<Metrics> metrics = create_metrics();
    const Timestamp start = simulation.clock().now();

    // What the handler of alarms does beside its effect.
    std::set<std::int64_t> poisonous;  ///< numbers that it refuses
    std::set<std::int64_t> throwing;   ///< numbers at which it throws
    int failing = 0;                   ///< so many times it says that it is unavailable
    std::function<Task<void>(const Fired<Alarm>&, Session&)> within_handler;
    std::vector<std::int64_t> tried;  ///< numbers of all attempts
    std::size_t at_once = 0;          ///< handlers that run now
    std::size_t most_at_once = 0;

    [[nodiscard]] TimerHandlers handlers();

    /// Commits a timer, `in` from now; `signal` is told, if given. An alarm of key `kitchen/1` rings the bell
    /// `kitchen`.
    template <TimerStruct T>
    void schedule(std::string key, Duration in, const T& timer, TimerSignal* signal = nullptr) {
        Session session = command(signal);
        session.schedule(std::move(key), simulation.clock().now() + in, timer);
        commit(session);
    }
    [[nodiscard]] Session command(TimerSignal* signal = nullptr);
    void commit(Session& session);

    struct Ring {
        std::int64_t number = 0;
        std::int64_t before = 0;
        Duration after{};  ///< the start, by the wall clock of the service
        friend bool operator==(const Ring&, const Ring&) = default;
    };
    /// In order.
    [[nodiscard]] std::vector<Ring> rings();
    [[nodiscard]] std::vector<std::int64_t> numbers();
    [[nodiscard]] std::size_t rung() { return store->statistics().head; }
    [[nodiscard]] std::vector<Timer> timers();
    [[nodiscard]] TimerDesk desk() { return TimerDesk(*store); }

    template <class T>
    [[nodiscard]] T run(Task<T> task) {
        std::optional<T> result;
        simulation.run(keep(std::move(task), result));
        return std::move(*result);
    }
    void pass(Duration time) {
        (void)simulation.run_until([] { return false; }, time);
    }

private:
    template <class T>
    static Task<void> keep(Task<T> task, std::optional<T>& result) {
        result.emplace(co_await std::move(task));
    }
    Task<Handled> ring(Fired<Alarm> alarm, Session& session);
    UuidGenerator ids_{simulation.clock(), simulation.random()};
};

/// One process that fires the service's timers; `kill` ends it wherever it is.
class Instance {
public:
    explicit Instance(World& world, TimerOptions options = {}, Store* store = nullptr);
    ~Instance() { kill(); }
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;
    void kill();

    World& world;
    TimerSignal signal;

private:
    TaskGroup tasks_;

public:
    TimerRunner runner;
    [[nodiscard]] const TimerStatus& status() const { return runner.status(); }
    [[nodiscard]] bool until_rung(std::size_t count, Duration limit = std::chrono::minutes(10));
};

}  // namespace tally::alarms
