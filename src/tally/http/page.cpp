// A token is base64url(expiry, 8 bytes big end first | MAC, 32 bytes | place). The MAC is over expiry, filters,
// principal and place, each with its length.
#include "tally/http/page.hpp"

#include <algorithm>

#include "tally/base/sha256.hpp"
#include "tally/base/text.hpp"

namespace tally {
namespace {

constexpr std::size_t expiry_bytes = 8;
constexpr std::size_t mac_bytes = 32;

std::string big_endian(std::int64_t number) {
    std::string bytes;
    for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(number >> shift));
    return bytes;
}

std::string mac_of(const std::string& secret, std::string_view expiry, std::string_view filters,
                   std::string_view principal, std::string_view place) {
    std::string text;
    for (std::string_view part : {expiry, filters, principal, place}) {
        text += big_endian(static_cast<std::int64_t>(part.size()));
        text += part;
    }
    const Digest mac = hmac_sha256(secret, text);
    return {mac.begin(), mac.end()};
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    unsigned difference = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
    return difference == 0;
}

}  // namespace

std::size_t PageRequest::size() const {
    if (!page_size || *page_size == 0) return default_size;
    return std::min(static_cast<std::size_t>(*page_size), max_size);
}

std::string PageTokens::seal(std::string_view place, std::string_view filters, std::string_view principal) const {
    const std::string expiry = big_endian((clock_.now() + lifetime).time_since_epoch().count());
    return to_base64url(expiry + mac_of(secret_, expiry, filters, principal, place) + std::string(place));
}

std::optional<std::string> PageTokens::open(std::string_view token, std::string_view filters,
                                            std::string_view principal) const {
    std::string bytes;
    if (!from_base64url(token, bytes) || bytes.size() < expiry_bytes + mac_bytes) return std::nullopt;
    const std::string_view all = bytes;
    const auto expiry = all.substr(0, expiry_bytes);
    const auto place = all.substr(expiry_bytes + mac_bytes);
    if (!equal_in_constant_time(all.substr(expiry_bytes, mac_bytes),
                                mac_of(secret_, expiry, filters, principal, place)))
        return std::nullopt;
    if (expiry < big_endian(clock_.now().time_since_epoch().count())) return std::nullopt;
    return std::string(place);
}

}  // namespace tally
