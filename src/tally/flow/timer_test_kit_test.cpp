#include "tally/flow/timer_test_kit.hpp"

namespace tally::alarms {

World::World(std::uint64_t seed) : simulation(seed) {}

TimerHandlers World::handlers() {
    TimerHandlers handlers;
    handlers.on<Alarm>([this](Fired<Alarm> alarm, Session& session) { return ring(std::move(alarm), session); });
    handlers.on("chime", [](const Timer& timer, Session& session) -> Task<Handled> {
        session.record<Bell>(Bell::Key::trusted("chime"), Rang{std::stoll(timer.key), 0});
        co_return Handled{};
    });
    return handlers;
}

Task<Handled> World::ring(Fired<Alarm> alarm, Session& session) {
    struct Running {
        std::size_t& count;
        ~Running() { --count; }
    } const running{++at_once};
    most_at_once = std::max(most_at_once, at_once);
    const std::int64_t number = alarm.timer.number;
    tried.push_back(number);
    const auto bell = Bell::Key::trusted(alarm.key.substr(0, alarm.key.find('/')));
    auto loaded = co_await session.load<Bell>(bell);
    if (!loaded) co_return std::unexpected(loaded.error());
    if (within_handler) co_await within_handler(alarm, session);
    session.record<Bell>(bell, Rang{number, loaded->state.rung});
    // Only now, so that there is something to forget.
    if (failing > 0) {
        --failing;
        co_return fail(ErrorCode::unavailable, "the dependency is down");
    }
    if (throwing.contains(number)) throw std::runtime_error("a bug at " + std::to_string(number));
    if (poisonous.contains(number)) co_return fail(ErrorCode::rejected, "poison at " + std::to_string(number));
    co_return Handled{};
}

Session World::command(TimerSignal* signal) {
    const EventId cause = ids_.next();
    return Session(*store, {.correlation = "c", .event = cause, .actor = "customer:1", .traceparent = "t"},
                   {.make_id = ids_of_command(ids_), .now = simulation.clock().now(), .timers = signal});
}

void World::commit(Session& session) {
    if (!run(session.commit())) throw std::runtime_error("a command of the test was not committed");
}

std::vector<World::Ring> World::rings() {
    const auto batch = run(store->read(LogRead{.limit = 100'000}));
    std::vector<Ring> rings;
    for (const RecordedEvent& event : batch.value()) {
        const Rang rang = decode_event<Rang>(event).value();
        rings.push_back({rang.number, rang.before, event.occurred_at - start});
    }
    return rings;
}

std::vector<std::int64_t> World::numbers() {
    std::vector<std::int64_t> numbers;
    for (const Ring& ring : rings()) numbers.push_back(ring.number);
    return numbers;
}

std::vector<Timer> World::timers() { return run(desk().list({.limit = 100'000})).value().items; }

Instance::Instance(World& of, TimerOptions options, Store* store)
    : world(of),
      tasks_(of.simulation.executor()),
      runner("bells", of.handlers(),
             {.store = store != nullptr ? *store : *of.store,
              .clock = of.simulation.clock(),
              .random = of.simulation.random(),
              .metrics = *of.metrics,
              .signal = signal,
              .tasks = tasks_},
             options) {
    tasks_.spawn("timers", runner.run());
}

void Instance::kill() { world.simulation.run(tasks_.close()); }

bool Instance::until_rung(std::size_t count, Duration limit) {
    return world.simulation.run_until([&] { return world.rung() >= count; }, limit);
}

}  // namespace tally::alarms
