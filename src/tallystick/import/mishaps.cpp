#include "tallystick/import/mishaps.hpp"

#include <array>

#include <fmt/format.h>

#include "tally/base/sha256.hpp"

namespace tally {
namespace {

/// From 0 to 99, each about as often.
int percentile(std::uint64_t seed, std::string_view invoice) {
    const Digest digest = sha256(fmt::format("{} {}", seed, invoice));
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = number << 8U | digest[i];
    return static_cast<int>(number % 100);
}

}  // namespace

std::optional<std::string> payment_method_of(const Mishaps& mishaps, std::string_view invoice) {
    const std::array<std::pair<int, const char*>, 4> kinds{{{mishaps.decline, "sim_decline"},
                                                            {mishaps.lose, "sim_lose"},
                                                            {mishaps.late, "sim_late"},
                                                            {mishaps.twice, "sim_twice"}}};
    int below = 0;
    const int drawn = percentile(mishaps.seed, invoice);
    for (const auto& [share, method] : kinds) {
        below += share;
        if (drawn < below) return method;
    }
    return std::nullopt;
}

}  // namespace tally
