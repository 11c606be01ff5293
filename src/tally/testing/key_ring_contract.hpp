#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "tally/base/key_ring.hpp"
#include "tally/testing/coroutine_test.hpp"

namespace tally::testing {

/// A key ring together with what keeps its keys.
class KeyRingUnderTest {
public:
    virtual ~KeyRingUnderTest() = default;
    [[nodiscard]] virtual KeyRing& ring() = 0;
    /// Closes the ring and opens another one over the same keys; `ring()` is the new one. A ring that keeps nothing
    /// beyond its own life stays.
    virtual void reopen() = 0;
};

struct KeyRingEngine {
    std::string name;
    /// Makes a new, empty ring that runs on the simulation.
    std::function<std::unique_ptr<KeyRingUnderTest>(Simulation&)> open;

    /// For GoogleTest, which would print bytes.
    friend void PrintTo(const KeyRingEngine& engine, std::ostream* out) { *out << engine.name; }
};

/// What every KeyRing must do: one suite, which each engine runs by TALLY_KEY_RING_CONTRACT.
class KeyRingContract : public CoroutineTest, public ::testing::WithParamInterface<KeyRingEngine> {
public:
    using CoroutineTest::simulation;

    [[nodiscard]] KeyRing& ring() { return under_test_->ring(); }
    void reopen() { under_test_->reopen(); }

    /// The key's bytes, or `erased`. What is no success fails the test.
    [[nodiscard]] Task<std::string> key_to_seal(std::string subject);
    [[nodiscard]] Task<std::string> key_to_open(std::string subject);
    [[nodiscard]] Task<void> erase(std::string subject);
    [[nodiscard]] Task<Digest> fingerprint(std::string text);
    static constexpr const char* erased = "erased";

    void SetUp() override;

private:
    std::unique_ptr<KeyRingUnderTest> under_test_;
};

/// Links all sections of the suite.
[[nodiscard]] KeyRingEngine key_ring_engine(KeyRingEngine engine);

}  // namespace tally::testing

/// Runs the suite for an engine: `TALLY_KEY_RING_CONTRACT(file, open_file)`, where `open_file` is KeyRingEngine::open.
#define TALLY_KEY_RING_CONTRACT(Name, Open)                                                         \
    using ::tally::testing::KeyRingContract;                                                        \
    INSTANTIATE_TEST_SUITE_P(                                                                       \
        Name, KeyRingContract, ::testing::Values(::tally::testing::key_ring_engine({#Name, Open})), \
        [](const ::testing::TestParamInfo<::tally::testing::KeyRingEngine>& info) { return info.param.name; })
