// flock on DIR/lock: held by the open file, so the kernel releases it however the process ends. The file stays, for
// removing it would let two processes lock two files of one name.

#include "tally/store/sqlite/folder_lock.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>

#include "tally/base/text.hpp"

namespace tally {
namespace {

constexpr std::size_t longest_endpoint = 256;

class HeldLock final : public FolderLock {
public:
    explicit HeldLock(int file) : file_(file) {}
    HeldLock(const HeldLock&) = delete;
    HeldLock& operator=(const HeldLock&) = delete;
    ~HeldLock() override { ::close(file_); }

private:
    int file_;
};

std::string owner_text(const std::filesystem::path& folder) {
    std::string endpoint;
    std::ifstream(folder / "endpoint") >> endpoint;
    if (!is_visible_ascii(endpoint, longest_endpoint)) return "another process owns it";
    return fmt::format("its owner answers at {}", endpoint);
}

}  // namespace

Result<std::unique_ptr<FolderLock>> lock_folder(const std::string& folder) {
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure)
        return fail(ErrorCode::io, fmt::format("cannot make the data folder {}: {}", folder, failure.message()));

    const std::string path = std::filesystem::path(folder) / "lock";
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return fail(ErrorCode::io, fmt::format("cannot open {}: {}", path, std::strerror(errno)));
    auto held = std::make_unique<HeldLock>(file);
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) return held;
    if (errno == EWOULDBLOCK)
        return fail(ErrorCode::locked, fmt::format("the data folder {} is locked: {}", folder, owner_text(folder)));
    return fail(ErrorCode::io, fmt::format("cannot lock {}: {}", path, std::strerror(errno)));
}

}  // namespace tally
