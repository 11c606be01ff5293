#include "support/process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace tally::testing {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<char*> pointers_of(const std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
    pointers.push_back(nullptr);
    return pointers;
}

std::array<int, 2> new_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    return ends;
}

/// A file without a name that holds `input`.
int file_with(const std::string& input) {
    std::string path = "/tmp/tally-input-XXXXXX";
    const int file = ::mkostemp(path.data(), O_CLOEXEC);
    if (file < 0 || ::write(file, input.data(), input.size()) != static_cast<ssize_t>(input.size()))
        throw std::runtime_error("no input file");
    ::unlink(path.c_str());
    ::lseek(file, 0, SEEK_SET);
    return file;
}

}  // namespace

Process::Process(std::vector<std::string> command, const Environment& environment, const std::string& input) {
    const auto out = new_pipe();
    const auto err = new_pipe();
    const int in = file_with(input);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
    auto arguments = pointers_of(command);
    auto variables = pointers_of(environment.variables);
    const int failure =
        ::posix_spawn(&id_, command.front().c_str(), &actions, nullptr, arguments.data(), variables.data());
    ::posix_spawn_file_actions_destroy(&actions);
    for (const int end : {in, out[1], err[1]}) ::close(end);
    out_end_ = out[0];
    err_end_ = err[0];
    if (failure != 0) throw std::runtime_error("cannot start " + command.front() + ": " + std::strerror(failure));
}

Process::~Process() {
    if (!code_) {
        ::kill(id_, SIGKILL);
        reap(true);
    }
    for (const int end : {out_end_, err_end_})
        if (end >= 0) ::close(end);
}

bool Process::read_some(Seconds limit) {
    std::array<pollfd, 2> ends{{{out_end_, POLLIN, 0}, {err_end_, POLLIN, 0}}};
    if (out_end_ < 0 && err_end_ < 0) return false;
    if (::poll(ends.data(), ends.size(), static_cast<int>(limit.count() * 1000)) <= 0) return true;
    for (const pollfd& each : ends) {
        if (each.fd < 0 || each.revents == 0) continue;
        std::array<char, 4096> bytes;
        const ssize_t count = ::read(each.fd, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        int& end = each.fd == out_end_ ? out_end_ : err_end_;
        if (count > 0)
            (each.fd == out_end_ ? out_ : err_).append(bytes.data(), static_cast<std::size_t>(count));
        else
            ::close(std::exchange(end, -1));
    }
    return true;
}

std::optional<std::string> Process::wait_for_line(const std::string& part, Seconds limit) {
    const auto until = Clock::now() + limit;
    for (;;) {
        if (const auto at = out_.find(part); at != std::string::npos) {
            const auto end = out_.find('\n', at);
            const auto begin = out_.rfind('\n', at) + 1;  // 0 where there is none before
            if (end != std::string::npos) return out_.substr(begin, end - begin);
        }
        if (Clock::now() > until || !read_some(Seconds(0.05))) return std::nullopt;
    }
}

std::optional<int> Process::wait(Seconds limit) {
    const auto until = Clock::now() + limit;
    while (read_some(Seconds(0.02)) && Clock::now() < until) {
    }
    while (!code_ && Clock::now() < until) {
        reap(false);
        if (!code_) ::poll(nullptr, 0, 5);
    }
    return code_;
}

void Process::signal(int number) const { ::kill(id_, number); }

bool Process::running() {
    reap(false);
    return !code_;
}

void Process::reap(bool wait) {
    int status = 0;
    if (code_ || ::waitpid(id_, &status, wait ? 0 : WNOHANG) != id_) return;
    code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace tally::testing
