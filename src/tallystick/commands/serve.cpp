// serve
#include "tallystick/serve.hpp"

#include <CLI/CLI.hpp>

#include "tally/base/log.hpp"
#include "tallystick/commands/command.hpp"
#include "tallystick/commands/settings_options.hpp"

namespace tally {
namespace {

struct ServeOptions {
    SettingsOptions settings;
    bool print_config = false;
    bool json = false;
};

ExitCode run(const ServeOptions& options) {
    const auto settings = options.settings.load(Role::server);
    if (!settings) return report(settings.error());
    if (options.print_config) {
        print_settings(*settings, options.json);
        return ExitCode::ok;
    }
    configure_log(*settings);
    Runtime runtime;
    const ExitCode code = runtime.run(serve(runtime, *settings));
    log::flush();
    return code;
}

}  // namespace

void add_serve(CLI::App& app, Chosen& chosen) {
    const auto options = std::make_shared<ServeOptions>();  // shared with the callback
    CLI::App* command = app.add_subcommand("serve", "Serve a data folder over HTTP until Ctrl-C");
    options->settings.add_to(*command);
    command->add_flag("--print-config", options->print_config, "Print the settings and their origins, and end");
    command->add_flag("--json", options->json, "With --print-config: JSON instead of TOML");
    command->footer(
        "The log goes to standard error, a JSON object a line.\nExamples:\n"
        "  tallystick serve\n  tallystick serve --data /tmp/shop --listen 127.0.0.1:0 --demo off\n"
        "  tallystick serve --config tallystick.toml --log.level warning");
    command->callback([&chosen, options] { chosen = [options] { return run(*options); }; });
}

}  // namespace tally
