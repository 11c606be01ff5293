#include "tally/base/config.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "tally/base/config_file.hpp"
#include "tally/base/text.hpp"

extern char** environ;

namespace tally {
namespace {

constexpr std::string_view environment_prefix = "TALLY_";

std::string environment_name(std::string_view key) {
    std::string name = std::string(environment_prefix) + to_upper(key);
    std::ranges::replace_if(name, [](char c) { return c == '.' || c == '-'; }, '_');
    return name;
}

/// Variables of the test kit, which no setting of a binary stands behind.
bool is_test_variable(std::string_view name) {
    return name == "TALLY_SOURCE_DIR" || name.starts_with("TALLY_CRASH_POINT");
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::int64_t most_of(const Setting& setting) {
    constexpr std::int64_t longest_ms = INT64_MAX / 1000;
    return setting.kind == Setting::Kind::duration_ms ? std::min(setting.most, longest_ms) : setting.most;
}

/// What is wrong with `text` as a value of `setting`; empty if nothing is.
std::string problem_with(const Setting& setting, const std::string& text) {
    const std::string shown = setting.secret ? "***" : text;
    switch (setting.kind) {
        case Setting::Kind::text:
            return {};
        case Setting::Kind::boolean:
            return text == "true" || text == "false" ? "" : fmt::format("'{}' is neither true nor false", shown);
        case Setting::Kind::integer:
        case Setting::Kind::duration_ms:
            break;
    }
    const auto number = parse_integer(text);
    const std::string_view kind = setting.kind == Setting::Kind::integer ? "an integer" : "a number of milliseconds";
    if (!number) return fmt::format("'{}' is not {}", shown, kind);
    if (*number < setting.least) return fmt::format("{} is less than {}", shown, setting.least);
    if (*number > most_of(setting)) return fmt::format("{} is more than {}", shown, most_of(setting));
    return {};
}

}  // namespace

const Config::Value& Config::at(std::string_view key) const {
    const auto found = values_.find(key);
    if (found == values_.end()) throw std::logic_error(fmt::format("no setting is called {}", key));
    return found->second;
}

const std::string& Config::text(std::string_view key) const { return at(key).text; }
std::int64_t Config::integer(std::string_view key) const { return parse_integer(at(key).text).value(); }
bool Config::boolean(std::string_view key) const { return at(key).text == "true"; }
Duration Config::duration(std::string_view key) const { return std::chrono::milliseconds(integer(key)); }

std::vector<Config::Shown> Config::shown() const {
    std::vector<Shown> all;
    all.reserve(values_.size());
    for (const auto& [key, value] : values_)
        all.push_back({key, value.setting.secret ? "***" : value.text, value.origin, value.setting.kind});
    return all;
}

std::string Config::print() const {
    std::string out;
    for (const Shown& each : shown()) {
        const bool quoted = each.kind == Setting::Kind::text;
        out += fmt::format("{} = {}  # {}\n", each.key, quoted ? toml_string(each.text) : each.text, each.origin);
    }
    return out;
}

Result<Config> load_config(std::vector<Setting> known, const Config::Sources& sources) {
    Config config;
    std::map<std::string, std::string> key_of_variable;
    std::vector<std::string> problems;
    for (Setting& setting : known) {
        std::string key = setting.key;
        std::string text = setting.fallback;
        if (!key_of_variable.emplace(environment_name(key), key).second)
            throw std::logic_error(fmt::format("two settings share the variable {}", environment_name(key)));
        config.values_.emplace(std::move(key), Config::Value{std::move(setting), std::move(text), "default"});
    }
    const auto set = [&](const std::string& key, std::string text, std::string origin) {
        const auto found = config.values_.find(key);
        if (found == config.values_.end()) {
            problems.push_back(fmt::format("{}: unknown setting '{}'", origin, key));
            return;
        }
        const std::string problem = problem_with(found->second.setting, text);
        if (!problem.empty()) problems.push_back(fmt::format("{}: {}: {}", origin, key, problem));
        found->second.text = std::move(text);
        found->second.origin = std::move(origin);
    };

    for (const auto& [key, value] : config.values_)
        if (const std::string problem = problem_with(value.setting, value.text); !problem.empty())
            problems.push_back(fmt::format("default: {}: {}", key, problem));
    if (!sources.file.empty()) {
        const auto kind_of = [&config](std::string_view key) -> std::optional<Setting::Kind> {
            const auto found = config.values_.find(key);
            if (found == config.values_.end()) return std::nullopt;
            return found->second.setting.kind;
        };
        for (FileEntry& entry : read_config_file(sources.file, kind_of, problems))
            set(entry.key, std::move(entry.text), std::move(entry.origin));
    }
    for (const auto& [name, value] : sources.environment) {
        if (is_test_variable(name)) continue;
        const auto found = key_of_variable.find(name);
        if (found == key_of_variable.end())
            problems.push_back(fmt::format("environment: unknown variable {}", name));
        else
            set(found->second, value, name);
    }
    for (const auto& [key, value] : sources.flags) set(key, value, "--" + key);

    if (problems.empty()) return config;
    return fail(ErrorCode::invalid, fmt::format("{}", fmt::join(problems, "\n")));
}

std::map<std::string, std::string> process_environment() {
    std::map<std::string, std::string> found;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos && text.starts_with(environment_prefix))
            found.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return found;
}

std::string user_data_folder() {
    const auto folder_in = [](const char* variable) -> std::string {
        const char* value = std::getenv(variable);
        return value != nullptr && *value == '/' ? value : "";
    };
    if (std::string data = folder_in("XDG_DATA_HOME"); !data.empty()) return data;
    const std::string home = folder_in("HOME");
    return home.empty() ? "" : home + "/.local/share";
}

}  // namespace tally
