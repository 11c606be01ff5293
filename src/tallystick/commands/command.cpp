#include "tallystick/commands/command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "tallystick/output.hpp"

namespace tally {

void add_client_options(CLI::App& command, ClientOptions& options) {
    auto* data = command.add_option("--data", options.data, "Data folder; if a process owns it, that one is asked")
                     ->type_name("DIR");
    command.add_option("--server", options.server, "Server to ask instead, such as http://127.0.0.1:8080")
        ->type_name("URL")
        ->excludes(data);
    command.add_flag("--json", options.json, "JSON instead of text for people");
}

void add_service_option(CLI::App& command, std::string& service) {
    command.add_option("--service", service, "Only this service")
        ->check(CLI::IsMember(service_names()))
        ->type_name("NAME");
}

std::vector<std::string> services_asked(const std::string& service) {
    return service.empty() ? service_names() : std::vector<std::string>{service};
}

Task<Result<Found>> find_in_services(Api& api, std::string service, std::string below) {
    Error failure{ErrorCode::not_found, "there is no service to ask"};
    for (const std::string& each : services_asked(service)) {
        auto value = co_await api.get_json(each, service_path(each, below));
        if (value) co_return Found{each, std::move(*value)};
        failure = std::move(value.error());
        if (failure.code != ErrorCode::not_found) break;
    }
    co_return std::unexpected(std::move(failure));
}

std::string with_query(std::string path, const std::vector<std::pair<std::string, std::string>>& parameters) {
    char separator = '?';
    for (const auto& [name, value] : parameters) {
        if (value.empty()) continue;
        path += separator + name + "=" + percent_encode(value);
        separator = '&';
    }
    return path;
}

Task<Result<ExitCode>> show_answer(Api& api, std::string service, std::string target, bool json,
                                   void (*print)(const boost::json::value&)) {
    auto answer = co_await api.get(std::move(service), std::move(target));
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    if (json) {
        print_text(answer->body + "\n");
        co_return ExitCode::ok;
    }
    const auto value = json_of(*answer);
    if (!value) co_return std::unexpected(value.error());
    print(*value);
    co_return ExitCode::ok;
}

void print_next_page(const boost::json::value& page) {
    if (const std::string next = text_at(page, "next_page_token"); !next.empty())
        print_text(fmt::format("more: --page-token {}\n", next));
}

std::string service_path(const std::string& service, std::string_view below) {
    return "/api/v1/services/" + service + std::string(below);
}

}  // namespace tally
