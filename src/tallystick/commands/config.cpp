// config, and the options by which `serve` takes the same settings.
#include <CLI/CLI.hpp>

#include "tallystick/commands/command.hpp"
#include "tallystick/commands/settings_options.hpp"
#include "tallystick/output.hpp"

namespace tally {

void SettingsOptions::add_to(CLI::App& command) {
    const auto take = [this](std::string key) {
        return [this, key = std::move(key)](const std::string& value) { flags.emplace_back(key, value); };
    };
    command.add_option("--config", file, "TOML file with settings")->type_name("FILE");
    command.add_option_function<std::string>("--data", take("data.folder"), "Data folder")->type_name("DIR");
    command.add_option_function<std::string>("--listen", take("http.listen"), "Address and port; port 0: any free one")
        ->type_name("HOST:PORT");
    command
        .add_option_function<std::string>(
            "--demo",
            [this](const std::string& value) { flags.emplace_back("demo.enabled", value == "on" ? "true" : "false"); },
            "Orders to look at in an empty folder")
        ->check(CLI::IsMember({"on", "off"}))
        ->type_name("on|off");
    for (const Setting& setting : known_settings(Role::server)) {
        std::string help = setting.help;
        if (!setting.fallback.empty()) help += " (" + setting.fallback + ")";
        command.add_option_function<std::string>("--" + setting.key, take(setting.key), help)
            ->group("Settings (in a file `[table] name`, in the environment TALLY_TABLE_NAME)")
            ->type_name("VALUE");
    }
}

Result<Config> SettingsOptions::load(Role role) const {
    return load_settings(role, {.file = file, .environment = process_environment(), .flags = flags});
}

void print_settings(const Config& settings, bool json) {
    if (!json) return print_text(settings.print());
    boost::json::object all;
    for (const Config::Shown& each : settings.shown())
        all[each.key] = boost::json::object{{"value", each.text}, {"origin", each.origin}};
    print_json(all);
}

void add_config(CLI::App& app, Chosen& chosen) {
    struct Options {
        SettingsOptions settings;
        bool json = false;
    };
    const auto options = std::make_shared<Options>();  // shared with the callback
    CLI::App* command = app.add_subcommand("config", "Print the settings that `serve` would use, and their origins");
    options->settings.add_to(*command);
    command->add_flag("--json", options->json, "JSON instead of TOML");
    command->footer(
        "A file is overruled by the environment, the environment by flags; secrets are not shown.\n"
        "Examples:\n  tallystick config > tallystick.toml\n"
        "  TALLY_HTTP_LISTEN=127.0.0.1:9000 tallystick config --json");
    command->callback([&chosen, options] {
        chosen = [options] {
            const auto settings = options->settings.load(Role::server);
            if (!settings) return report(settings.error());
            print_settings(*settings, options->json);
            return ExitCode::ok;
        };
    });
}

}  // namespace tally
