// The code's event types against docs/events.md, both ways.
#include <fstream>
#include <map>
#include <ranges>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "contract/all_events.hpp"

namespace tally {
namespace {

struct Row {
    std::string event, version, topic, seen;
    std::vector<std::string> aliases;
    friend auto operator<=>(const Row& a, const Row& b) {
        return std::tie(a.event, a.version, a.topic, a.seen) <=> std::tie(b.event, b.version, b.topic, b.seen);
    }
    friend bool operator==(const Row& a, const Row& b) { return (a <=> b) == 0; }
};

void PrintTo(const Row& row, std::ostream* out) {
    *out << row.event << " v" << row.version << " " << row.topic << " " << row.seen;
}

std::string trimmed(std::string text) {
    std::erase(text, '`');
    const auto first = text.find_first_not_of(' ');
    if (first == std::string::npos) return "";
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// The rows of all tables whose first column is an event's name.
std::vector<Row> catalogue() {
    std::ifstream file(std::string(TALLY_SOURCE_DIR) + "/docs/events.md");
    std::vector<Row> rows;
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with("| `")) continue;
        std::vector<std::string> cells;
        std::istringstream cut(line.substr(1));
        for (std::string cell; std::getline(cut, cell, '|');) cells.push_back(trimmed(cell));
        if (cells.size() < 8) continue;
        Row row{cells[0], cells[1], cells[2], cells[4], {}};
        std::istringstream names(cells[5]);
        for (std::string name; std::getline(names, name, ',');) row.aliases.push_back(trimmed(name));
        rows.push_back(std::move(row));
    }
    return rows;
}

TEST(Catalogue, NamesEveryEventWithItsVersionTopicAndVisibility) {
    std::set<Row> code;
    for (const auto& [service, events] : all_events())
        for (const EventDescription& event : events)
            code.insert({std::string(event.type.name),
                         std::to_string(event.type.schema),
                         service + ".events",
                         event.type.visibility == Visibility::published ? "published" : "internal",
                         {}});
    const auto rows = catalogue();
    const std::set<Row> page(rows.begin(), rows.end());
    EXPECT_EQ(page.size(), rows.size()) << "an event stands twice";
    EXPECT_EQ(page, code);
}

TEST(Catalogue, HasOneMeaningForEachName) {
    std::map<std::string, std::string> meaning;
    for (const Row& row : catalogue()) {
        std::vector<std::string> names = row.aliases;
        names.push_back(row.event);
        for (const std::string& name : names) {
            const auto [known, added] = meaning.emplace(name, row.event);
            EXPECT_TRUE(added) << name << " means " << known->second << " and " << row.event;
        }
    }
    EXPECT_FALSE(meaning.empty());
}

}  // namespace
}  // namespace tally
