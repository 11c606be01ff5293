#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "tally/base/clock.hpp"
#include "tally/base/error.hpp"
#include "tally/base/random.hpp"

namespace tally {

/// A 128-bit id (RFC 9562). Versions 7 and 8 as made here begin with their time, so they sort by it.
struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    /// Lower-case `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`.
    [[nodiscard]] std::string text() const;
    /// Reads that form in either case. Errors: invalid.
    [[nodiscard]] static Result<Uuid> parse(std::string_view text);

    static constexpr std::string_view json_format = "uuid";

    [[nodiscard]] bool is_nil() const noexcept { return bytes == decltype(bytes){}; }
    friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

/// Makes version 7 ids (RFC 9562 §5.7) that rise strictly, also within one millisecond and when the clock steps back
/// (§6.2, method 1: the 12 bits of rand_a and the first 14 of rand_b count).
class UuidGenerator {
public:
    UuidGenerator(const Clock& clock, Random& random) : clock_(clock), random_(random) {}
    [[nodiscard]] Uuid next();

private:
    const Clock& clock_;
    Random& random_;
    std::uint64_t last_ms_ = 0;
    std::uint32_t counter_ = 0;
};

/// The id of the `ordinal`-th thing that `consumer` makes of `cause`: version 8, with the 48 time bits of the cause,
/// then SHA-256(cause, consumer, ordinal). The same cause gives the same ids, so what is done twice is seen to be the
/// same.
[[nodiscard]] Uuid derive(const Uuid& cause, std::string_view consumer, std::uint32_t ordinal);

}  // namespace tally

template <>
struct std::hash<tally::Uuid> {
    std::size_t operator()(const tally::Uuid& id) const noexcept;
};
