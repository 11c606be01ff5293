#include "tally/base/sha256.hpp"

#include <string>

#include <gtest/gtest.h>

namespace tally {
namespace {

TEST(Sha256Of, follows_the_vectors_of_fips_180_4) {
    EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(to_hex(sha256(std::string(1'000'000, 'a'))),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256Fields, are_preceded_by_their_length) {
    // Computed with Python: sha256(pack('>Q', 3) + b'abc' + pack('>Q', 8) + pack('>Q', 1)).
    EXPECT_EQ(to_hex(Sha256().field("abc").field(std::uint64_t{1}).finish()),
              "c27558e62f4420473da422a4ba614543747cba1588eaf4151f05e5b7957c7865");
}

TEST(Sha256Fields, do_not_run_into_one_another) {
    EXPECT_NE(Sha256().field("ab").field("c").finish(), Sha256().field("a").field("bc").finish());
    EXPECT_NE(Sha256().field("ab").finish(), Sha256().field("ab").field("").finish());
    EXPECT_NE(Sha256().field("").finish(), Sha256().finish());
}

TEST(Sha256Fields, start_anew_after_each_digest) {
    Sha256 digest;
    const Digest first = digest.field("a").finish();
    EXPECT_EQ(digest.field("a").finish(), first);
    EXPECT_EQ(digest.finish(), sha256(""));
}

TEST(HmacSha256, follows_the_vectors_of_rfc_4231) {
    EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(to_hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Hex, is_lower_case) { EXPECT_EQ(to_hex(std::string_view("\x00\x0f\xf0\xff", 4)), "000ff0ff"); }

}  // namespace
}  // namespace tally
