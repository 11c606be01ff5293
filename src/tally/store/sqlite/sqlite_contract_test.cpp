#include "tally/store/sqlite/sqlite_fixture_test.hpp"
#include "tally/testing/store_contract.hpp"

namespace tally::testing {
namespace {

class SqliteUnderTest final : public StoreUnderTest {
public:
    SqliteUnderTest(Simulation& simulation, StoreSettings settings) : simulation_(simulation), settings_(settings) {
        open();
    }

    Store& store() override { return *store_; }

    Task<void> reopen() override {
        co_await store_->close();
        open();
    }

private:
    void open() {
        SqliteStoreOptions options;
        options.file = folder_.path("store.db");
        options.shards = settings_.shards;
        options.max_batch = settings_.max_batch;
        options.high_water = settings_.high_water;
        const Executor executor = simulation_.executor();
        auto opened =
            open_sqlite_store(options, {executor, executor, executor}, simulation_.clock(), simulation_.random());
        store_ = std::move(opened.value());
    }

    Simulation& simulation_;
    StoreSettings settings_;
    sqlite::TemporaryFolder folder_;
    std::unique_ptr<Store> store_;
};

std::unique_ptr<StoreUnderTest> open_sqlite(Simulation& simulation, StoreSettings settings) {
    return std::make_unique<SqliteUnderTest>(simulation, settings);
}

TALLY_STORE_CONTRACT(sqlite, open_sqlite);

}  // namespace
}  // namespace tally::testing
