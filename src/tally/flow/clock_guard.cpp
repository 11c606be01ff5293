#include "tally/flow/clock_guard.hpp"

#include <fmt/format.h>

namespace tally {

ClockGuard::ClockGuard(const Clock& clock) : clock_(clock), seen_ahead_(ahead()) {}

Duration ClockGuard::ahead() const { return clock_.now().time_since_epoch() - clock_.instant().since_start; }

bool ClockGuard::look() {
    const Duration now_ahead = ahead();
    const Duration step = now_ahead - seen_ahead_;
    seen_ahead_ = now_ahead;
    if (std::chrono::abs(step) > largest_step) {
        agree_since_ = clock_.instant();
        trouble_ = fmt::format(
            "the wall clock was moved by {} s: check it; timers fire again when it has run evenly for {} s, or at "
            "`timers resume`",
            std::chrono::floor<std::chrono::seconds>(step).count(),
            std::chrono::floor<std::chrono::seconds>(agreement).count());
    } else if (!trouble_.empty() && clock_.instant() - agree_since_ >= agreement) {
        trouble_.clear();
    }
    return trouble_.empty();
}

void ClockGuard::resume() {
    seen_ahead_ = ahead();
    trouble_.clear();
}

}  // namespace tally
