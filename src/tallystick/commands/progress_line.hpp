#pragma once

#include <string_view>

#include "tally/base/clock.hpp"

namespace tally {

/// A bar with rate and remaining time on standard error, drawn only if that is a terminal.
class ProgressLine {
public:
    explicit ProgressLine(const Clock& clock);
    /// Removes the bar.
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    /// Cheap: draws ten times a second at most. Another `what` starts anew.
    void show(std::string_view what, std::size_t done, std::size_t total);

private:
    const Clock& clock_;
    bool terminal_;
    std::string_view what_;
    Instant begun_{};
    Instant drawn_{};
};

}  // namespace tally
