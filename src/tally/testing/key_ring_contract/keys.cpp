// A subject has one key, and no other subject has it.

#include <set>

#include "tally/base/strong_id.hpp"
#include "tally/testing/hostile_text.hpp"
#include "tally/testing/key_ring_contract.hpp"
#include "tally/testing/key_ring_contract/sections.hpp"
#include "tally/testing/together.hpp"

namespace tally::testing {

void link_key_section() {}

namespace {

Task<void> ask_into(KeyRingContract& test, std::set<std::string>& keys) {
    keys.insert(co_await test.key_to_seal("user:1"));
}

CORO_TEST_P(KeyRingContract, a_key_is_made_once_and_is_the_same_ever_after) {
    const std::string key = co_await test.key_to_seal("user:1");
    EXPECT_EQ(key.size(), SivKey::size);
    EXPECT_EQ(co_await test.key_to_seal("user:1"), key);
    EXPECT_EQ(co_await test.key_to_open("user:1"), key);
    test.reopen();
    EXPECT_EQ(co_await test.key_to_open("user:1"), key);
    EXPECT_EQ(co_await test.key_to_seal("user:1"), key);
}

CORO_TEST_P(KeyRingContract, each_subject_has_a_key_of_its_own) {
    std::set<std::string> keys;
    const std::vector<std::string> subjects = {"user:1", "user:10", "user:2",
                                               "USER:1", "user:1:", std::string(128, 'u')};
    for (const std::string& subject : subjects) keys.insert(co_await test.key_to_seal(subject));
    EXPECT_EQ(keys.size(), subjects.size());
}

CORO_TEST_P(KeyRingContract, many_who_ask_at_once_get_the_same_key) {
    std::set<std::string> keys;
    std::vector<Task<void>> tasks;
    tasks.reserve(8);
    for (int i = 0; i < 8; ++i) tasks.push_back(ask_into(test, keys));
    co_await together(test.simulation.executor(), std::move(tasks));
    EXPECT_EQ(keys.size(), 1);
}

CORO_TEST_P(KeyRingContract, opening_makes_no_key) {
    for (int i = 0; i < 2; ++i) {
        const auto unknown = co_await test.ring().key_to_open("user:1");
        EXPECT_TRUE(!unknown && unknown.error().code == ErrorCode::not_found);
    }
}

CORO_TEST_P(KeyRingContract, what_is_no_id_is_no_subject) {
    for (const HostileText& text : hostile_texts()) {
        if (is_id_text(text.text)) continue;
        const auto key = co_await test.ring().key_to_seal(text.text);
        EXPECT_TRUE(!key && key.error().code == ErrorCode::invalid) << text.name;
        const auto known = co_await test.ring().key_to_open(text.text);
        EXPECT_TRUE(!known && known.error().code == ErrorCode::invalid) << text.name;
        const auto gone = co_await test.ring().erase(text.text);
        EXPECT_TRUE(!gone && gone.error().code == ErrorCode::invalid) << text.name;
    }
}

CORO_TEST_P(KeyRingContract, a_fingerprint_is_that_of_its_text_in_this_ring) {
    std::set<Digest> prints;
    for (const HostileText& text : hostile_texts()) {
        const Digest print = co_await test.fingerprint(text.text);
        EXPECT_EQ(co_await test.fingerprint(text.text), print) << text.name;
        EXPECT_NE(print, sha256(text.text)) << text.name;
        prints.insert(print);
    }
    EXPECT_EQ(prints.size(), hostile_texts().size());
    const Digest print = co_await test.fingerprint("ann@example.org");
    test.reopen();
    EXPECT_EQ(co_await test.fingerprint("ann@example.org"), print);
}

}  // namespace
}  // namespace tally::testing
