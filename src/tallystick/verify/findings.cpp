#include "tallystick/verify/findings.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace tally::verify {
namespace {

constexpr std::size_t most_kept = 100;

}  // namespace

void Findings::violation(Invariant invariant, std::string subject, std::string detail) {
    log_is_damaged_ = log_is_damaged_ || info(invariant).of_the_log;
    keep(invariant, std::move(subject), std::move(detail));
}

void Findings::in_flight(std::string subject, std::string detail) {
    keep(Invariant::in_flight, std::move(subject), std::move(detail));
}

bool Findings::has_violations() const noexcept {
    return std::ranges::any_of(found_, [](const auto& each) { return each.first != Invariant::in_flight; });
}

void Findings::keep(Invariant invariant, std::string subject, std::string detail) {
    Kept& kept = found_[invariant];
    if (++kept.all <= most_kept)
        kept.first.push_back({std::string(info(invariant).name), std::move(subject), std::move(detail)});
}

Verdict Findings::verdict(bool in_flight_ok) {
    Verdict verdict{.ok = true, .in_flight = 0, .violations = {}, .checked = checked};
    for (auto& [invariant, kept] : found_) {
        if (invariant == Invariant::in_flight) {
            verdict.in_flight = static_cast<std::int64_t>(kept.all);
            if (in_flight_ok) continue;
        }
        for (Violation& violation : kept.first) verdict.violations.push_back(std::move(violation));
        if (kept.all > kept.first.size())
            verdict.violations.push_back({std::string(info(invariant).name), "more",
                                          fmt::format("{} of this kind are not listed", kept.all - most_kept)});
    }
    verdict.ok = verdict.violations.empty();
    return verdict;
}

}  // namespace tally::verify
