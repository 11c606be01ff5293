#pragma once

#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "tallystick/commands/command.hpp"

namespace tally {

/// Adds a command that asks services: with `--data`, `--server`, `--json` and `--service`, run by `run` with what was
/// chosen. Options have members `client` and `service`.
template <class Options>
CLI::App* add_client_command(CLI::App& group, Chosen& chosen, const std::shared_ptr<Options>& options,
                             const std::string& name, const std::string& help,
                             Task<Result<ExitCode>> (*run)(Api&, Options)) {
    CLI::App* command = group.add_subcommand(name, help);
    add_client_options(*command, options->client);
    add_service_option(*command, options->service);
    command->callback([&chosen, options, run] {
        chosen = [options, run] {
            return run_client(options->client, [&](Client& client) { return run(client.api(), *options); });
        };
    });
    return command;
}

}  // namespace tally
