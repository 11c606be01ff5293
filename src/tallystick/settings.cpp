#include "tallystick/settings.hpp"

#include <charconv>

#include <fmt/format.h>

#include "tally/base/log.hpp"
#include "tallystick/service_table.hpp"

namespace tally {
namespace {

using Kind = Setting::Kind;

/// What the kinds of settings cannot check.
std::string problems_of(const Config& settings) {
    std::string problems;
    const auto add = [&](std::string_view key, const std::string& text) {
        problems += fmt::format("{}{}: {}", problems.empty() ? "" : "\n", key, text);
    };
    if (settings.text("data.folder").empty())
        add("data.folder", "name a folder: neither XDG_DATA_HOME nor HOME is set");
    const auto listen = parse_address(settings.text("http.listen"));
    if (!listen)
        add("http.listen", listen.error().text);
    else if (!is_loopback(*listen))
        add("http.listen", fmt::format("{} is not of this machine alone: whoever reaches the server may do everything, "
                                       "so listen on 127.0.0.1, ::1 or localhost",
                                       listen->host));
    if (const auto level = log::parse_level(settings.text("log.level")); !level) add("log.level", level.error().text);
    return problems;
}

}  // namespace

std::vector<Setting> known_settings(Role role) {
    const std::string user = user_data_folder();
    std::vector<Setting> known{
        {"data.folder", Kind::text, user.empty() ? "" : user + "/tallystick", "where the data is kept"},
        {"demo.enabled", Kind::boolean, "true", "orders to look at in an empty folder, then a trickle of new ones"},
        {"demo.interval_ms", Kind::duration_ms, "5000", "between two orders of the trickle", false, 1},
        {"demo.orders", Kind::integer, "200", "orders before the trickle", false, 0, 100'000},
        {"http.body_limit_ms", Kind::duration_ms, "30000", "for the content of a request to arrive", false, 1},
        {"http.drain_limit_ms", Kind::duration_ms, "8000", "for requests in hand to end at a shutdown"},
        {"http.header_limit_ms", Kind::duration_ms, "10000", "for the head of a request to arrive", false, 1},
        {"http.idle_limit_ms", Kind::duration_ms, "60000", "that a connection may be silent", false, 1},
        {"http.listen", Kind::text, "127.0.0.1:8080", "address and port of the server; port 0 is any free one"},
        {"http.max_body_bytes", Kind::integer, "1048576", "of a request", false, 1024, 64 << 20},
        {"http.max_connections", Kind::integer, "4096", "at once", false, 1, 65'536},
        {"http.max_header_bytes", Kind::integer, "16384", "of a request", false, 1024, 1 << 20},
        {"http.request_limit_ms", Kind::duration_ms, "30000", "for a request to be answered", false, 1},
        {"http.write_limit_ms", Kind::duration_ms, "30000", "for an answer to be taken", false, 1},
        {"log.access", Kind::boolean, role == Role::server ? "true" : "false", "a line for each request"},
        {"log.file", Kind::text, "", "where the log goes; empty: standard error"},
        {"log.level", Kind::text, role == Role::server ? "info" : "warning", "debug, info, warning, error or off"},
        {"store.high_water", Kind::integer, "8192", "commits that may wait before more are refused", false, 1, 1 << 20},
        {"store.page_cache_kib", Kind::integer, "16384", "of each store", false, 64, 1 << 24},
        {"store.shards", Kind::integer, "8", "of a new store", false, 1, 1024},
    };
    std::ranges::move(settings_of(service_table()), std::back_inserter(known));
    return known;
}

Result<Config> load_settings(Role role, const Config::Sources& sources) {
    auto settings = load_config(known_settings(role), sources);
    if (!settings) return settings;
    if (std::string problems = problems_of(*settings); !problems.empty())
        return fail(ErrorCode::invalid, std::move(problems));
    return settings;
}

void configure_log(const Config& settings) {
    log::configure({.level = log::parse_level(settings.text("log.level")).value(),
                    .service = "tallystick",
                    .file = settings.text("log.file")});
}

Result<Address> parse_address(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    const auto wrong = fail(ErrorCode::invalid, fmt::format("'{}' is not HOST:PORT, such as 127.0.0.1:8080", text));
    if (colon == std::string::npos || colon == 0) return wrong;
    Address address{.host = text.substr(0, colon), .port = 0};
    if (address.host.starts_with('[') && address.host.ends_with(']'))
        address.host = address.host.substr(1, address.host.size() - 2);
    else if (address.host.contains(':'))
        return wrong;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, address.port);
    if (error != std::errc{} || stop != end || address.host.empty()) return wrong;
    return address;
}

bool is_loopback(const Address& address) {
    return address.host == "localhost" || address.host == "::1" || address.host.starts_with("127.");
}

std::string url_of(const Address& address) {
    const bool is_ipv6 = address.host.contains(':');
    return fmt::format("http://{}:{}", is_ipv6 ? '[' + address.host + ']' : address.host, address.port);
}

Result<Address> parse_server_url(const std::string& url) {
    constexpr std::string_view scheme = "http://";
    const auto wrong =
        fail(ErrorCode::invalid, fmt::format("'{}' is not the URL of a server, such as http://127.0.0.1:8080", url));
    if (!url.starts_with(scheme)) return wrong;
    std::string rest = url.substr(scheme.size());
    if (rest.ends_with('/')) rest.pop_back();
    if (rest.find_first_of("/?#@") != std::string::npos) return wrong;
    const bool has_port = rest.rfind(':') != std::string::npos && !rest.ends_with(']');
    auto address = parse_address(has_port ? rest : rest + ":80");
    if (!address || address->port == 0) return wrong;
    return address;
}

}  // namespace tally
