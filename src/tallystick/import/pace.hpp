#pragma once

#include <algorithm>
#include <cstddef>

#include "tally/base/clock.hpp"

namespace tally {

/// How many things may be under way at once, by how long they take: one more after so many as there may be have ended
/// in time, half as many after one that took too long (additive increase, multiplicative decrease: Chiu and Jain 1989).
class Pace {
public:
    static constexpr std::size_t least = 4;

    /// `in_time` is how long one may take.
    Pace(std::size_t most, Duration in_time) : most_(std::max(most, least)), in_time_(in_time) {}

    [[nodiscard]] bool has_room() const noexcept { return under_way_ < window_; }
    [[nodiscard]] std::size_t window() const noexcept { return window_; }

    void begin() noexcept { ++under_way_; }
    /// One has ended that says nothing about the pace.
    void end() noexcept { --under_way_; }
    void end(Duration took) noexcept {
        end();
        if (took > in_time_) {
            window_ = std::max(window_ / 2, least);
            ended_in_time_ = 0;
        } else if (++ended_in_time_ >= window_) {
            window_ = std::min(window_ + 1, most_);
            ended_in_time_ = 0;
        }
    }

private:
    std::size_t most_;
    Duration in_time_;
    std::size_t window_ = least;
    std::size_t under_way_ = 0;
    std::size_t ended_in_time_ = 0;
};

}  // namespace tally
