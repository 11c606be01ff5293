#pragma once

#include <functional>

#include "tallystick/client.hpp"
#include "tallystick/exit_code.hpp"

namespace CLI {
class App;
}

namespace tally {

/// What the arguments ask for; main runs it when they are parsed.
using Chosen = std::function<ExitCode()>;

// Each adds a command, or a group of commands, which sets `chosen`.
void add_serve(CLI::App& app, Chosen& chosen);
void add_import(CLI::App& app, Chosen& chosen);
void add_orders(CLI::App& app, Chosen& chosen);
void add_returns(CLI::App& app, Chosen& chosen);
void add_payments(CLI::App& app, Chosen& chosen);
void add_notifications(CLI::App& app, Chosen& chosen);
void add_shipments(CLI::App& app, Chosen& chosen);
void add_sales(CLI::App& app, Chosen& chosen);
void add_events(CLI::App& app, Chosen& chosen);
void add_dead_letters(CLI::App& app, Chosen& chosen);
void add_projections(CLI::App& app, Chosen& chosen);
void add_timers(CLI::App& app, Chosen& chosen);
void add_sagas(CLI::App& app, Chosen& chosen);
void add_persons(CLI::App& app, Chosen& chosen);
void add_verify(CLI::App& app, Chosen& chosen);
void add_openapi(CLI::App& app, Chosen& chosen);
void add_config(CLI::App& app, Chosen& chosen);

// Part of a group.
void add_saga_what_if(CLI::App& sagas, Chosen& chosen);

/// `--data`, `--server`, `--json`.
void add_client_options(CLI::App& command, ClientOptions& options);
/// `--service`; empty: all of them.
void add_service_option(CLI::App& command, std::string& service);
/// The named service, or all.
[[nodiscard]] std::vector<std::string> services_asked(const std::string& service);

/// The answer of the first of the services that knows the thing. Errors: those of Api::get; of the last one that was
/// asked where none knows it.
struct Found {
    std::string service;
    boost::json::value value;
};
[[nodiscard]] Task<Result<Found>> find_in_services(Api& api, std::string service, std::string below);
/// `path` with those of the parameters that are not empty.
[[nodiscard]] std::string with_query(std::string path,
                                     const std::vector<std::pair<std::string, std::string>>& parameters);
/// Shows what a service answers: as it is with `--json`, otherwise by `print`.
[[nodiscard]] Task<Result<ExitCode>> show_answer(Api& api, std::string service, std::string target, bool json,
                                                 void (*print)(const boost::json::value&));
/// How to get the page after this one, if there is one.
void print_next_page(const boost::json::value& page);
/// `/api/v1/services/orders/events`.
[[nodiscard]] std::string service_path(const std::string& service, std::string_view below);

}  // namespace tally
