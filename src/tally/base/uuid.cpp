#include "tally/base/uuid.hpp"

#include <algorithm>
#include <cstring>

#include "tally/base/sha256.hpp"

namespace tally {
namespace {

constexpr std::uint32_t counter_bits = 26;  // 12 in rand_a, 14 in rand_b

bool hyphen_before(std::size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

void stamp(Uuid& id, std::uint8_t version) {
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | (version << 4));
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3F) | 0x80);
}

}  // namespace

std::string Uuid::text() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(36);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (hyphen_before(i)) out += '-';
        out += digits[bytes[i] >> 4];
        out += digits[bytes[i] & 0xF];
    }
    return out;
}

Result<Uuid> Uuid::parse(std::string_view text) {
    const auto bad = [] { return fail(ErrorCode::invalid, "a UUID reads xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"); };
    if (text.size() != 36) return bad();
    Uuid id;
    std::size_t at = 0;
    for (std::size_t i = 0; i < id.bytes.size(); ++i) {
        if (hyphen_before(i) && text[at++] != '-') return bad();
        const int high = hex_digit(text[at++]);
        const int low = hex_digit(text[at++]);
        if (high < 0 || low < 0) return bad();
        id.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return id;
}

Uuid UuidGenerator::next() {
    const auto since = std::chrono::floor<std::chrono::milliseconds>(clock_.now().time_since_epoch()).count();
    const std::uint64_t now_ms = since < 0 ? 0 : static_cast<std::uint64_t>(since);
    if (now_ms > last_ms_) {
        last_ms_ = now_ms;
        counter_ = static_cast<std::uint32_t>(random_.next()) & ((1U << counter_bits) - 1);
    } else if (++counter_ >> counter_bits != 0) {
        ++last_ms_;  // the count started too high, or the clock stands still: borrow from the next millisecond
        counter_ = 0;
    }
    Uuid id;
    random_.fill(std::span(id.bytes).last<6>());
    for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(last_ms_ >> (8 * (5 - i)));
    id.bytes[6] = static_cast<std::uint8_t>(counter_ >> 22);
    id.bytes[7] = static_cast<std::uint8_t>(counter_ >> 14);
    id.bytes[8] = static_cast<std::uint8_t>(counter_ >> 8 & 0x3F);
    id.bytes[9] = static_cast<std::uint8_t>(counter_);
    stamp(id, 7);
    return id;
}

Uuid derive(const Uuid& cause, std::string_view consumer, std::uint32_t ordinal) {
    const Digest digest =
        Sha256()
            .field(std::string_view(reinterpret_cast<const char*>(cause.bytes.data()), cause.bytes.size()))
            .field(consumer)
            .field(std::uint64_t{ordinal})
            .finish();
    Uuid id = cause;
    std::copy_n(digest.begin(), 10, id.bytes.begin() + 6);
    stamp(id, 8);
    return id;
}

}  // namespace tally

std::size_t std::hash<tally::Uuid>::operator()(const tally::Uuid& id) const noexcept {
    std::array<std::uint64_t, 2> halves{};
    std::memcpy(halves.data(), id.bytes.data(), id.bytes.size());
    return std::hash<std::uint64_t>{}(halves[0] * 0x9E3779B97F4A7C15 ^ halves[1]);
}
