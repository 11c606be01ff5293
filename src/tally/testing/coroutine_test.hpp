#pragma once

#include <gtest/gtest.h>

#include "tally/testing/simulation.hpp"

namespace tally::testing {

/// A test whose body is a coroutine on a simulation; EXPECT_* inside, since ASSERT_* returns (see CORO_TEST_F).
/// `--gtest_random_seed=N` makes other choices, `--gtest_repeat` does not.
class CoroutineTest : public ::testing::Test {
protected:
    Simulation simulation{1 + static_cast<std::uint64_t>(GTEST_FLAG_GET(random_seed))};
};

}  // namespace tally::testing

// The parameters are names, which cannot stand in parentheses.
// NOLINTBEGIN(bugprone-macro-parentheses)

/// Like TEST_F, with a body that may `co_await`; virtual time, so that it ends or fails at once.
#define CORO_TEST_F(Fixture, Name)                                    \
    class Fixture##_##Name##_Body : public Fixture {                  \
    protected:                                                        \
        ::tally::Task<void> body();                                   \
    };                                                                \
    TEST_F(Fixture##_##Name##_Body, Name) { simulation.run(body()); } \
    ::tally::Task<void> Fixture##_##Name##_Body::body()

/// Like TEST_P, with a body that may `co_await`; there `test` is the fixture, whose public members it sees.
#define CORO_TEST_P(Fixture, Name)                                            \
    static ::tally::Task<void> Fixture##_##Name##_body(Fixture& test);        \
    TEST_P(Fixture, Name) { simulation.run(Fixture##_##Name##_body(*this)); } \
    static ::tally::Task<void> Fixture##_##Name##_body([[maybe_unused]] Fixture& test)

// NOLINTEND(bugprone-macro-parentheses)
