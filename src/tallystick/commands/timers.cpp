// timers list | cancel | move | fire | resume
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "tally/base/sha256.hpp"
#include "tallystick/commands/client_command.hpp"
#include "tallystick/output.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;

struct TimersOptions {
    ClientOptions client;
    std::string service;
    std::string type;
    std::string id;
    std::string due;
};

constexpr int looks = 50;
constexpr Duration between_looks = 100ms;

std::string path_of(const TimersOptions& options) { return "/timers/" + percent_encode(options.id); }

const boost::json::value& timer_of(const boost::json::value& view) {
    static const boost::json::value none;
    const auto* timer = view.is_object() ? view.get_object().if_contains("timer") : nullptr;
    return timer == nullptr ? none : *timer;
}

Task<Result<ExitCode>> list(Api& api, TimersOptions options) {
    boost::json::array all;
    for (const std::string& service : services_asked(options.service)) {
        std::string below = "/timers?page_size=1000";
        if (!options.type.empty()) below += "&type=" + percent_encode(options.type);
        for (std::string token = "first"; !token.empty();) {
            const std::string after = token == "first" ? "" : "&page_token=" + percent_encode(token);
            auto page = co_await api.get_json(service, service_path(service, below + after));
            if (!page) co_return std::unexpected(std::move(page.error()));
            for (const auto& timer : items_of(*page)) all.push_back(timer);
            token = text_at(*page, "next_page_token");
        }
    }
    if (options.client.json) {
        print_json(boost::json::object{{"items", std::move(all)}});
        co_return ExitCode::ok;
    }
    Table table({"ID", "SERVICE", "DUE", "ATTEMPTS", "ERROR"});
    for (const auto& view : all) {
        const auto& timer = timer_of(view);
        table.add({text_at(view, "id"), text_at(view, "service"), short_time(text_at(timer, "due")),
                   cell(timer, "attempts"), cell(timer, "error")});
    }
    table.print("no timers");
    co_return ExitCode::ok;
}

/// Where a timer is, and how it is.
Task<Result<Found>> find(Api& api, const TimersOptions& options) {
    return find_in_services(api, options.service, path_of(options));
}

/// Asks for it. What was asked before for the timer as it is now is not done again.
Task<Result<Api::Answer>> ask(Api& api, const Found& found, const TimersOptions& options, std::string_view verb,
                              std::string body) {
    const std::string key =
        fmt::format("{} {} {} {}", verb, options.id, body, boost::json::serialize(timer_of(found.value)));
    return api.post(found.service, fmt::format("{}:{}", service_path(found.service, path_of(options)), verb),
                    std::move(body), to_hex(sha256(key)));
}

void print_outcome(const TimersOptions& options, const std::string& service, const std::string& outcome) {
    if (options.client.json)
        print_json(boost::json::object{{"id", options.id}, {"service", service}, {"outcome", outcome}});
    else
        print_text(printable(outcome) + "\n");
}

Task<Result<ExitCode>> cancel(Api& api, TimersOptions options) {
    // Without looking at it first: one that cannot be read is cancelled as well.
    const std::string key = to_hex(sha256(fmt::format("cancel {} {}", options.id, to_text(api.clock().now()))));
    Error failure{ErrorCode::not_found, "there is no service to ask"};
    for (const std::string& service : services_asked(options.service)) {
        const auto done = co_await api.post(service, service_path(service, path_of(options)) + ":cancel", "{}", key);
        if (done) {
            print_outcome(options, service, "cancelled");
            co_return ExitCode::ok;
        }
        failure = done.error();
        if (failure.code != ErrorCode::not_found) break;
    }
    co_return std::unexpected(std::move(failure));
}

Task<Result<ExitCode>> move(Api& api, TimersOptions options) {
    const auto found = co_await find(api, options);
    if (!found) co_return std::unexpected(found.error());
    const auto done =
        co_await ask(api, *found, options, "move", boost::json::serialize(boost::json::object{{"due", options.due}}));
    if (!done) co_return std::unexpected(done.error());
    const auto moved = json_of(*done);
    if (!moved) co_return std::unexpected(moved.error());
    print_outcome(options, found->service, "due " + text_at(timer_of(*moved), "due"));
    co_return ExitCode::ok;
}

/// Asks for it, then looks for a while what has come of it.
Task<Result<ExitCode>> fire(Api& api, TimersOptions options) {
    const auto found = co_await find(api, options);
    if (!found) co_return std::unexpected(found.error());
    const auto done = co_await ask(api, *found, options, "fire", "{}");
    if (!done) co_return std::unexpected(done.error());
    const auto before = timer_of(found->value);
    std::string outcome = "requested";
    for (int i = 0; i < looks && outcome == "requested"; ++i) {
        const auto now = co_await api.get_json(found->service, service_path(found->service, path_of(options)));
        if (!now && now.error().code != ErrorCode::not_found) co_return std::unexpected(now.error());
        if (!now || text_at(timer_of(*now), "id") != text_at(before, "id"))
            outcome = "fired";
        else if (number_at(timer_of(*now), "attempts") != number_at(before, "attempts"))
            outcome = "failed: " + text_at(timer_of(*now), "error");
        else
            co_await api.clock().sleep_for(between_looks);
    }
    print_outcome(options, found->service, outcome);
    co_return outcome.starts_with("failed") ? ExitCode::failed : ExitCode::ok;
}

Task<Result<ExitCode>> resume(Api& api, TimersOptions options) {
    boost::json::array all;
    for (const std::string& service : services_asked(options.service)) {
        const auto done = co_await api.post(service, service_path(service, "/timers:resume"), "{}", "");
        if (!done) co_return std::unexpected(done.error());
        auto status = json_of(*done);
        if (!status) co_return std::unexpected(status.error());
        all.push_back(std::move(*status));
    }
    if (options.client.json) {
        print_json(boost::json::object{{"items", std::move(all)}});
        co_return ExitCode::ok;
    }
    Table table({"SERVICE", "TIMERS", "FIRED", "FAILED"});
    for (const auto& status : all)
        table.add({cell(status, "service"), cell(status, "state"), cell(status, "fired"), cell(status, "failed")});
    table.print("no services");
    co_return ExitCode::ok;
}

}  // namespace

void add_timers(CLI::App& app, Chosen& chosen) {
    CLI::App* group = app.add_subcommand("timers", "What is to happen at a time");
    group->require_subcommand(1);
    const auto options = std::make_shared<TimersOptions>();  // shared with the callbacks
    const std::string example = "reservation-expiry/536365";

    CLI::App* lists = add_client_command(*group, chosen, options, "list", "All of them, the soonest first", &list);
    lists->add_option("--type", options->type, "Only those of a type")->type_name("NAME");
    lists->footer(
        "Examples:\n  tallystick timers list\n  tallystick timers list --service inventory --type reservation-expiry");

    CLI::App* cancels = add_client_command(*group, chosen, options, "cancel", "Remove one unfired", &cancel);
    cancels->footer("Examples:\n  tallystick timers cancel " + example);
    CLI::App* moves = add_client_command(*group, chosen, options, "move", "Let one fire at another time", &move);
    moves->footer("Examples:\n  tallystick timers move " + example + " --due 2011-12-09T12:50:00Z");
    CLI::App* fires = add_client_command(*group, chosen, options, "fire", "Let one fire now", &fire);
    fires->footer("Exit code 1: it failed.\nExamples:\n  tallystick timers fire " + example);
    for (CLI::App* command : {cancels, moves, fires})
        command->add_option("id", options->id, "Its id, as `list` shows it")->required()->type_name("ID");
    moves->add_option("--due", options->due, "When; a time that has passed means at once")
        ->required()
        ->type_name("TIME");

    CLI::App* resumes = add_client_command(*group, chosen, options, "resume",
                                           "Fire again at once after the wall clock has jumped: it is right", &resume);
    resumes->footer("Examples:\n  tallystick timers resume");
}

}  // namespace tally
