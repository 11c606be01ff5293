// sagas what-if
#include <charconv>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tallystick/commands/client_command.hpp"
#include "tallystick/output.hpp"

namespace tally {
namespace {

struct WhatIfOptions {
    ClientOptions client;
    std::string service;
    std::string saga;  ///< `NAME@VERSION`
    std::string from;
    std::string to;

    [[nodiscard]] std::string name() const { return saga.substr(0, saga.rfind('@')); }
    [[nodiscard]] std::string version() const { return saga.substr(saga.rfind('@') + 1); }
};

/// Empty, or what is wrong.
std::string check_saga(const std::string& saga) {
    const auto at = saga.rfind('@');
    int version = 0;
    if (at != std::string::npos && at > 0) {
        const char* end = saga.data() + saga.size();
        const auto [rest, error] = std::from_chars(saga.data() + at + 1, end, version);
        if (error == std::errc() && rest == end && version > 0) return "";
    }
    return "a definition is NAME@VERSION, such as place-order@2";
}

std::string check_time(const std::string& text) {
    return parse_timestamp(text) ? "" : "a time is RFC 3339, such as 2011-01-31T08:00:00Z";
}

/// The service that runs the saga. Errors: not_found, which names those that there are; those of Api::get.
Task<Result<std::string>> owner_of(Api& api, const WhatIfOptions& options) {
    std::vector<std::string> others;
    for (const std::string& service : services_asked(options.service)) {
        const auto status = co_await api.get_json(service, service_path(service, "/saga-status"));
        if (!status) co_return std::unexpected(status.error());
        for (const auto& saga : list_at(*status, "sagas")) {
            const std::string name(saga.as_string());
            if (name == options.name()) co_return service;
            others.push_back(name);
        }
    }
    const std::string there_are = others.empty() ? "none" : fmt::format("{}", fmt::join(others, ", "));
    co_return fail(ErrorCode::not_found, fmt::format("there is no saga {}; there are: {}", options.name(), there_are));
}

/// Of all pages.
struct Findings {
    boost::json::array items;
    std::map<std::string, std::int64_t> counts{
        {"looked_at", 0}, {"same", 0}, {"open", 0}, {"different", 0}, {"unknown", 0}};

    void add(const boost::json::value& page) {
        for (const auto& item : items_of(page)) items.push_back(item);
        for (auto& [name, count] : counts) count += number_at(page, name);
    }
    /// What was decided and what would have been, or why it cannot be told: how often.
    [[nodiscard]] std::map<std::pair<std::string, std::string>, std::int64_t> kinds() const {
        std::map<std::pair<std::string, std::string>, std::int64_t> kinds;
        for (const auto& item : items) {
            const bool is_known = text_at(item, "verdict") == "different";
            ++kinds[is_known ? std::pair(text_at(item, "was"), text_at(item, "would_be"))
                             : std::pair(std::string("cannot be told"), text_at(item, "why"))];
        }
        return kinds;
    }
};

Task<Result<Findings>> ask(Api& api, const std::string& service, const WhatIfOptions& options) {
    std::string below = "/sagas/" + percent_encode(options.name()) + ":what-if?page_size=1000";
    below += "&version=" + options.version();
    if (!options.from.empty()) below += "&from=" + percent_encode(options.from);
    if (!options.to.empty()) below += "&to=" + percent_encode(options.to);
    Findings findings;
    for (std::string after;;) {
        const auto page = co_await api.get_json(service, service_path(service, below + after));
        if (!page) co_return std::unexpected(page.error());
        findings.add(*page);
        const std::string token = text_at(*page, "next_page_token");
        if (token.empty()) co_return findings;
        after = "&page_token=" + percent_encode(token);
    }
}

boost::json::value json_of(const Findings& findings, const std::string& service, const WhatIfOptions& options) {
    boost::json::array kinds;
    for (const auto& [kind, count] : findings.kinds())
        kinds.push_back(boost::json::object{{"was", kind.first}, {"would_be", kind.second}, {"instances", count}});
    boost::json::object all{{"service", service}, {"saga", options.name()}, {"version", std::stoi(options.version())}};
    for (const auto& [name, count] : findings.counts) all[name] = count;
    all["kinds"] = std::move(kinds);
    all["items"] = findings.items;
    return all;
}

void print(const Findings& findings) {
    Table table({"INSTANCE", "AT", "ABOUT", "EVENT", "RECORDED", "WOULD HAVE"});
    for (const auto& item : findings.items) {
        if (text_at(item, "verdict") == "different")
            table.add({text_at(item, "id"), short_time(text_at(item, "at")),
                       cell(item, "input") + " " + cell(item, "type"), cell(item, "event"), cell(item, "was"),
                       cell(item, "would_be")});
        else
            table.add({text_at(item, "id"), "", "", "", "cannot be told", text_at(item, "why")});
    }
    table.print("no difference");
    Table kinds({"RECORDED", "WOULD HAVE", "INSTANCES"});
    for (const auto& [kind, count] : findings.kinds()) kinds.add({kind.first, kind.second, std::to_string(count)});
    print_text("\n");
    if (!findings.items.empty()) kinds.print("");
    const auto& counts = findings.counts;
    print_text(fmt::format("{} looked at: {} the same, {} the same so far, {} different, {} that cannot be told\n",
                           counts.at("looked_at"), counts.at("same"), counts.at("open"), counts.at("different"),
                           counts.at("unknown")));
    if (counts.at("different") > 0)
        print_text("Of each only the first difference is shown: what would have come after it nobody knows.\n");
}

Task<Result<ExitCode>> what_if(Api& api, WhatIfOptions options) {
    const auto service = co_await owner_of(api, options);
    if (!service) co_return std::unexpected(service.error());
    const auto findings = co_await ask(api, *service, options);
    if (!findings) co_return std::unexpected(findings.error());
    if (options.client.json)
        print_json(json_of(*findings, *service, options));
    else
        print(*findings);
    co_return ExitCode::ok;
}

}  // namespace

void add_saga_what_if(CLI::App& sagas, Chosen& chosen) {
    const auto options = std::make_shared<WhatIfOptions>();  // shared with the callbacks
    CLI::App* command =
        add_client_command(sagas, chosen, options, "what-if",
                           "Where another version would have decided otherwise; writes nothing", &what_if);
    command->add_option("saga", options->saga, "Which version of which saga")
        ->required()
        ->check(check_saga)
        ->type_name("NAME@VERSION");
    command->add_option("--from", options->from, "Instances that started then or later; default: all")
        ->check(check_time)
        ->type_name("TIME");
    command->add_option("--to", options->to, "Not those that started then or later; default: now")
        ->check(check_time)
        ->type_name("TIME");
    command->footer(
        "Examples:\n  tallystick sagas what-if place-order@2\n  tallystick sagas what-if place-order@2 "
        "--from 2011-01-01T00:00:00Z --to 2011-02-01T00:00:00Z --json");
}

}  // namespace tally
