#include "tally/store/index_key.hpp"

namespace tally {

IndexKey& IndexKey::text(std::string_view part) {
    for (const char c : part) {
        bytes_ += c;
        if (c == '\0') bytes_ += '\xFF';
    }
    bytes_ += '\x00';
    bytes_ += '\x01';
    return *this;
}

IndexKey& IndexKey::number(std::int64_t part) {
    const std::uint64_t ordered = static_cast<std::uint64_t>(part) ^ (std::uint64_t{1} << 63);
    for (int shift = 56; shift >= 0; shift -= 8) bytes_ += static_cast<char>((ordered >> shift) & 0xFF);
    return *this;
}

IndexKey& IndexKey::time(Timestamp part) { return number(part.time_since_epoch().count()); }

std::optional<std::string> IndexKey::upper_bound() const {
    std::string bound = bytes_;
    while (!bound.empty() && bound.back() == '\xFF') bound.pop_back();
    if (bound.empty()) return std::nullopt;
    bound.back() = static_cast<char>(static_cast<unsigned char>(bound.back()) + 1);
    return bound;
}

}  // namespace tally
