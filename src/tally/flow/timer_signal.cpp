#include "tally/flow/timer_signal.hpp"

#include <utility>

namespace tally {

void TimerSignal::scheduled(Timestamp due) {
    earliest_ = std::min(earliest_.value_or(due), due);
    // Most timers are due after what the runner waits for anyway: those leave it asleep.
    if (awaited_ && *earliest_ < *awaited_) signal_.notify_all();
}

std::optional<Timestamp> TimerSignal::take() { return std::exchange(earliest_, std::nullopt); }

Task<void> TimerSignal::earlier_than(Timestamp due) {
    awaited_ = due;
    while (!earliest_ || *earliest_ >= due) co_await signal_.wait();
}

}  // namespace tally
