// An erased subject has no key, and never gets one again.

#include "tally/testing/key_ring_contract.hpp"
#include "tally/testing/key_ring_contract/sections.hpp"
#include "tally/testing/together.hpp"

namespace tally::testing {

void link_erasure_section() {}

namespace {

Task<void> seal(KeyRingContract& test) { (void)co_await test.key_to_seal("user:1"); }

Task<void> expect_erased(KeyRingContract& test, std::string subject) {
    EXPECT_EQ(co_await test.key_to_open(subject), KeyRingContract::erased);
    EXPECT_EQ(co_await test.key_to_seal(subject), KeyRingContract::erased);
    EXPECT_EQ(co_await test.key_to_open(subject), KeyRingContract::erased);
}

CORO_TEST_P(KeyRingContract, an_erased_subject_never_has_a_key_again) {
    (void)co_await test.key_to_seal("user:1");
    co_await test.erase("user:1");
    co_await expect_erased(test, "user:1");
    test.reopen();
    co_await expect_erased(test, "user:1");
}

CORO_TEST_P(KeyRingContract, erasing_takes_one_subject_only) {
    const std::string other = co_await test.key_to_seal("user:10");
    (void)co_await test.key_to_seal("user:1");
    co_await test.erase("user:1");
    EXPECT_EQ(co_await test.key_to_open("user:10"), other);
    test.reopen();
    EXPECT_EQ(co_await test.key_to_open("user:10"), other);
}

CORO_TEST_P(KeyRingContract, erasing_again_changes_nothing) {
    (void)co_await test.key_to_seal("user:1");
    co_await test.erase("user:1");
    co_await test.erase("user:1");
    co_await expect_erased(test, "user:1");
}

CORO_TEST_P(KeyRingContract, a_subject_without_a_key_can_be_erased_too) {
    co_await test.erase("user:1");
    co_await expect_erased(test, "user:1");
    test.reopen();
    co_await expect_erased(test, "user:1");
}

CORO_TEST_P(KeyRingContract, a_key_that_is_asked_for_during_the_erasure_does_not_stay) {
    std::vector<Task<void>> tasks;
    tasks.reserve(9);
    for (int i = 0; i < 4; ++i) tasks.push_back(seal(test));
    tasks.push_back(test.erase("user:1"));
    for (int i = 0; i < 4; ++i) tasks.push_back(seal(test));
    co_await together(test.simulation.executor(), std::move(tasks));
    co_await expect_erased(test, "user:1");
}

}  // namespace
}  // namespace tally::testing
