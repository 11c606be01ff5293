// dead-letters list | show | redrive | skip
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "tally/base/sha256.hpp"
#include "tallystick/commands/client_command.hpp"
#include "tallystick/output.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;

struct LettersOptions {
    ClientOptions client;
    std::string service;
    std::string consumer;
    std::string id;
    std::string reason;
};

constexpr int looks = 50;
constexpr Duration between_looks = 100ms;

std::string path_of(const LettersOptions& options) { return "/dead-letters/" + percent_encode(options.id); }

const boost::json::value& letter_of(const boost::json::value& view) {
    static const boost::json::value none;
    const auto* letter = view.is_object() ? view.get_object().if_contains("letter") : nullptr;
    return letter == nullptr ? none : *letter;
}

Task<Result<ExitCode>> list(Api& api, LettersOptions options) {
    boost::json::array all;
    for (const std::string& service : services_asked(options.service)) {
        std::string below = "/dead-letters?page_size=1000";
        if (!options.consumer.empty()) below += "&consumer=" + percent_encode(options.consumer);
        for (std::string token = "first"; !token.empty();) {
            const std::string after = token == "first" ? "" : "&page_token=" + percent_encode(token);
            auto page = co_await api.get_json(service, service_path(service, below + after));
            if (!page) co_return std::unexpected(std::move(page.error()));
            for (const auto& letter : items_of(*page)) all.push_back(letter);
            token = text_at(*page, "next_page_token");
        }
    }
    if (options.client.json) {
        print_json(boost::json::object{{"items", std::move(all)}});
        co_return ExitCode::ok;
    }
    Table table({"ID", "STATE", "EVENT", "KEY", "ATTEMPTS", "PARKED AT", "ERROR"});
    for (const auto& view : all) {
        const auto& letter = letter_of(view);
        table.add({text_at(view, "id"), cell(letter, "state"), cell(letter, "type"), cell(letter, "key"),
                   cell(letter, "attempts"), short_time(text_at(letter, "parked_at")), cell(letter, "error")});
    }
    table.print("no dead letters");
    co_return ExitCode::ok;
}

Task<Result<ExitCode>> show(Api& api, LettersOptions options) {
    auto found = co_await find_in_services(api, options.service, path_of(options));
    if (!found) co_return std::unexpected(std::move(found.error()));
    if (options.client.json) {
        print_json(found->value);
        co_return ExitCode::ok;
    }
    const auto& letter = letter_of(found->value);
    print_text(fmt::format("{:<12} {}\n", "service", found->service));
    if (letter.is_object())
        for (const auto& [member, value] : letter.get_object())
            print_text(fmt::format("{:<12} {}\n", std::string_view(member), printable(cell(letter, member))));
    co_return ExitCode::ok;
}

/// Asks for it, then looks for a while what has come of it.
Task<Result<ExitCode>> act(Api& api, LettersOptions options, std::string verb) {
    auto found = co_await find_in_services(api, options.service, path_of(options));
    if (!found) co_return std::unexpected(std::move(found.error()));
    boost::json::object body;
    if (!options.reason.empty()) body["reason"] = options.reason;
    const std::string path = service_path(found->service, path_of(options));
    // A letter that failed again has one more attempt, and may be acted on anew.
    const std::string key = fmt::format("{} {} {}", verb, options.id, cell(letter_of(found->value), "attempts"));
    auto asked =
        co_await api.post(found->service, path + ":" + verb, boost::json::serialize(body), to_hex(sha256(key)));
    if (!asked) co_return std::unexpected(std::move(asked.error()));

    std::string outcome = "requested";
    for (int i = 0; i < looks && outcome == "requested"; ++i) {
        auto letter = co_await api.get_json(found->service, path);
        if (!letter && letter.error().code != ErrorCode::not_found) co_return std::unexpected(letter.error());
        if (!letter)
            outcome = "done";
        else if (text_at(letter_of(*letter), "state") == "poisoned")
            outcome = "failed again: " + text_at(letter_of(*letter), "error");
        else
            co_await api.clock().sleep_for(between_looks);
    }
    if (options.client.json)
        print_json(boost::json::object{{"id", options.id}, {"service", found->service}, {"outcome", outcome}});
    else
        print_text(printable(outcome) + "\n");
    co_return outcome.starts_with("failed") ? ExitCode::failed : ExitCode::ok;
}

Task<Result<ExitCode>> redrive(Api& api, LettersOptions options) { return act(api, std::move(options), "redrive"); }
Task<Result<ExitCode>> skip(Api& api, LettersOptions options) { return act(api, std::move(options), "skip"); }

}  // namespace

void add_dead_letters(CLI::App& app, Chosen& chosen) {
    CLI::App* group = app.add_subcommand("dead-letters", "Events that could not be handled");
    group->require_subcommand(1);
    const auto options = std::make_shared<LettersOptions>();  // shared with the callbacks
    const std::string example = "inventory/orders.events/00000000000000000042";

    CLI::App* lists =
        add_client_command(*group, chosen, options, "list", "All of them, by consumer and position", &list);
    lists->add_option("--consumer", options->consumer, "Only those of a consumer")->type_name("NAME");
    lists->footer(
        "Examples:\n  tallystick dead-letters list\n  tallystick dead-letters list --consumer inventory --json");

    CLI::App* shows = add_client_command(*group, chosen, options, "show", "One of them", &show);
    shows->footer("Examples:\n  tallystick dead-letters show " + example);
    CLI::App* redrives =
        add_client_command(*group, chosen, options, "redrive", "Handle it again, with the queue behind it", &redrive);
    redrives->footer("Exit code 1: it failed again.\nExamples:\n  tallystick dead-letters redrive " + example +
                     " --reason 'fixed in 0.1.1'");
    CLI::App* skips =
        add_client_command(*group, chosen, options, "skip", "Pass it over, and handle the queue behind it", &skip);
    skips->footer("Examples:\n  tallystick dead-letters skip " + example + " --reason 'sent by mistake'");
    for (CLI::App* command : {shows, redrives, skips})
        command->add_option("id", options->id, "Its id, as `list` shows it")->required()->type_name("ID");
    for (CLI::App* command : {redrives, skips})
        command->add_option("--reason", options->reason, "Why; is kept with the request")->type_name("TEXT");
}

}  // namespace tally
