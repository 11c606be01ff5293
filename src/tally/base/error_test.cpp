#include "tally/base/error.hpp"

#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace tally {
namespace {

// Stored in logs and dead letters: a change here breaks history.
const std::map<int, std::pair<std::string, bool>> known{
    {100, {"invalid", false}},    {101, {"not_found", false}},   {102, {"rejected", false}},
    {103, {"too_large", false}},  {104, {"unsupported", false}}, {105, {"fenced", false}},
    {200, {"unavailable", true}}, {201, {"timeout", true}},      {202, {"overloaded", true}},
    {203, {"cancelled", true}},   {204, {"conflict", true}},     {300, {"corrupt", false}},
    {301, {"hole", false}},       {302, {"io", false}},          {303, {"disk_full", false}},
    {304, {"locked", false}},     {305, {"restored", false}},    {306, {"internal", false}},
};

TEST(ErrorCodes, have_stable_numbers_names_and_kinds) {
    for (const auto& [number, expected] : known) {
        const auto code = static_cast<ErrorCode>(number);
        EXPECT_EQ(name(code), expected.first);
        EXPECT_EQ((Error{code, ""}.retryable()), expected.second) << expected.first;
    }
    EXPECT_EQ(name(static_cast<ErrorCode>(999)), "unknown");
}

TEST(Fail, makes_the_error_of_a_result) {
    const Result<int> result = fail(ErrorCode::not_found, "no order 536365");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), (Error{ErrorCode::not_found, "no order 536365"}));
}

}  // namespace
}  // namespace tally
