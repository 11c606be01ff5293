#include "tally/bus/log/log_bus.hpp"
#include "tally/store/memory/memory_store.hpp"
#include "tally/testing/bus_contract.hpp"

namespace tally::testing {
namespace {

class LogBusUnderTest final : public BusUnderTest {
public:
    LogBusUnderTest(Simulation& simulation, const BusSettings& settings)
        : publisher_(create_memory_store(simulation.executor(), simulation.clock(),
                                         create_memory_disk(simulation.random()), {.shards = settings.shards})),
          bus_(create_log_bus({{settings.topic, publisher_.get()}})) {}

    Bus& bus() override { return *bus_; }
    Store& publisher() override { return *publisher_; }
    Task<void> close() override { co_await publisher_->close(); }

private:
    std::unique_ptr<Store> publisher_;
    std::unique_ptr<Bus> bus_;
};

std::unique_ptr<BusUnderTest> open_log(Simulation& simulation, const BusSettings& settings) {
    return std::make_unique<LogBusUnderTest>(simulation, settings);
}

TALLY_BUS_CONTRACT(log, open_log);

}  // namespace
}  // namespace tally::testing
