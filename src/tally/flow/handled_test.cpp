// Goal: whatever a handler does, its failure is a value that can be kept.
#include "tally/flow/handled.hpp"

#include <gmock/gmock.h>

#include "tally/base/text.hpp"
#include "tally/flow/timer_test_kit.hpp"
#include "tally/testing/covers.hpp"

namespace tally {
namespace {

Task<Handled> throws(int number) {
    if (number == 1) throw std::runtime_error("a bug");
    if (number == 2) throw 5;
    co_return Handled{};
}

TEST(Handled, what_a_handler_throws_is_an_error) {
    TALLY_COVERS("F29");
    alarms::World world(1);
    EXPECT_TRUE(world.run(run_handler([] { return throws(0); })));
    const Handled bug = world.run(run_handler([] { return throws(1); }));
    EXPECT_EQ(bug.error(), (Error{ErrorCode::internal, "the handler threw: a bug"}));
    EXPECT_EQ(world.run(run_handler([] { return throws(2); })).error().code, ErrorCode::internal);
    EXPECT_EQ(world.run(run_handler([]() -> Task<Handled> { throw std::runtime_error("at once"); })).error().text,
              "the handler threw: at once");
}

TEST(Handled, an_error_text_that_is_kept_is_clean_and_short) {
    EXPECT_EQ(kept_text("rejected: äöü"), "rejected: äöü");
    EXPECT_EQ(kept_text(std::string_view("a\xFF"
                                         "b\0c",
                                         5)),
              "a?b?c");
    const std::string kept = kept_text("x" + std::string(1'500, 'x') + std::string(600, '\xC3'));
    EXPECT_EQ(kept.size(), 2'000U);
    std::string umlauts = "x";
    for (int i = 0; i < 1'500; ++i) umlauts += "ä";
    EXPECT_EQ(kept_text(umlauts).size(), 1'999U);  // none is cut in two
    EXPECT_TRUE(is_clean_text(kept_text(umlauts)));
}

}  // namespace
}  // namespace tally
