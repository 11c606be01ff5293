#include "tallystick/data_folder.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <fmt/format.h>

#include "tally/base/file.hpp"
#include "tally/base/text.hpp"

namespace tally {
namespace {

constexpr std::size_t secret_bytes = 32;
constexpr std::size_t longest_endpoint = 256;

}  // namespace

bool has_data(const std::string& folder) {
    std::error_code failure;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failure))
        if (entry.path().extension() == ".db") return true;
    return false;
}

Result<std::string> page_secret(const std::string& folder, Random& random) {
    const std::string path = folder + "/page.key";
    if (auto secret = read_file(path); secret) {
        if (secret->size() == secret_bytes) return secret;
        return fail(ErrorCode::corrupt, fmt::format("{} is not {} bytes long: remove it, and a new one is made "
                                                    "(page tokens given out until now end)",
                                                    path, secret_bytes));
    } else if (secret.error().code != ErrorCode::not_found) {
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
