// sagas list | show | retry | skip | resolve; what-if has a file of its own
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "tally/base/sha256.hpp"
#include "tallystick/commands/client_command.hpp"
#include "tallystick/output.hpp"

namespace tally {
namespace {

struct SagasOptions {
    ClientOptions client;
    std::string service;
    std::string saga;
    std::string status;
    std::string id;
    std::string reason;
};

/// `<saga>/<instance>`; an instance may hold anything.
std::string path_of(const SagasOptions& options) {
    const std::string saga = options.id.substr(0, options.id.find('/'));
    const std::string instance = saga.size() < options.id.size() ? options.id.substr(saga.size() + 1) : "";
    return "/sagas/" + percent_encode(saga) + "/" + percent_encode(instance);
}

const boost::json::value& part_of(const boost::json::value& view, std::string_view member) {
    static const boost::json::value none;
    const auto* part = view.is_object() ? view.get_object().if_contains(member) : nullptr;
    return part == nullptr ? none : *part;
}

Task<Result<ExitCode>> list(Api& api, SagasOptions options) {
    boost::json::array all;
    for (const std::string& service : services_asked(options.service)) {
        std::string below = "/sagas?page_size=1000";
        if (!options.saga.empty()) below += "&saga=" + percent_encode(options.saga);
        if (!options.status.empty()) below += "&status=" + percent_encode(options.status);
        for (std::string token = "first"; !token.empty();) {
            const std::string after = token == "first" ? "" : "&page_token=" + percent_encode(token);
            auto page = co_await api.get_json(service, service_path(service, below + after));
            if (!page) co_return std::unexpected(std::move(page.error()));
            for (const auto& item : items_of(*page)) all.push_back(item);
            token = text_at(*page, "next_page_token");
        }
    }
    if (options.client.json) {
        print_json(boost::json::object{{"items", std::move(all)}});
        co_return ExitCode::ok;
    }
    Table table({"ID", "SERVICE", "STATUS", "STEP", "SINCE", "OPERATOR"});
    for (const auto& item : all) {
        const auto& entry = part_of(item, "instance");
        table.add({text_at(item, "id"), text_at(item, "service"), cell(entry, "status"), cell(entry, "step"),
                   short_time(text_at(entry, "since")), cell(entry, "operator_called")});
    }
    table.print("no sagas");
    co_return ExitCode::ok;
}

void print_state(const boost::json::value& state) {
    for (const char* member : {"version", "status", "waiting", "operator_called"})
        if (const std::string text = cell(state, member); !text.empty())
            print_text(fmt::format("{:<15} {}\n", member, printable(text)));
    if (const auto& failure = part_of(state, "failure"); failure.is_object())
        print_text(fmt::format("{:<15} {} at {} {}\n", "failure", cell(failure, "reason"), cell(failure, "step"),
                               printable(cell(failure, "detail"))));
}

void print_steps(const boost::json::value& state) {
    Table steps({"STEP", "STATUS", "ATTEMPTS", "UNDO ATTEMPTS"});
    if (const auto& all = part_of(state, "steps"); all.is_array())
        for (const auto& step : all.get_array())
            steps.add({cell(step, "name"), cell(step, "status"), cell(step, "attempts"), cell(step, "undo_attempts")});
    print_text("\n");
    steps.print("no steps");
}

void print_history(const boost::json::value& view) {
    Table history({"VERSION", "TIME", "EVENT", "ACTOR", "CAUSED BY", "DATA"});
    if (const auto& all = part_of(view, "history"); all.is_array())
        for (const auto& event : all.get_array())
            history.add({cell(event, "version"), short_time(text_at(event, "occurred_at")), cell(event, "type"),
                         cell(event, "actor"), cell(event, "causation_id"), cell(event, "data")});
    print_text("\n");
    history.print("no history");
}

Task<Result<ExitCode>> show(Api& api, SagasOptions options) {
    const auto found = co_await find_in_services(api, options.service, path_of(options));
    if (!found) co_return std::unexpected(found.error());
    if (options.client.json) {
        print_json(found->value);
        co_return ExitCode::ok;
    }
    print_text(fmt::format("{:<15} {}\n", "service", found->service));
    const auto& state = part_of(found->value, "state");
    print_state(state);
    if (const std::string deadline = text_at(found->value, "deadline"); !deadline.empty())
        print_text(fmt::format("{:<15} {}\n", "deadline", short_time(deadline)));
    print_steps(state);
    print_history(found->value);
    co_return ExitCode::ok;
}

/// What was asked before for the saga as it is now is not done again.
Task<Result<ExitCode>> act(Api& api, SagasOptions options, std::string verb) {
    const auto found = co_await find_in_services(api, options.service, path_of(options));
    if (!found) co_return std::unexpected(found.error());
    boost::json::object body;
    if (!options.reason.empty()) body["reason"] = options.reason;
    const std::string text = boost::json::serialize(body);
    const std::string key =
        fmt::format("{} {} {} {}", verb, options.id, text, cell(part_of(found->value, "state"), "events"));
    const auto done = co_await api.post(found->service, service_path(found->service, path_of(options)) + ":" + verb,
                                        text, to_hex(sha256(key)));
    if (!done) co_return std::unexpected(done.error());
    const auto outcome = json_of(*done);
    if (!outcome) co_return std::unexpected(outcome.error());
    if (options.client.json)
        print_json(*outcome);
    else
        print_state(part_of(*outcome, "state"));
    co_return ExitCode::ok;
}

Task<Result<ExitCode>> retry(Api& api, SagasOptions options) { return act(api, std::move(options), "retry"); }
Task<Result<ExitCode>> skip(Api& api, SagasOptions options) { return act(api, std::move(options), "skip"); }
Task<Result<ExitCode>> resolve(Api& api, SagasOptions options) { return act(api, std::move(options), "resolve"); }

}  // namespace

void add_sagas(CLI::App& app, Chosen& chosen) {
    CLI::App* group = app.add_subcommand("sagas", "What goes on in steps, or is undone");
    group->require_subcommand(1);
    const auto options = std::make_shared<SagasOptions>();  // shared with the callbacks
    const std::string example = "place-order/536365";

    CLI::App* lists = add_client_command(*group, chosen, options, "list",
                                         "All of them; those that wait for an operator first", &list);
    lists->add_option("--saga", options->saga, "Only those of a saga")->type_name("NAME");
    lists->add_option("--status", options->status, "Only those that stand so")
        ->check(CLI::IsMember({"running", "compensating", "completed", "compensated", "resolved"}))
        ->type_name("STATUS");
    lists->footer("Examples:\n  tallystick sagas list\n  tallystick sagas list --status compensating --json");

    CLI::App* shows = add_client_command(*group, chosen, options, "show", "One of them, and its history", &show);
    shows->footer("Examples:\n  tallystick sagas show " + example);
    CLI::App* retries =
        add_client_command(*group, chosen, options, "retry", "Ask again for the step in hand, or for its undo", &retry);
    retries->footer("Examples:\n  tallystick sagas retry " + example);
    CLI::App* skips = add_client_command(*group, chosen, options, "skip",
                                         "Count the step in hand as done, or as undone, and go on", &skip);
    skips->footer("Examples:\n  tallystick sagas skip " + example + " --reason 'handed over at the counter'");
    CLI::App* resolves =
        add_client_command(*group, chosen, options, "resolve", "End it by hand: nothing more is done for it", &resolve);
    resolves->footer("Examples:\n  tallystick sagas resolve " + example + " --reason 'settled by telephone'");
    for (CLI::App* command : {shows, retries, skips, resolves})
        command->add_option("id", options->id, "Its id, as `list` shows it")
            ->required()
            ->check([](const std::string& id) { return id.contains('/') ? "" : "an id is <saga>/<instance>"; })
            ->type_name("ID");
    add_saga_what_if(*group, chosen);
    for (CLI::App* command : {skips, resolves})
        command->add_option("--reason", options->reason, "Why; is kept in its history")->required()->type_name("TEXT");
}

}  // namespace tally
