#include "tallystick/commands/dead_letter_options.hpp"

#include <fmt/format.h>

#include "tallystick/output.hpp"

namespace tally {
namespace {

/// `2 Taken in shelf-a, 1 …`.
std::string events_of(const boost::json::value& letter) {
    std::string text;
    for (const auto& event : list_at(letter, "events"))
        text += fmt::format("{}{} {} in {}", text.empty() ? "" : ", ", number_at(event, "count"),
                            text_at(event, "type"), text_at(event, "stream"));
    return text;
}

}  // namespace

void add_filter_options(CLI::App& command, LettersOptions& options) {
    const std::string group = "Which ones";
    command.add_option("--consumer", options.consumer, "Those of a consumer")->type_name("NAME")->group(group);
    command.add_option("--topic", options.topic, "Those of a topic")->type_name("NAME")->group(group);
    command.add_option("--type", options.type, "Those of an event type")->type_name("NAME")->group(group);
    command.add_option("--key", options.key, "Those of a partition key")->type_name("KEY")->group(group);
    command.add_option("--error", options.error, "Those that failed with this code")->type_name("CODE")->group(group);
    command.add_option("--from", options.from, "The first position, of the topic")->type_name("POS")->group(group);
    command.add_option("--to", options.to, "The last position, of the topic")->type_name("POS")->group(group);
    command.add_option("--since", options.since, "Parked at this time or later")->type_name("TIME")->group(group);
    command.add_option("--until", options.until, "Parked before this time")->type_name("TIME")->group(group);
}

boost::json::object filter_of(const LettersOptions& options) {
    boost::json::object filter;
    const auto add = [&](const char* member, const std::string& text) {
        if (!text.empty()) filter[member] = text;
    };
    add("consumer", options.consumer);
    add("topic", options.topic);
    add("type", options.type);
    add("key", options.key);
    if (options.error) filter["error_code"] = *options.error;
    if (options.from) filter["from_position"] = *options.from;
    if (options.to) filter["to_position"] = *options.to;
    add("parked_since", options.since);
    add("parked_until", options.until);
    return filter;
}

const boost::json::value& letter_of(const boost::json::value& view) {
    static const boost::json::value none;
    const auto* letter = view.is_object() ? view.get_object().if_contains("letter") : nullptr;
    return letter == nullptr ? none : *letter;
}

void print_dry_run(const boost::json::value& report) {
    Table table({"ID", "EVENT", "WOULD BE", "RECORDING", "ERROR"});
    for (const auto& letter : list_at(report, "letters"))
        table.add({text_at(letter, "id"), text_at(letter, "type"), text_at(letter, "outcome"), events_of(letter),
                   text_at(letter, "error")});
    table.print("nothing would be done");
    if (cell(report, "complete") == "false") print_text("there are more than a dry run tells of\n");
}

bool goes_well(const boost::json::value& report) {
    return std::ranges::none_of(list_at(report, "letters"), [](const auto& letter) {
        const std::string outcome = text_at(letter, "outcome");
        return outcome == "failed" || outcome == "waiting";
    });
}

}  // namespace tally
