#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tallystick/settings.hpp"

namespace CLI {
class App;
}

namespace tally {

/// `--config`, a flag `--<key>` for each setting, and the short forms `--data`, `--listen` and `--demo`.
struct SettingsOptions {
    std::string file;
    std::vector<std::pair<std::string, std::string>> flags;

    void add_to(CLI::App& command);
    /// Errors: those of load_settings.
    [[nodiscard]] Result<Config> load(Role role) const;
};

/// What `--print-config` shows; as JSON an object of `{key: {value, origin}}`.
void print_settings(const Config& settings, bool json);

}  // namespace tally
