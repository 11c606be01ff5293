#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tally/base/uuid.hpp"
#include "tally/bus/bus.hpp"
#include "tally/store/store.hpp"
#include "tally/testing/coroutine_test.hpp"

namespace tally::testing {

struct BusSettings {
    std::string topic;
    int shards = 3;
};

/// A bus together with the publisher of its only topic, whose store has nothing in it yet.
class BusUnderTest {
public:
    virtual ~BusUnderTest() = default;
    [[nodiscard]] virtual Bus& bus() = 0;
    [[nodiscard]] virtual Store& publisher() = 0;
    /// Whether a subscription can tell that a start is beyond the publisher's log.
    [[nodiscard]] virtual bool knows_the_log() const { return true; }
    [[nodiscard]] virtual Task<void> close() = 0;
};

struct BusEngine {
    std::string name;
    std::function<std::unique_ptr<BusUnderTest>(Simulation&, BusSettings)> open;

    /// For GoogleTest, which would print bytes.
    friend void PrintTo(const BusEngine& engine, std::ostream* out) { *out << engine.name; }
};

/// What every Bus must do: one suite, which each engine runs by TALLY_BUS_CONTRACT.
class BusContract : public CoroutineTest, public ::testing::WithParamInterface<BusEngine> {
public:
    using CoroutineTest::simulation;
    static constexpr const char* topic = "orders.events";

    BusContract();
    ~BusContract() override;

    [[nodiscard]] BusUnderTest& under_test() { return *under_test_; }
    [[nodiscard]] Bus& bus() { return under_test_->bus(); }
    [[nodiscard]] Store& publisher() { return under_test_->publisher(); }

    /// Of a key of few, so that shards have several keys and most keys several events.
    [[nodiscard]] NewEvent event(Visibility visibility = Visibility::published);
    [[nodiscard]] Task<void> append(std::vector<NewEvent> events);
    /// One commit.
    [[nodiscard]] Task<void> append(std::size_t count, Visibility visibility = Visibility::published);
    /// Published and internal ones by chance, in commits of a few with pauses between them.
    [[nodiscard]] Task<void> append_by_and_by(std::size_t commits);

    /// The publisher's whole log.
    [[nodiscard]] Task<EventBatch> log();
    /// Of the published events beyond `after`, in order.
    [[nodiscard]] Task<std::vector<Position>> published(Position after = 0);

    /// Runs `task` for as long; if it goes on then it is cancelled. Tells whether it came to its end.
    [[nodiscard]] Task<bool> ends_within(Task<void> task, Duration limit);
    /// Likewise, while `pause` lasts.
    [[nodiscard]] Task<bool> ends_within(Task<void> task, Task<void> pause);
    /// Either a few milliseconds or a few turns of the executor, so that it may end anywhere in what others do.
    [[nodiscard]] Task<void> pause();

    void SetUp() override;
    void TearDown() override;

private:
    UuidGenerator ids_{simulation.clock(), simulation.random()};
    std::unique_ptr<BusUnderTest> under_test_;
};

/// How far a group has come: what its instances share, as a service's instances do by its store.
struct GroupProgress {
    std::map<int, Position> shards{};  ///< last position taken, of each shard
    std::vector<Position> taken{};     ///< without repetitions, in the order of arrival
};

/// One instance of a group: pulls, drops what the group has taken already, and fails the test at what a bus must not
/// do.
class BusReader {
public:
    /// Lifetime: both outlive the reader.
    BusReader(BusContract& test, GroupProgress& progress, std::string group = "stock");
    BusReader(const BusReader&) = delete;
    BusReader& operator=(const BusReader&) = delete;

    [[nodiscard]] Task<void> subscribe();
    /// One `next`.
    [[nodiscard]] Task<void> step(std::size_t limit = 100);
    /// Until it is cancelled or an error comes.
    [[nodiscard]] Task<void> follow();
    /// Until the group has taken all that is published now; fails the test if that does not come.
    [[nodiscard]] Task<void> catch_up(std::size_t limit = 100);
    /// Fails the test if anything arrives that the group has not taken yet.
    [[nodiscard]] Task<void> expect_silence();

    [[nodiscard]] const std::vector<Position>& arrived() const noexcept { return arrived_; }
    [[nodiscard]] const std::vector<int>& asked() const noexcept { return asked_; }
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }

private:
    /// A shard that is assigned; without a position until its start is asked.
    using Shards = std::map<int, std::optional<Position>>;

    [[nodiscard]] Task<Result<Position>> start_of(int shard);
    [[nodiscard]] Task<void> step_until(const std::vector<Position>& wanted, std::size_t limit);
    void take(const Delivered& batch, std::size_t limit);
    void take(const RecordedEvent& event);

    BusContract& test_;
    GroupProgress& progress_;
    std::string group_;
    std::unique_ptr<Subscription> subscription_;
    Shards shards_;
    std::vector<Position> arrived_;  // with repetitions
    std::vector<int> asked_;         // shards whose start was asked
    std::optional<Error> error_;
};

/// Links all sections of the suite.
[[nodiscard]] BusEngine bus_engine(BusEngine engine);

}  // namespace tally::testing

/// Runs the suite for an engine: `TALLY_BUS_CONTRACT(log, open_log)`, where `open_log` is BusEngine::open.
#define TALLY_BUS_CONTRACT(Name, Open)                                                     \
    using ::tally::testing::BusContract;                                                   \
    INSTANTIATE_TEST_SUITE_P(                                                              \
        Name, BusContract, ::testing::Values(::tally::testing::bus_engine({#Name, Open})), \
        [](const ::testing::TestParamInfo<::tally::testing::BusEngine>& info) { return info.param.name; })
