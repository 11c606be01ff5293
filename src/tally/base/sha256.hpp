#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tally {

/// A SHA-256 digest (FIPS 180-4).
using Digest = std::array<std::uint8_t, 32>;

/// Digests a sequence of fields so that no two sequences look alike: each is preceded by its length (8 bytes, big end
/// first). Threads: one at a time; copy nothing, reuse freely.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    Sha256& field(std::string_view bytes);
    Sha256& field(std::uint64_t number);
    /// The digest of the fields so far; starts anew.
    [[nodiscard]] Digest finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The plain digest of bytes.
[[nodiscard]] Digest sha256(std::string_view bytes);
/// HMAC (RFC 2104) with SHA-256.
[[nodiscard]] Digest hmac_sha256(std::string_view key, std::string_view bytes);
[[nodiscard]] std::string to_hex(std::string_view bytes);
[[nodiscard]] std::string to_hex(const Digest& digest);

}  // namespace tally
