#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tally/base/clock.hpp"
#include "tally/base/error.hpp"

namespace tally {

/// One setting that a binary knows. Its key is dotted (`http.listen`); in a TOML file it stands in the table before the
/// last dot, in the environment as `TALLY_HTTP_LISTEN`, on the command line as `--http.listen=…`.
struct Setting {
    enum class Kind : std::uint8_t { text, integer, boolean, duration_ms };
    std::string key{};
    Kind kind = Kind::text;
    std::string fallback{};  ///< the default, as text
    std::string help{};
    bool secret = false;  ///< shown as `***`
    std::int64_t least = 0;
    std::int64_t most = INT64_MAX;
};

/// The value of every known setting, and where it came from.
class Config {
public:
    [[nodiscard]] const std::string& text(std::string_view key) const;
    [[nodiscard]] std::int64_t integer(std::string_view key) const;
    [[nodiscard]] bool boolean(std::string_view key) const;
    [[nodiscard]] Duration duration(std::string_view key) const;

    /// A value as it may be shown: that of a secret is `***`.
    struct Shown {
        std::string key;
        std::string text;
        std::string origin;  ///< `default`, `file:line`, the variable or the flag
        Setting::Kind kind = Setting::Kind::text;
    };
    /// All values, by key.
    [[nodiscard]] std::vector<Shown> shown() const;
    /// TOML of all values, each with its origin as a comment; secrets as `***`.
    [[nodiscard]] std::string print() const;

    /// What `load_config` reads; later sources win: file < environment < flags.
    struct Sources {
        std::string file{};                                        ///< path of a TOML file; empty: none
        std::map<std::string, std::string> environment{};          ///< see process_environment
        std::vector<std::pair<std::string, std::string>> flags{};  ///< key, value
    };

private:
    friend Result<Config> load_config(std::vector<Setting>, const Sources&);
    struct Value {
        Setting setting;
        std::string text;
        std::string origin;
    };
    [[nodiscard]] const Value& at(std::string_view key) const;
    std::map<std::string, Value, std::less<>> values_;
};

/// Errors: invalid, with *all* unknown keys and bad values, one a line, each with where it stands.
[[nodiscard]] Result<Config> load_config(std::vector<Setting> known, const Config::Sources& sources);

/// The process's variables that begin with `TALLY_`: the one place that reads the environment.
[[nodiscard]] std::map<std::string, std::string> process_environment();

/// Where a user's programs keep their data: `$XDG_DATA_HOME`, otherwise `$HOME/.local/share` (XDG Base Directory
/// Specification 0.8: a path that is not absolute does not count). Empty where neither is known.
[[nodiscard]] std::string user_data_folder();

}  // namespace tally
