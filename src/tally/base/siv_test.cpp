#include "tally/base/siv.hpp"

#include <set>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include "tally/base/sha256.hpp"
#include "tally/testing/hostile_text.hpp"

namespace tally {
namespace {

std::string from_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2)
        bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    return bytes;
}

SivKey key_of(std::string_view hex) { return std::move(SivKey::of(from_hex(hex)).value()); }

SivKey some_key(std::uint64_t seed = 1) { return SivKey::random(*create_seeded_random(seed)); }

constexpr std::string_view counting_key =
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";

struct Vector {
    std::string_view key, associated, plain, tag, sealed;
};

// From Wycheproof's aes_siv_cmac_test, and RFC 5297's first example with the longer key that OpenSSL's tests give it.
constexpr Vector vectors[] = {
    {"fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfefff0f1f2f3f4f5f6f7f8f9fafbfcfdfefffffefdfcfbfaf9f8"
     "f7f6f5f4f3f2f1f0",
     "101112131415161718191a1b1c1d1e1f2021222324252627", "112233445566778899aabbccddee",
     "724dfb2eaf94dbb19b0ba3a299a0801e", "f3b05a55498ec2552690b89810e4"},
    {"e2c5662bb18fbb411d0304e4241db073fe60a4704fee290073513038a22b4cd542580b2b4edbc37e3de01c0cb61abcad46986cdc491ce9e5"
     "ae5af223ff58b953",
     "fab912dec29a34aabfaef176", "0d", "1c6969ecb15741a9959b7a8492250e39", "1a"},
    {"c25cafc6018b98dfbb79a40ec89c575a4f88c4116489bba27707479800c0130235334a45dbe8d8dae3da8dcb45bbe5dce031b0f68ded544f"
     "da7eca30d6749442",
     "deeb0ccf3aef47a296ed1ca8f4ae5907", "beec61030fa3d670337196beade6aeaa", "5865208eab9163db85cab9f96d846234",
     "a2626aae22f5c17c9aad4b501f4416e4"},
    {"72a76714e0171e8213de624f00e273bc900050e69d25c454cc42b61e8b3fbc92d4942e1ae14421e164046c1479a7b9c9f4b50b382cb62dfe"
     "aa210b98dec7d937",
     "6a8aaf2c84003e0e6f409658",
     "92d8f4dc7d41e8b180d66e8994022db79249cdc76fd7f3ea12d9925b51925250cd75a15fcfd78ea85c57fe6196f8d7545086f99ea796a0ea"
     "69170db9944200435d9d3d551943892400ce787f703c1105",
     "69f720f36b0da86ec8cc0f46d62835dc",
     "b35ac23f5b891152d861c4e0f0018f19d272ee8b12d83300bfd46aeec0124d5d23b3cb849c1cab1fdf64b70947ebf79f5442e209076dfa9a"
     "3f36ab0a6d3cf4a75ddfcdc21837743b20885db4c803ac27"},
    {counting_key, "000102030405060708090a0b0c0d0e0f", "bfa1733d07afa03cb3f2eeb81bbde037",
     "00000000000000000000000000000000", "4ce637d6ca9cdf1c2feb0d140865cddb"},
    {counting_key, "000102030405060708090a0b0c0d0e0f", "404aa73280eb830afde284ba6b18d48a",
     "ffffffffffffffffffffffffffffffff", "0fae016c086fc20546b374c24f3ebad0"},
    {counting_key, "000102030405060708090a0b0c0d0e0f", "5cabb261dd19c72368c8d40c5aae007d",
     "ffffffffffffffff7fffffffffffffff", "134f143f559d862cd39924747e886e27"},
};

TEST(Siv, follows_the_published_vectors) {
    for (const Vector& vector : vectors) {
        const SivKey key = key_of(vector.key);
        const std::string associated = from_hex(vector.associated);
        const std::string plain = from_hex(vector.plain);
        const std::string sealed = siv_seal(key, plain, {associated});
        EXPECT_EQ(to_hex(sealed), std::string(vector.tag) + std::string(vector.sealed));
        EXPECT_EQ(siv_open(key, sealed, {associated}), plain);
    }
}

// The plain and associated texts of RFC 5297 A.2, under the long key of A.1 above; computed with Python's cryptography.
TEST(Siv, takes_several_associated_texts) {
    const SivKey key = key_of(vectors[0].key);
    const std::string first =
        from_hex("00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100");
    const std::string second = from_hex("102030405060708090a0");
    const std::string third = from_hex("09f911029d74e35bd84156c5635688c0");
    const std::string sealed = siv_seal(key, "this is some plaintext to encrypt using SIV-AES", {first, second, third});
    EXPECT_EQ(to_hex(sealed),
              "816eee7a1c5d677118bcf04f3bc0b8d9195040ef6b9c2914f91bfa5a1fc05e34b04466dc9913f7f0133f60c585457c7667dbfe81"
              "f3b1e125c07dbc374df554");
    EXPECT_EQ(siv_open(key, sealed, {first, third, second}).error().code, ErrorCode::corrupt);
    EXPECT_EQ(siv_open(key, sealed, {first + second, third}).error().code, ErrorCode::corrupt);
}

TEST(Siv, is_the_same_for_the_same_and_another_for_everything_else) {
    const SivKey key = some_key();
    const std::set<std::string> seals = {siv_seal(key, "plain", {"a", "b"}), siv_seal(key, "plain", {"a", "b"}),
                                         siv_seal(key, "plain", {"ab"}), siv_seal(key, "plaim", {"a", "b"}),
                                         siv_seal(some_key(2), "plain", {"a", "b"})};
    EXPECT_EQ(seals.size(), 4);
}

TEST(Siv, brings_back_every_text_and_shows_none) {
    const SivKey key = some_key();
    for (const auto& [name, text, clean] : testing::hostile_texts()) {
        if (text.empty()) continue;
        const std::string sealed = siv_seal(key, text, {name});
        EXPECT_EQ(sealed.size(), text.size() + 16) << name;
        if (text.size() > 4) EXPECT_FALSE(sealed.contains(text)) << name;
        EXPECT_EQ(siv_open(key, sealed, {name}), text) << name;
    }
}

TEST(Siv, notices_every_bit_that_is_altered_and_every_cut) {
    const SivKey key = some_key();
    const std::string sealed = siv_seal(key, "somebody@example.org", {"event", "/email"});
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        std::string altered = sealed;
        altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_EQ(siv_open(key, altered, {"event", "/email"}).error().code, ErrorCode::corrupt) << bit;
    }
    for (std::size_t size = 0; size < sealed.size(); ++size)
        EXPECT_EQ(siv_open(key, sealed.substr(0, size), {"event", "/email"}).error().code, ErrorCode::corrupt) << size;
    EXPECT_FALSE(siv_open(key, sealed + "x", {"event", "/email"}));
}

TEST(Siv, refuses_what_some_versions_of_openssl_pass_over) {
    const SivKey key = some_key();
    EXPECT_THROW((void)siv_seal(key, "", {"a"}), std::invalid_argument);
    EXPECT_THROW((void)siv_seal(key, "plain", {"a", ""}), std::invalid_argument);
}

TEST(SivKeyOf, takes_64_bytes) {
    EXPECT_EQ(SivKey::of(std::string(63, 'k')).error().code, ErrorCode::invalid);
    EXPECT_EQ(SivKey::of(std::string(65, 'k')).error().code, ErrorCode::invalid);
    EXPECT_EQ(SivKey::of(std::string(64, 'k'))->bytes(), std::string(64, 'k'));
}

TEST(SivKeyOf, is_copied_by_name_only) {
    static_assert(!std::is_copy_constructible_v<SivKey> && !std::is_copy_assignable_v<SivKey>);
    const SivKey key = some_key();
    EXPECT_EQ(key.copy().bytes(), key.bytes());
    EXPECT_NE(key.bytes(), some_key(2).bytes());
}

TEST(Wipe, leaves_nothing_of_a_secret) {
    std::string secret(100, 's');
    const char* const place = secret.data();
    wipe(secret);
    EXPECT_TRUE(secret.empty());
    EXPECT_EQ(std::string_view(place, 100).find('s'), std::string_view::npos);
}

}  // namespace
}  // namespace tally
