#include "tallystick/commands/progress_line.hpp"

#include <cstdio>
#include <unistd.h>

#include <fmt/format.h>

namespace tally {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t width = 30;

}  // namespace

ProgressLine::ProgressLine(const Clock& clock) : clock_(clock), terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
    if (terminal_) fmt::print(stderr, "\r\x1b[K");
}

void ProgressLine::show(std::string_view what, std::size_t done, std::size_t total) {
    if (!terminal_ || total == 0) return;
    const Instant now = clock_.instant();
    if (what != what_) {
        what_ = what;
        begun_ = now;
    } else if (now - drawn_ < 100ms && done < total) {
        return;
    }
    drawn_ = now;
    const double seconds = std::chrono::duration<double>(now - begun_).count();
    const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
    const double left = rate > 0 ? static_cast<double>(total - done) / rate : 0;
    const std::string bar(width * done / total, '#');
    fmt::print(stderr, "\r\x1b[K{} [{:<{}}] {}/{}  {:.0f}/s  {:.0f} s left", what, bar, width, done, total, rate, left);
    std::fflush(stderr);
}

}  // namespace tally
