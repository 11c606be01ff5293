#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "tally/base/error.hpp"
#include "tally/base/task.hpp"

namespace tally {

using Duration = std::chrono::microseconds;

/// A moment of UTC wall-clock time; 1970-01-01 is 0. Leap seconds are not counted (POSIX).
using Timestamp = std::chrono::sys_time<Duration>;

/// A moment of the monotonic clock: good for deadlines and durations of one process, never stored.
struct Instant {
    Duration since_start{};

    friend auto operator<=>(const Instant&, const Instant&) = default;
    friend Instant operator+(Instant at, Duration by) { return {at.since_start + by}; }
    friend Duration operator-(Instant later, Instant earlier) { return later.since_start - earlier.since_start; }
};

/// All time and all sleeping go through this seam, so that a whole system can run on simulated time.
///
/// Threads: `now` and `instant` from any thread; `sleep_until` on the loop that awaits it.
class Clock {
public:
    virtual ~Clock() = default;

    [[nodiscard]] virtual Timestamp now() const = 0;
    [[nodiscard]] virtual Instant instant() const = 0;
    /// Returns at `at` or as soon afterwards as the loop gets to it. Cancellation: ends the sleep.
    [[nodiscard]] virtual Task<void> sleep_until(Instant at) = 0;
    [[nodiscard]] Task<void> sleep_for(Duration duration) { return sleep_until(instant() + duration); }
};

/// The machine's clocks.
[[nodiscard]] std::unique_ptr<Clock> create_system_clock();

/// RFC 3339 with microseconds and `Z`: `2010-12-01T08:26:00.000000Z`.
[[nodiscard]] std::string to_text(Timestamp at);
/// Reads RFC 3339 with any offset and 0–9 decimals (more precise than a microsecond: truncated). Errors: invalid.
[[nodiscard]] Result<Timestamp> parse_timestamp(std::string_view text);

}  // namespace tally
