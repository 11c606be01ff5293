// events tail | get | stream
#include <algorithm>

#include <fmt/format.h>

#include "tallystick/commands/client_command.hpp"
#include "tallystick/output.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;

struct EventsOptions {
    ClientOptions client;
    std::string service;
    std::string name;  ///< of an event or a stream
    std::int64_t last = 20;
    bool follow = false;
};

void print_event(const boost::json::value& event, bool json) {
    if (json) return print_json(event);
    print_text(fmt::format("{}  {:>9}  {:<10} {:<32} {}/{}  {}\n", short_time(text_at(event, "recorded_at")),
                           number_at(event, "position"), text_at(event, "service"), text_at(event, "type"),
                           printable(text_at(event, "stream")), number_at(event, "version"), text_at(event, "id")));
}

struct Tailed {
    std::string service;
    std::int64_t position = 0;
};

/// Events of all services by the time of their recording; `position` moves on.
Task<Result<std::vector<boost::json::value>>> next_events(Api& api, std::vector<Tailed>& logs) {
    std::vector<boost::json::value> events;
    for (Tailed& log : logs) {
        auto page = co_await api.get_json(
            log.service, service_path(log.service, fmt::format("/events?page_size=1000&after={}", log.position)));
        if (!page) co_return std::unexpected(std::move(page.error()));
        for (const auto& event : items_of(*page)) {
            log.position = number_at(event, "position");
            events.push_back(event);
        }
    }
    std::ranges::sort(events, {}, [](const auto& event) {
        return std::tuple(text_at(event, "recorded_at"), text_at(event, "service"), number_at(event, "position"));
    });
    co_return events;
}

Task<Result<ExitCode>> tail(Api& api, EventsOptions options) {
    std::vector<Tailed> logs;
    for (const std::string& service : services_asked(options.service)) {
        auto page = co_await api.get_json(service, service_path(service, "/events?backward=true&page_size=1"));
        if (!page) co_return std::unexpected(std::move(page.error()));
        logs.push_back({service, std::max<std::int64_t>(0, number_at(*page, "head") - options.last)});
    }
    auto events = co_await next_events(api, logs);
    if (!events) co_return std::unexpected(std::move(events.error()));
    const auto shown = std::min(events->size(), static_cast<std::size_t>(options.last));
    for (const auto& event : std::span(*events).last(shown)) print_event(event, options.client.json);
    while (options.follow) {
        co_await api.clock().sleep_for(500ms);
        events = co_await next_events(api, logs);
        if (!events) co_return std::unexpected(std::move(events.error()));
        for (const auto& event : *events) print_event(event, options.client.json);
    }
    co_return ExitCode::ok;
}

Task<Result<ExitCode>> get_one(Api& api, EventsOptions options) {
    auto found = co_await find_in_services(api, options.service, "/events/" + percent_encode(options.name));
    if (!found) co_return std::unexpected(std::move(found.error()));
    if (options.client.json) {
        print_json(found->value);
        co_return ExitCode::ok;
    }
    for (const auto& [member, value] : found->value.get_object())
        print_text(fmt::format("{:<16} {}\n", std::string_view(member), printable(cell(found->value, member))));
    co_return ExitCode::ok;
}

Task<Result<ExitCode>> stream(Api& api, EventsOptions options) {
    const std::string below = "/streams/" + percent_encode(options.name) + "?page_size=1000";
    auto page = co_await find_in_services(api, options.service, below);
    for (;;) {
        if (!page) co_return std::unexpected(std::move(page.error()));
        for (const auto& event : items_of(page->value)) print_event(event, options.client.json);
        const std::string token = text_at(page->value, "next_page_token");
        if (token.empty()) co_return ExitCode::ok;
        page = co_await find_in_services(api, page->service, below + "&page_token=" + percent_encode(token));
    }
}

}  // namespace

void add_events(CLI::App& app, Chosen& chosen) {
    CLI::App* group = app.add_subcommand("events", "Look at events");
    group->require_subcommand(1);
    const auto options = std::make_shared<EventsOptions>();  // shared with the callbacks

    CLI::App* tails = add_client_command(*group, chosen, options, "tail", "The latest events of the logs", &tail);
    tails->add_option("--last", options->last, "So many (20)")->check(CLI::Range(1, 1000))->type_name("N");
    tails->add_flag("--follow,-f", options->follow, "Go on with new ones until Ctrl-C");
    tails->footer(
        "With --json one event is one line.\nExamples:\n  tallystick events tail --follow\n"
        "  tallystick events tail --service inventory --last 100 --json");

    CLI::App* gets = add_client_command(*group, chosen, options, "get", "One event", &get_one);
    gets->add_option("event", options->name, "Its id")->required()->type_name("ID");
    gets->footer("Examples:\n  tallystick events get 01890a5d-ac96-774b-bcce-b302099a8057");

    CLI::App* streams =
        add_client_command(*group, chosen, options, "stream", "The events of one stream, in their order", &stream);
    streams->add_option("stream", options->name, "Its name")->required()->type_name("STREAM");
    streams->footer(
        "With --json one event is one line.\nExamples:\n  tallystick events stream order-536365\n"
        "  tallystick events stream reservation-536365 --service inventory");
}

}  // namespace tally
