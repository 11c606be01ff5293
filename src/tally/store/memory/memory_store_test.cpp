#include "tally/store/memory/memory_store.hpp"

#include "tally/testing/store_contract.hpp"

namespace tally::testing {
namespace {

class MemoryUnderTest final : public StoreUnderTest {
public:
    MemoryUnderTest(Simulation& simulation, StoreSettings settings) : simulation_(simulation), settings_(settings) {
        open();
    }

    Store& store() override { return *store_; }

    Task<void> reopen() override {
        co_await store_->close();
        open();
    }

private:
    void open() {
        store_ = create_memory_store(
            simulation_.executor(), simulation_.clock(), disk_,
            {.shards = settings_.shards, .max_batch = settings_.max_batch, .high_water = settings_.high_water});
    }

    Simulation& simulation_;
    StoreSettings settings_;
    std::shared_ptr<MemoryDisk> disk_ = create_memory_disk(simulation_.random());
    std::unique_ptr<Store> store_;
};

std::unique_ptr<StoreUnderTest> open_memory(Simulation& simulation, StoreSettings settings) {
    return std::make_unique<MemoryUnderTest>(simulation, settings);
}

TALLY_STORE_CONTRACT(memory, open_memory);

}  // namespace
}  // namespace tally::testing
