#include "tally/security/file/master_key.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "tally/base/file.hpp"

namespace tally {
namespace {

constexpr unsigned for_owner = 0600;

bool others_may_look(const std::string& file) {
    std::error_code failure;
    const auto allowed = std::filesystem::status(file, failure).permissions();
    return (allowed & std::filesystem::perms::others_all) != std::filesystem::perms::none;
}

}  // namespace

Result<SivKey> read_master_key(const std::string& file) {
    auto bytes = read_file(file);
    if (!bytes) return std::unexpected(std::move(bytes.error()));
    auto key = SivKey::of(*bytes);
    wipe(*bytes);
    if (!key) return fail(ErrorCode::invalid, fmt::format("{} is no master key: it has to be 64 bytes long", file));
    if (others_may_look(file))
        return fail(ErrorCode::invalid, fmt::format("everybody on this machine may read {}: chmod 600 {}", file, file));
    return key;
}

Result<SivKey> make_master_key(const std::string& file, Random& random) {
    SivKey key = SivKey::random(random);
    if (auto written = write_file(file, key.bytes(), for_owner); !written)
        return std::unexpected(std::move(written.error()));
    return key;
}

}  // namespace tally
