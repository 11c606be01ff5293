#include "tally/base/trace_context.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "tally/base/sha256.hpp"

namespace tally {
namespace {

bool is_lower_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_id(std::string_view text) {
    return is_lower_hex(text) && std::ranges::any_of(text, [](char c) { return c != '0'; });
}

/// An id of `Bytes` bytes; all zero would mean "none".
template <std::size_t Bytes>
std::string random_id(Random& random) {
    std::array<std::uint8_t, Bytes> bytes{};
    do random.fill(bytes);
    while (std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; }));
    return to_hex(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace

std::string TraceParent::text() const { return "00-" + trace_id + "-" + span_id + "-" + flags; }

std::optional<TraceParent> TraceParent::parse(std::string_view text) {
    constexpr std::size_t length = 55;
    if (text.size() < length) return std::nullopt;
    const std::string_view version = text.substr(0, 2);
    const std::string_view trace = text.substr(3, 32);
    const std::string_view span = text.substr(36, 16);
    const std::string_view bits = text.substr(53, 2);
    if (text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
    if (!is_lower_hex(version) || version == "ff" || !is_id(trace) || !is_id(span) || !is_lower_hex(bits))
        return std::nullopt;
    if (text.size() > length && (version == "00" || text[length] != '-')) return std::nullopt;
    const bool sampled = std::string_view("13579bdf").contains(bits[1]);
    return TraceParent{std::string(trace), std::string(span), sampled ? "01" : "00"};
}

TraceParent TraceParent::start(Random& random) { return {random_id<16>(random), random_id<8>(random)}; }

TraceParent TraceParent::child(Random& random) const { return {trace_id, random_id<8>(random), flags}; }

}  // namespace tally
