#include "tallystick/data_folder.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

#include <fmt/format.h>

#include "tally/base/text.hpp"

namespace tally {
namespace {

constexpr std::size_t secret_bytes = 32;
constexpr std::size_t longest_endpoint = 256;

std::unexpected<Error> cannot(std::string_view verb, const std::string& path) {
    return fail(ErrorCode::io, fmt::format("cannot {} {}: {}", verb, path, std::strerror(errno)));
}

/// Makes `path` anew with `text`, by way of another file that takes its name when it is whole and on the disk.
Result<void> write_file(const std::string& path, std::string_view text, mode_t mode) {
    const std::string draft = path + ".new";
    const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (file < 0) return cannot("make", draft);
    const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const bool kept = written && ::fsync(file) == 0;
    ::close(file);
    if (!kept || std::rename(draft.c_str(), path.c_str()) != 0) return cannot("write", path);
    return {};
}

}  // namespace

bool has_data(const std::string& folder) {
    std::error_code failure;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failure))
        if (entry.path().extension() == ".db") return true;
    return false;
}

Result<std::string> page_secret(const std::string& folder, Random& random) {
    const std::string path = folder + "/page.key";
    if (std::filesystem::exists(path)) {
        std::ifstream file(path, std::ios::binary);
        std::string secret{std::istreambuf_iterator<char>(file), {}};
        if (file.bad() || !file.is_open()) return cannot("read", path);
        if (secret.size() != secret_bytes)
            return fail(ErrorCode::corrupt, fmt::format("{} is not {} bytes long: remove it, and a new one is made "
                                                        "(page tokens given out until now end)",
                                                        path, secret_bytes));
        return secret;
    }
    std::array<std::uint8_t, secret_bytes> bytes{};
    random.fill(bytes);
    std::string secret(bytes.begin(), bytes.end());
    if (auto written = write_file(path, secret, 0600); !written) return std::unexpected(written.error());
    return secret;
}

Result<void> write_endpoint(const std::string& folder, const std::string& url) {
    return write_file(folder + "/endpoint", url + "\n", 0644);
}

std::string read_endpoint(const std::string& folder) {
    std::string url;
    std::ifstream(folder + "/endpoint") >> url;
    return is_visible_ascii(url, longest_endpoint) ? url : "";
}

void remove_endpoint(const std::string& folder) { ::unlink((folder + "/endpoint").c_str()); }

}  // namespace tally
