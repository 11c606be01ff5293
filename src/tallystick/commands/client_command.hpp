#pragma once

#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "tallystick/commands/command.hpp"

namespace tally {

/// Adds a command that asks a service: with `--data`, `--server` and `--json`, run by `run` with what was chosen.
/// Options have a member `client`.
template <class Options>
CLI::App* add_shop_command(CLI::App& group, Chosen& chosen, const std::shared_ptr<Options>& options,
                           const std::string& name, const std::string& help,
                           Task<Result<ExitCode>> (*run)(Api&, Options)) {
    CLI::App* command = group.add_subcommand(name, help);
    add_client_options(*command, options->client);
    command->callback([&chosen, options, run] {
        chosen = [options, run] {
            return run_client(options->client, [&](Client& client) { return run(client.api(), *options); });
        };
    });
    return command;
}

/// The same for a command that asks one service or all: with `--service`, which options have as a member.
template <class Options>
CLI::App* add_client_command(CLI::App& group, Chosen& chosen, const std::shared_ptr<Options>& options,
                             const std::string& name, const std::string& help,
                             Task<Result<ExitCode>> (*run)(Api&, Options)) {
    CLI::App* command = add_shop_command(group, chosen, options, name, help, run);
    add_service_option(*command, options->service);
    return command;
}

}  // namespace tally
