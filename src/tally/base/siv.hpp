#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "tally/base/error.hpp"
#include "tally/base/random.hpp"

namespace tally {

/// A key of AES-256-SIV: 64 secret bytes, wiped when it is dropped. It is moved, and copied only by name.
class SivKey {
public:
    static constexpr std::size_t size = 64;

    /// New; `random` is fit for keys.
    [[nodiscard]] static SivKey random(Random& random);
    /// Errors: invalid (not 64 bytes).
    [[nodiscard]] static Result<SivKey> of(std::string_view bytes);
    [[nodiscard]] SivKey copy() const;

    /// Lives as long as the key.
    [[nodiscard]] std::string_view bytes() const noexcept;

private:
    using Bytes = std::array<std::uint8_t, size>;
    struct Wipe {
        void operator()(Bytes* bytes) const noexcept;
    };
    SivKey() : bytes_(new Bytes{}) {}

    std::unique_ptr<Bytes, Wipe> bytes_;
};

/// What goes into a seal beside the sealed bytes: none of it may differ when it is opened. At most 126 texts, none
/// empty.
using Associated = std::initializer_list<std::string_view>;

/// Seals bytes so that they can neither be read nor altered without the key (AES-256-SIV, RFC 5297): the 16 bytes of
/// the tag, then as many as `plain` has. Deterministic: the same arguments give the same bytes, so equal contents are
/// told apart only by what is associated. Throws std::invalid_argument where `plain` or an associated text is empty.
[[nodiscard]] std::string siv_seal(const SivKey& key, std::string_view plain, Associated associated);
/// Errors: corrupt (another key, other associated texts, or altered bytes; it cannot be told which).
[[nodiscard]] Result<std::string> siv_open(const SivKey& key, std::string_view sealed, Associated associated);

/// Overwrites a text that was secret, such as a key that was opened, and leaves it empty.
void wipe(std::string& secret) noexcept;

}  // namespace tally
