#include "tallystick/verify/invariant.hpp"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>

namespace tally::verify {
namespace {

using ::testing::HasSubstr;

TEST(Invariants, EachIsExplainedInTheManual) {
    std::ifstream file(std::string(TALLY_SOURCE_DIR) + "/docs/verify.md");
    const std::string manual{std::istreambuf_iterator<char>(file), {}};
    for (const InvariantInfo& each : invariants())
        EXPECT_THAT(manual, HasSubstr("| `" + std::string(each.name) + "`" + (each.of_the_log ? " *" : "") + " | " +
                                      std::string(each.meaning)));
}

}  // namespace
}  // namespace tally::verify
