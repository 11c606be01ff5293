#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tally/base/uuid.hpp"
#include "tally/store/store.hpp"
#include "tally/testing/coroutine_test.hpp"

namespace tally::testing {

struct StoreSettings {
    int shards = 8;
    std::size_t max_batch = 512;
    std::size_t high_water = 8'192;
};

/// A store together with what keeps its data.
class StoreUnderTest {
public:
    virtual ~StoreUnderTest() = default;
    [[nodiscard]] virtual Store& store() = 0;
    /// Closes the store and opens another one over the same data; `store()` is the new one.
    [[nodiscard]] virtual Task<void> reopen() = 0;
};

struct StoreEngine {
    std::string name;
    /// Makes a new, empty store that runs on the simulation and takes its time from the simulation's clock.
    std::function<std::unique_ptr<StoreUnderTest>(Simulation&, StoreSettings)> open;

    /// For GoogleTest, which would print bytes.
    friend void PrintTo(const StoreEngine& engine, std::ostream* out) { *out << engine.name; }
};

/// What every Store must do: one suite, which each engine runs by TALLY_STORE_CONTRACT.
class StoreContract : public CoroutineTest, public ::testing::WithParamInterface<StoreEngine> {
public:
    using CoroutineTest::simulation;

    StoreContract();
    ~StoreContract() override;

    /// Before the first use of `store()`, for other settings than the default ones.
    void open(StoreSettings settings);
    [[nodiscard]] Store& store();
    [[nodiscard]] Task<void> reopen();

    /// A published event of the key with an id of its own.
    [[nodiscard]] NewEvent event(std::string data = "{}", std::string key = "key");
    [[nodiscard]] std::vector<NewEvent> events(std::size_t count);

    /// Commits one after the other's hand-over, all at once in flight; outcomes in the order given.
    [[nodiscard]] Task<std::vector<CommitResult>> commit_together(std::vector<Changes> all);
    /// Runs all at once and returns when the last has ended.
    [[nodiscard]] Task<void> run_together(std::vector<Task<void>> tasks);
    /// So many, each made by `make`.
    [[nodiscard]] Task<void> run_together(std::size_t count, const std::function<Task<void>()>& make);
    /// Commits what must be accepted: fails the test otherwise, and returns an empty one.
    [[nodiscard]] Task<Committed> accept(Changes changes);
    /// The conflict of a commit; fails the test if there is none.
    [[nodiscard]] Task<Conflict> refuse(Changes changes);
    /// The error of a commit; fails the test if there is none.
    [[nodiscard]] Task<ErrorCode> fail_with(Changes changes);

    [[nodiscard]] Task<EventBatch> read(StreamRead what);
    [[nodiscard]] Task<EventBatch> read(LogRead what);
    /// Empty if it does not exist.
    [[nodiscard]] Task<std::optional<Document>> get(DocumentKey key);
    [[nodiscard]] Task<DocumentPage> find(DocumentQuery query);

    void TearDown() override;

private:
    UuidGenerator ids_{simulation.clock(), simulation.random()};
    std::unique_ptr<StoreUnderTest> under_test_;
};

[[nodiscard]] Changes append(std::string stream, ExpectedVersion expected, std::vector<NewEvent> events);
[[nodiscard]] Changes write(DocumentKey key, ExpectedDocument expected, std::variant<Put, Remove, Check> what);
[[nodiscard]] Put body(std::string text);

/// Links all sections of the suite.
[[nodiscard]] StoreEngine store_engine(StoreEngine engine);

}  // namespace tally::testing

/// Runs the suite for an engine: `TALLY_STORE_CONTRACT(memory, open_memory)`, where `open_memory` is StoreEngine::open.
#define TALLY_STORE_CONTRACT(Name, Open)                                                       \
    using ::tally::testing::StoreContract;                                                     \
    INSTANTIATE_TEST_SUITE_P(                                                                  \
        Name, StoreContract, ::testing::Values(::tally::testing::store_engine({#Name, Open})), \
        [](const ::testing::TestParamInfo<::tally::testing::StoreEngine>& info) { return info.param.name; })
