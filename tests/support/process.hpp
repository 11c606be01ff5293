#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace tally::testing {

/// A program that runs beside the test, with what it writes. Killed at the latest by the destructor, by its id.
class Process {
public:
    using Seconds = std::chrono::duration<double>;
    struct Environment {
        std::vector<std::string> variables{};  ///< `NAME=value`: these and no others
    };

    /// `command` is the path of the program and its arguments; `input` is what it reads.
    Process(std::vector<std::string> command, const Environment& environment, const std::string& input = {});
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// The first line on standard output that contains `part`. Empty: it ended, or `limit` passed.
    [[nodiscard]] std::optional<std::string> wait_for_line(const std::string& part, Seconds limit);
    /// The exit code, 128 + n after signal n. Empty: it still runs after `limit`.
    [[nodiscard]] std::optional<int> wait(Seconds limit);
    void signal(int number) const;
    [[nodiscard]] bool running();

    [[nodiscard]] const std::string& out() const noexcept { return out_; }
    [[nodiscard]] const std::string& err() const noexcept { return err_; }

private:
    /// Reads what there is, or waits for more until `limit`; false when both ends are closed.
    bool read_some(Seconds limit);
    void reap(bool wait);

    pid_t id_ = -1;
    int out_end_ = -1;
    int err_end_ = -1;
    std::string out_;
    std::string err_;
    std::optional<int> code_;
};

}  // namespace tally::testing
