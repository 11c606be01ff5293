// Asio sees an executor like io_context's: `dispatch` runs inline when a handler of the simulation is running, `post`
// and everything else becomes one of the ready handlers, of which step() draws one.
#include "tally/testing/simulation.hpp"

#include <functional>
#include <map>
#include <stdexcept>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>

#include "tally/base/completion.hpp"

namespace tally::testing {
namespace {

/// A program that has not ended by then never will: no test runs for as long.
constexpr std::uint64_t most_steps = 100'000'000;

constexpr Timestamp start_of_time = std::chrono::sys_days(std::chrono::year(2011) / 1 / 1);

struct World : boost::asio::execution_context {
    using Handler = std::move_only_function<void()>;
    /// Deadline, and a number that tells sleepers of one deadline apart.
    using Sleeper = std::pair<Duration, std::uint64_t>;

    explicit World(std::uint64_t seed) : random(create_seeded_random(seed)), choices(create_seeded_random(~seed)) {}
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    ~World() {
        // A handler that is destroyed may destroy coroutines whose members announce their end: more handlers.
        while (!ready.empty() || !sleepers.empty()) {
            auto dying = std::exchange(ready, {});
            auto dreaming = std::exchange(sleepers, {});
        }
        shutdown();
        destroy();
    }

    std::unique_ptr<Random> random;
    std::unique_ptr<Random> choices;  // apart, so that the program's own draws do not depend on how it is scheduled
    Duration now{};
    Duration wall_steps{};  ///< by how much the wall clocks were set, altogether
    std::vector<Handler> ready;
    std::map<Sleeper, Completion> sleepers;
    std::uint64_t slept = 0;
    std::uint64_t hash = 0xCBF29CE484222325;
    bool running = false;

    void note(std::uint64_t choice) {  // FNV-1a, by words
        hash = (hash ^ choice) * 0x100000001B3;
    }

    Task<void> sleep_until(Instant at) {
        return suspend([this, at](Completion completion, boost::asio::cancellation_slot slot) {
            const Sleeper sleeper{std::max(at.since_start, now), ++slept};
            sleepers.emplace(sleeper, std::move(completion));
            if (slot.is_connected())
                slot.assign([this, sleeper](boost::asio::cancellation_type) {
                    if (auto node = sleepers.extract(sleeper)) node.mapped()(boost::asio::error::operation_aborted);
                });
        });
    }

    /// All who sleep until the same moment become ready together, so that chance orders them.
    void wake_next() {
        now = sleepers.begin()->first.first;
        while (!sleepers.empty() && sleepers.begin()->first.first == now)
            sleepers.extract(sleepers.begin()).mapped()({});
    }

    bool step() {
        if (ready.empty() && !sleepers.empty()) wake_next();
        if (ready.empty()) return false;
        const std::uint64_t chosen = choices->below(ready.size());
        note(ready.size());
        note(chosen);
        note(static_cast<std::uint64_t>(now.count()));
        std::swap(ready[chosen], ready.back());
        Handler handler = std::move(ready.back());
        ready.pop_back();
        struct Running {
            bool& flag;
            ~Running() { flag = false; }
        } const while_it_runs{running = true};
        handler();
        return true;
    }
};

class WorldExecutor {
public:
    explicit WorldExecutor(World& world, bool may_run_inline = true)
        : world_(&world), may_run_inline_(may_run_inline) {}

    boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept { return *world_; }
    boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t) const noexcept {
        if (may_run_inline_) return boost::asio::execution::blocking.possibly;
        return boost::asio::execution::blocking.never;
    }
    WorldExecutor require(boost::asio::execution::blocking_t::never_t) const { return WorldExecutor(*world_, false); }
    WorldExecutor require(boost::asio::execution::blocking_t::possibly_t) const { return WorldExecutor(*world_, true); }

    template <class Function>
    void execute(Function function) const {
        if (may_run_inline_ && world_->running)
            function();
        else
            world_->ready.emplace_back(std::move(function));
    }

    friend bool operator==(const WorldExecutor&, const WorldExecutor&) noexcept = default;

private:
    World* world_;
    bool may_run_inline_;
};

class WorldClock final : public Clock {
public:
    WorldClock(World& world, Duration skew) : world_(world), skew_(skew) {}
    Timestamp now() const override { return start_of_time + world_.now + world_.wall_steps + skew_; }
    Instant instant() const override { return {world_.now}; }
    Task<void> sleep_until(Instant at) override { return world_.sleep_until(at); }

private:
    World& world_;
    Duration skew_;
};

}  // namespace

struct Simulation::State {
    explicit State(std::uint64_t seed) : world(seed) {}
    World world;
    WorldClock clock{world, {}};
};

Simulation::Simulation(std::uint64_t seed) : state_(std::make_unique<State>(seed)) {}
Simulation::~Simulation() = default;

Executor Simulation::executor() { return WorldExecutor(state_->world); }
Clock& Simulation::clock() { return state_->clock; }
std::unique_ptr<Clock> Simulation::create_clock(Duration skew) {
    return std::make_unique<WorldClock>(state_->world, skew);
}
void Simulation::set_wall_clock_by(Duration step) { state_->world.wall_steps += step; }
Random& Simulation::random() { return *state_->world.random; }
bool Simulation::step() { return state_->world.step(); }
std::uint64_t Simulation::hash() const { return state_->world.hash; }

bool Simulation::run_until(const std::function<bool()>& done, Duration limit) {
    World& world = state_->world;
    const Duration end = world.now + limit;
    while (!done()) {
        const bool sleep_passes_end =
            world.ready.empty() && (world.sleepers.empty() || world.sleepers.begin()->first.first > end);
        if (sleep_passes_end) {
            world.now = end;
            return false;
        }
        step();
    }
    return true;
}

void Simulation::run(Task<void> task) {
    struct Outcome {
        bool ended = false;
        std::exception_ptr thrown;
    };
    const auto outcome = std::make_shared<Outcome>();  // a task that does not end now may still end after this call
    boost::asio::co_spawn(executor(), std::move(task),
                          [outcome](std::exception_ptr thrown) { *outcome = {true, std::move(thrown)}; });
    std::uint64_t steps = 0;
    while (!outcome->ended) {
        if (++steps > most_steps) throw std::runtime_error("the task does not end");
        if (!step()) throw std::runtime_error("the task waits for what nobody will announce");
    }
    if (outcome->thrown) std::rethrow_exception(outcome->thrown);
}

}  // namespace tally::testing
