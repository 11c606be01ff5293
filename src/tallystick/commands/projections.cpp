// projections list | rebuild
#include <fmt/format.h>

#include "tallystick/commands/client_command.hpp"
#include "tallystick/output.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;

struct ProjectionsOptions {
    ClientOptions client;
    std::string service;
    std::string name;
    bool wait = true;
};

constexpr Duration between_looks = 200ms;

bool is_rebuilding(const boost::json::value& projection) {
    const auto* rebuild = projection.is_object() ? projection.get_object().if_contains("rebuild") : nullptr;
    return rebuild != nullptr && rebuild->is_object();
}

std::string rebuild_text(const boost::json::value& projection) {
    if (!is_rebuilding(projection)) return "";
    const auto& rebuild = projection.at("rebuild");
    return fmt::format("generation {} at {} of {}", number_at(rebuild, "generation"), number_at(rebuild, "position"),
                       number_at(projection, "head"));
}

Task<Result<ExitCode>> list(Api& api, ProjectionsOptions options) {
    boost::json::array all;
    for (const std::string& service : services_asked(options.service)) {
        auto page = co_await api.get_json(service, service_path(service, "/projections"));
        if (!page) co_return std::unexpected(std::move(page.error()));
        for (const auto& projection : items_of(*page)) all.push_back(projection);
    }
    if (options.client.json) {
        print_json(boost::json::object{{"items", std::move(all)}});
        co_return ExitCode::ok;
    }
    Table table({"PROJECTION", "SERVICE", "GENERATION", "POSITION", "HEAD", "LAG S", "PAUSED", "REBUILD"});
    for (const auto& each : all)
        table.add({cell(each, "name"), cell(each, "service"), cell(each, "generation"), cell(each, "position"),
                   cell(each, "head"), cell(each, "lag_seconds"), cell(each, "paused"), rebuild_text(each)});
    table.print("no projections");
    co_return ExitCode::ok;
}

Task<Result<ExitCode>> rebuild(Api& api, ProjectionsOptions options) {
    auto found = co_await find_in_services(api, options.service, "/projections/" + percent_encode(options.name));
    if (!found) co_return std::unexpected(std::move(found.error()));
    const std::string path = service_path(found->service, "/projections/" + percent_encode(options.name));
    auto asked = co_await api.post(found->service, path + ":rebuild", "{}", "");
    if (!asked) co_return std::unexpected(std::move(asked.error()));
    auto state = json_of(*asked);
    // A folder that this process opened is closed when the command ends.
    while (state && options.wait && is_rebuilding(*state)) {
        co_await api.clock().sleep_for(between_looks);
        state = co_await api.get_json(found->service, path);
    }
    if (!state) co_return std::unexpected(std::move(state.error()));
    if (options.client.json)
        print_json(*state);
    else if (is_rebuilding(*state))
        print_text("started: " + rebuild_text(*state) + "\n");
    else
        print_text(fmt::format("rebuilt: generation {} at {}\n", number_at(*state, "generation"),
                               number_at(*state, "position")));
    co_return ExitCode::ok;
}

}  // namespace

void add_projections(CLI::App& app, Chosen& chosen) {
    CLI::App* group = app.add_subcommand("projections", "Read models");
    group->require_subcommand(1);
    const auto options = std::make_shared<ProjectionsOptions>();  // shared with the callbacks

    CLI::App* lists = add_client_command(*group, chosen, options, "list", "Where each stands", &list);
    lists->footer("Examples:\n  tallystick projections list --json");

    CLI::App* rebuilds = add_client_command(*group, chosen, options, "rebuild",
                                            "Fold the log anew beside the live view, then swap", &rebuild);
    rebuilds->add_option("projection", options->name, "Its name")->required()->type_name("NAME");
    rebuilds->add_flag("!--no-wait", options->wait, "Do not wait for its end (of a server)");
    rebuilds->footer("Examples:\n  tallystick projections rebuild order-list");
}

}  // namespace tally
