// dead-letters list | show | redrive | skip
#include <iostream>
#include <iterator>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "tally/base/file.hpp"
#include "tally/base/sha256.hpp"
#include "tallystick/commands/client_command.hpp"
#include "tallystick/commands/dead_letter_options.hpp"
#include "tallystick/output.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;

constexpr int looks = 50;
constexpr Duration between_looks = 100ms;

boost::json::object body_of(const LettersOptions& options) {
    boost::json::object body;
    if (!options.reason.empty()) body["reason"] = options.reason;
    if (options.dry_run) body["dry_run"] = true;
    return body;
}

std::string path_of(const LettersOptions& options) { return "/dead-letters/" + percent_encode(options.id); }

/// The filter as a query.
std::string query_of(const LettersOptions& options) {
    std::string query;
    for (const auto& [member, value] : filter_of(options)) {
        const std::string text = value.is_string() ? std::string(value.get_string()) : boost::json::serialize(value);
        query += "&" + std::string(member) + "=" + percent_encode(text);
    }
    return query;
}

Task<Result<ExitCode>> list(Api& api, LettersOptions options) {
    boost::json::array all;
    for (const std::string& service : services_asked(options.service)) {
        const std::string below = "/dead-letters?page_size=1000" + query_of(options);
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

/// The patch of an edit; empty: there is none. Errors: invalid (the file cannot be read).
Result<std::string> edit_of(const LettersOptions& options) {
    if (options.edit.empty()) return std::string();
    if (options.edit == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
    auto patch = read_file(options.edit);
    if (!patch) return fail(ErrorCode::invalid, std::move(patch.error().text));
    return patch;
}

/// What has come of a request within a while.
Task<Result<std::string>> look(Api& api, std::string service, std::string path) {
    for (int i = 0; i < looks; ++i) {
        auto letter = co_await api.get_json(service, path);
        if (!letter && letter.error().code != ErrorCode::not_found) co_return std::unexpected(letter.error());
        if (!letter) co_return "done";
        if (text_at(letter_of(*letter), "state") == "poisoned")
            co_return "failed again: " + text_at(letter_of(*letter), "error");
        co_await api.clock().sleep_for(between_looks);
    }
    co_return "requested";
}

ExitCode tell_dry_run(const boost::json::value& answer, bool json) {
    static const boost::json::value none;
    const auto* report = answer.is_object() ? answer.get_object().if_contains("dry_run") : nullptr;
    if (report == nullptr) report = &none;
    if (json)
        print_json(answer);
    else
        print_dry_run(*report);
    return goes_well(*report) ? ExitCode::ok : ExitCode::failed;
}

Task<Result<ExitCode>> act_on_one(Api& api, LettersOptions options, std::string verb) {
    auto found = co_await find_in_services(api, options.service, path_of(options));
    if (!found) co_return std::unexpected(std::move(found.error()));
    const auto patch = edit_of(options);
    if (!patch) co_return std::unexpected(patch.error());
    std::string body = boost::json::serialize(body_of(options));
    // As it was written: it is the service that reads it.
    if (!options.edit.empty()) body.insert(1, "\"patch\":" + *patch + (body == "{}" ? "" : ","));
    const std::string path = service_path(found->service, path_of(options));
    // A letter that failed again has one more attempt, and may be acted on anew.
    std::string key = fmt::format("{} {} {} {}", verb, options.id, body, cell(letter_of(found->value), "attempts"));
    if (options.dry_run) key += to_text(api.clock().now());
    auto asked = co_await api.post(found->service, path + ":" + verb, std::move(body), to_hex(sha256(key)));
    if (!asked) co_return std::unexpected(std::move(asked.error()));
    if (options.dry_run) {
        const auto answer = json_of(*asked);
        if (!answer) co_return std::unexpected(answer.error());
        co_return tell_dry_run(*answer, options.client.json);
    }
    const auto outcome = co_await look(api, found->service, path);
    if (!outcome) co_return std::unexpected(outcome.error());
    if (options.client.json)
        print_json(boost::json::object{{"id", options.id}, {"service", found->service}, {"outcome", *outcome}});
    else
        print_text(printable(*outcome) + "\n");
    co_return outcome->starts_with("failed") ? ExitCode::failed : ExitCode::ok;
}

Task<Result<ExitCode>> act(Api& api, LettersOptions options, std::string verb) {
    const bool group = options.all || !filter_of(options).empty();
    if (group && !options.id.empty())
        co_return fail(ErrorCode::invalid, "an id and a filter contradict each other: say one of them");
    if (group && !options.edit.empty())
        co_return fail(ErrorCode::invalid, "one dead letter is edited at a time: say its id");
    if (group) co_return co_await act_on_group(api, std::move(options), std::move(verb));
    if (options.id.empty())
        co_return fail(ErrorCode::invalid, "which dead letters? Say an id, a filter such as --consumer, or --all");
    co_return co_await act_on_one(api, std::move(options), std::move(verb));
}

Task<Result<ExitCode>> redrive(Api& api, LettersOptions options) { return act(api, std::move(options), "redrive"); }
Task<Result<ExitCode>> skip(Api& api, LettersOptions options) { return act(api, std::move(options), "skip"); }

void add_act_options(CLI::App& command, LettersOptions& options) {
    command.add_option("id", options.id, "Its id, as `list` shows it; none with a filter")->type_name("ID");
    add_filter_options(command, options);
    command.add_flag("--all", options.all, "All of them, in place of a filter")->group("Which ones");
    command.add_flag("--dry-run", options.dry_run, "Only tell what would be done");
    command.add_option("--reason", options.reason, "Why; is kept with the request")->type_name("TEXT");
}

}  // namespace

void add_dead_letters(CLI::App& app, Chosen& chosen) {
    CLI::App* group = app.add_subcommand("dead-letters", "Events that could not be handled");
    group->require_subcommand(1);
    const auto options = std::make_shared<LettersOptions>();  // shared with the callbacks
    const std::string example = "inventory/orders.events/00000000000000000042";

    CLI::App* lists =
        add_client_command(*group, chosen, options, "list", "All of them, by consumer and position", &list);
    add_filter_options(*lists, *options);
    lists->footer(
        "Examples:\n  tallystick dead-letters list\n  tallystick dead-letters list --consumer inventory --json");

    CLI::App* shows = add_client_command(*group, chosen, options, "show", "One of them", &show);
    shows->add_option("id", options->id, "Its id, as `list` shows it")->required()->type_name("ID");
    shows->footer("Examples:\n  tallystick dead-letters show " + example);
    CLI::App* redrives =
        add_client_command(*group, chosen, options, "redrive", "Handle it again, with the queue behind it", &redrive);
    add_act_options(*redrives, *options);
    redrives
        ->add_option("--edit", options->edit,
                     "With its data changed by the JSON merge patch (RFC 7396) in this file, or on standard input")
        ->type_name("FILE|-");
    redrives->footer(
        "Exit code 1: it failed again, or would; or some of the group were refused.\nExamples:\n"
        "  tallystick dead-letters redrive " +
        example +
        " --reason 'fixed in 0.1.1'\n"
        "  tallystick dead-letters redrive " +
        example +
        " --edit patch.json --dry-run\n"
        "  tallystick dead-letters redrive --consumer inventory --error 102 --dry-run");
    CLI::App* skips =
        add_client_command(*group, chosen, options, "skip", "Pass it over, and handle the queue behind it", &skip);
    add_act_options(*skips, *options);
    skips->footer(
        "Exit code 1: what is behind it would fail; or some of the group were refused.\nExamples:\n"
        "  tallystick dead-letters skip " +
        example +
        " --reason 'sent by mistake'\n"
        "  tallystick dead-letters skip --topic orders.events --from 40 --to 45");
}

}  // namespace tally
