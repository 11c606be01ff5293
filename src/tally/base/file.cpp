#include "tally/base/file.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

#include <fmt/format.h>

namespace tally {
namespace {

std::unexpected<Error> cannot(std::string_view verb, const std::string& path) {
    const ErrorCode code = errno == ENOSPC || errno == EDQUOT ? ErrorCode::disk_full : ErrorCode::io;
    return fail(code, fmt::format("cannot {} {}: {}", verb, path, std::strerror(errno)));
}

class Descriptor {
public:
    Descriptor(const std::string& path, int flags, mode_t mode = 0)
        : number_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }

    [[nodiscard]] bool read(std::string& content) const {
        std::array<char, 4096> part{};
        for (;;) {
            const ssize_t count = ::read(number_, part.data(), part.size());
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) return count == 0;
            content.append(part.data(), static_cast<std::size_t>(count));
        }
    }
    [[nodiscard]] bool write(std::string_view content) const {
        while (!content.empty()) {
            const ssize_t written = ::write(number_, content.data(), content.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return false;
            content.remove_prefix(static_cast<std::size_t>(written));
        }
        return true;
    }
    [[nodiscard]] bool flush() const { return ::fsync(number_) == 0; }
    [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }

private:
    int number_;
};

}  // namespace

Result<std::string> read_file(const std::string& path) {
    const Descriptor file(path, O_RDONLY);
    if (!file.is_open() && errno == ENOENT) return fail(ErrorCode::not_found, fmt::format("there is no {}", path));
    std::string content;
    if (!file.is_open() || !file.read(content)) return cannot("read", path);
    return content;
}

Result<void> write_file(const std::string& path, std::string_view content, unsigned mode) {
    return write_file_by(path + ".new", path, content, mode);
}

Result<void> write_file_by(const std::string& draft, const std::string& path, std::string_view content, unsigned mode) {
    {
        const Descriptor file(draft, O_WRONLY | O_CREAT | O_TRUNC, static_cast<mode_t>(mode));
        if (!file.is_open()) return cannot("make", draft);
        if (!file.write(content) || !file.flush()) return cannot("write", draft);
    }
    if (std::rename(draft.c_str(), path.c_str()) != 0) return cannot("write", path);
    // Without this the name could be lost with the power, though the content is safe.
    const std::string folder = std::filesystem::absolute(path).parent_path();
    const Descriptor names(folder, O_RDONLY | O_DIRECTORY);
    if (!names.is_open() || !names.flush()) return cannot("flush", folder);
    return {};
}

}  // namespace tally
