#include "tally/security/memory_key_ring.hpp"

#include "tally/testing/key_ring_contract.hpp"

namespace tally::testing {
namespace {

class MemoryUnderTest final : public KeyRingUnderTest {
public:
    explicit MemoryUnderTest(Simulation& simulation) : ring_(create_memory_key_ring(simulation.random())) {}
    KeyRing& ring() override { return *ring_; }
    void reopen() override {}

private:
    std::unique_ptr<KeyRing> ring_;
};

std::unique_ptr<KeyRingUnderTest> open_memory(Simulation& simulation) {
    return std::make_unique<MemoryUnderTest>(simulation);
}

TALLY_KEY_RING_CONTRACT(memory, open_memory);

}  // namespace
}  // namespace tally::testing
