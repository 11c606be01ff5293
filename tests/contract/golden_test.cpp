// Stored events of every released version stay readable; see tests/golden.
#include "tally/testing/golden.hpp"

#include <gtest/gtest.h>

#include "contract/all_events.hpp"
#include "tally/testing/covers.hpp"

namespace tally {
namespace {

TEST(Golden, EveryVersionOfEveryEventIsReadAndWrittenAsItWas) {
    TALLY_COVERS("B21.3");
    for (const auto& [service, events] : all_events())
        testing::check_golden(std::string(TALLY_SOURCE_DIR) + "/tests/golden/" + service, events);
}

}  // namespace
}  // namespace tally
