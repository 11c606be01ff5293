#include "tally/security/no_key_ring.hpp"

#include "tally/testing/coroutine_test.hpp"

namespace tally {
namespace {

class NoKeyRingTest : public testing::CoroutineTest {};

CORO_TEST_F(NoKeyRingTest, refuses_everything) {
    const auto ring = create_no_key_ring();
    EXPECT_EQ((co_await ring->key_to_seal("user:1")).error().code, ErrorCode::unsupported);
    EXPECT_EQ((co_await ring->key_to_open("user:1")).error().code, ErrorCode::unsupported);
    EXPECT_EQ((co_await ring->erase("user:1")).error().code, ErrorCode::unsupported);
    EXPECT_EQ((co_await ring->fingerprint("text")).error().code, ErrorCode::unsupported);
}

}  // namespace
}  // namespace tally
