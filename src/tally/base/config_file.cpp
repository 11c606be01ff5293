#include "tally/base/config_file.hpp"

#include <sstream>

#include <fmt/format.h>
#include <toml++/toml.h>

namespace tally {
namespace {

struct Flattening {
    const std::string& file;
    const std::function<std::optional<Setting::Kind>(std::string_view)>& kind_of;
    std::vector<std::string>& problems;
    std::vector<FileEntry> entries{};

    void value(const std::string& key, const toml::node& node) {
        const std::string origin = fmt::format("{}:{}", file, node.source().begin.line);
        const auto kind = kind_of(key);
        std::string_view wanted;
        if (!kind) {
            entries.push_back({key, {}, origin});
            return;
        }
        switch (*kind) {
            case Setting::Kind::text:
                wanted = "a string";
                if (node.is_string()) entries.push_back({key, node.as_string()->get(), origin});
                break;
            case Setting::Kind::boolean:
                wanted = "true or false";
                if (node.is_boolean()) entries.push_back({key, node.as_boolean()->get() ? "true" : "false", origin});
                break;
            case Setting::Kind::integer:
            case Setting::Kind::duration_ms:
                wanted = *kind == Setting::Kind::integer ? "an integer" : "a whole number of milliseconds";
                if (node.is_integer()) entries.push_back({key, std::to_string(node.as_integer()->get()), origin});
                break;
        }
        const bool taken = !entries.empty() && entries.back().key == key;
        if (!taken) problems.push_back(fmt::format("{}: {}: must be {}", origin, key, wanted));
    }

    void table(const std::string& prefix, const toml::table& nodes) {
        for (const auto& [name, node] : nodes) {
            const std::string key = prefix + std::string(name.str());
            if (const toml::table* inner = node.as_table())
                table(key + ".", *inner);
            else
                value(key, node);
        }
    }
};

}  // namespace

std::vector<FileEntry> read_config_file(const std::string& file,
                                        const std::function<std::optional<Setting::Kind>(std::string_view)>& kind_of,
                                        std::vector<std::string>& problems) {
    Flattening flattening{file, kind_of, problems};
    try {
        flattening.table("", toml::parse_file(file));
    } catch (const toml::parse_error& error) {
        const auto line = error.source().begin.line;
        problems.push_back(line == 0 ? fmt::format("{}: {}", file, error.description())
                                     : fmt::format("{}:{}: {}", file, line, error.description()));
    }
    return std::move(flattening.entries);
}

std::string toml_string(const std::string& text) {
    std::ostringstream out;
    out << toml::value<std::string>(text);
    return std::move(out).str();
}

}  // namespace tally
