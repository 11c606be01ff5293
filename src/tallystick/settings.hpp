#pragma once

#include <string>

#include "tally/base/config.hpp"

namespace tally {

/// Who reads the settings: a client is quiet unless something is wrong.
enum class Role : std::uint8_t { server, client };

/// Every setting of this binary, those of its services among them.
[[nodiscard]] std::vector<Setting> known_settings(Role role);
/// Errors: invalid, with all problems, one a line.
[[nodiscard]] Result<Config> load_settings(Role role, const Config::Sources& sources);
/// Where the log goes from now on, and from which level.
void configure_log(const Config& settings);

struct Address {
    std::string host;
    std::uint16_t port = 0;
};
/// `127.0.0.1:8080`, `localhost:0`, `[::1]:8080`. Errors: invalid.
[[nodiscard]] Result<Address> parse_address(const std::string& text);
/// Only this machine can reach it.
[[nodiscard]] bool is_loopback(const Address& address);
/// As it stands in a URL: `http://127.0.0.1:8080`.
[[nodiscard]] std::string url_of(const Address& address);
/// Reads such a URL, with or without a slash at its end. Errors: invalid.
[[nodiscard]] Result<Address> parse_server_url(const std::string& url);

}  // namespace tally
