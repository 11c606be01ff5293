#include "tally/testing/golden.hpp"

#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tally::testing {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

std::string shape_of(const EventDescription& event) {
    json::object definitions;
    const json::value root = event.schema(definitions, "#/$defs/");
    json::object document{{"$schema", "https://json-schema.org/draft/2020-12/schema"}};
    for (const auto& member : root.as_object()) document.emplace(member.key(), member.value());
    document.emplace("$defs", std::move(definitions));
    std::string text;
    detail::append_json(text, document);
    return text + "\n";
}

std::optional<std::string> read_file(const fs::path& path) {
    const std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::ostringstream text;
    text << file.rdbuf();
    return std::move(text).str();
}

class Golden {
public:
    Golden(const fs::path& folder, std::vector<std::string>& faults) : folder_(folder), faults_(faults) {}

    void check(const EventDescription& event) {
        for (int version = 1; version <= event.type.schema; ++version) check_data(event, version);
        check_shape(event);
    }

private:
    void check_data(const EventDescription& event, int version) {
        const std::string name = fmt::format("{}.v{}.json", event.type.name, version);
        std::ifstream file(folder_ / name);
        int number = 0;
        for (std::string line; std::getline(file, line);) {
            ++number;
            if (const std::string fault = check_line(event, version, line); !fault.empty())
                faults_.push_back(fmt::format("{}:{}: {}", name, number, fault));
        }
        if (number == 0) faults_.push_back(fmt::format("{}: holds no stored data, one JSON document a line", name));
    }

    static std::string check_line(const EventDescription& event, int version, std::string_view line) {
        const auto today = upcast(event.type, event.upcasters, version, line);
        if (!today) return today.error().text;
        const auto written = event.rewrite(*today, UnknownFields::ignored);
        if (!written) return to_text(written.error());
        if (version == event.type.schema && *written != line) return "is written differently today: " + *written;
        return {};
    }

    void check_shape(const EventDescription& event) {
        const std::string name = fmt::format("{}.v{}.schema.json", event.type.name, event.type.schema);
        const std::string shape = shape_of(event);
        const auto known = read_file(folder_ / name);
        if (!known) {
            std::ofstream(folder_ / name, std::ios::binary) << shape;
            faults_.push_back(fmt::format("{}: was missing; look at what has been written, and commit it", name));
        } else if (*known != shape) {
            faults_.push_back(
                fmt::format("{}: the shape has changed. Stored events have the old one: give {} schema version {} and "
                            "an upcaster. The new shape: {}",
                            name, event.type.name, event.type.schema + 1, shape));
        }
    }

    const fs::path& folder_;
    std::vector<std::string>& faults_;
};

}  // namespace

std::vector<std::string> golden_faults(const fs::path& folder, const std::vector<EventDescription>& events) {
    std::vector<std::string> faults;
    Golden golden(folder, faults);
    for (const EventDescription& event : events) golden.check(event);
    return faults;
}

void check_golden(const fs::path& folder, const std::vector<EventDescription>& events) {
    for (const std::string& fault : golden_faults(folder, events)) ADD_FAILURE() << folder.string() << ": " << fault;
}

}  // namespace tally::testing
