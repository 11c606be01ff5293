#include "tally/testing/key_ring_contract.hpp"

#include "tally/testing/key_ring_contract/sections.hpp"

namespace tally::testing {
namespace {

std::string text_of(const Result<SubjectKey>& key) {
    if (key) return *key ? std::string((*key)->bytes()) : KeyRingContract::erased;
    ADD_FAILURE() << key.error().text;
    return "";
}

}  // namespace

void KeyRingContract::SetUp() { under_test_ = GetParam().open(simulation); }

Task<std::string> KeyRingContract::key_to_seal(std::string subject) {
    co_return text_of(co_await ring().key_to_seal(std::move(subject)));
}

Task<std::string> KeyRingContract::key_to_open(std::string subject) {
    co_return text_of(co_await ring().key_to_open(std::move(subject)));
}

Task<void> KeyRingContract::erase(std::string subject) {
    const auto done = co_await ring().erase(std::move(subject));
    EXPECT_TRUE(done) << done.error().text;
}

Task<Digest> KeyRingContract::fingerprint(std::string text) {
    const auto found = co_await ring().fingerprint(std::move(text));
    EXPECT_TRUE(found) << found.error().text;
    co_return found.value_or(Digest{});
}

KeyRingEngine key_ring_engine(KeyRingEngine engine) {
    link_key_section();
    link_erasure_section();
    return engine;
}

}  // namespace tally::testing
