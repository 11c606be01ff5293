#pragma once

#include <initializer_list>
#include <string>

#include <gtest/gtest.h>

namespace tally::testing {

/// Names the items of docs/features.md, and the invariants and faults of docs/reliability.md, that the running test
/// asserts: they become properties of the test in the result file, where `tools/features` reads them.
inline void covers(std::initializer_list<const char*> items) {
    std::string all;
    for (const char* item : items) all += all.empty() ? item : std::string(" ") + item;
    ::testing::Test::RecordProperty("covers", all);
}

}  // namespace tally::testing

#define TALLY_COVERS(...) ::tally::testing::covers({__VA_ARGS__})
