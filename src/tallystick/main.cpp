#include <exception>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "tally/host/host.hpp"
#include "tallystick/commands/command.hpp"

namespace {

tally::ExitCode run(int argc, char** argv) {
    CLI::App app{"Tallystick keeps every change of a business as an event and drives the business from them.",
                 "tallystick"};
    app.require_subcommand(1);
    app.set_version_flag("--version", tally::Host::Options{}.version);
    app.footer(
        "Exit codes: 0 ok, 1 the check failed, 2 usage or configuration, 3 unavailable.\n"
        "Examples:\n  tallystick serve --data /tmp/shop\n  tallystick orders list --limit 5\n"
        "  tallystick COMMAND --help");

    tally::Chosen chosen;
    for (const auto add :
         {&tally::add_serve, &tally::add_import, &tally::add_orders, &tally::add_returns, &tally::add_events,
          &tally::add_dead_letters, &tally::add_projections, &tally::add_timers, &tally::add_payments,
          &tally::add_shipments, &tally::add_notifications, &tally::add_sales, &tally::add_sagas, &tally::add_persons,
          &tally::add_verify, &tally::add_openapi, &tally::add_config})
        add(app, chosen);

    try {
        app.parse(argc, argv);
    } catch (const CLI::RequiredError& error) {
        // It asks for a command without a word about the one that it does not know.
        for (const std::string& unknown : app.remaining(true)) fmt::print(stderr, "There is no '{}' here. ", unknown);
        app.exit(error);
        return tally::ExitCode::usage;
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? tally::ExitCode::ok : tally::ExitCode::usage;
    }
    return chosen();
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return static_cast<int>(run(argc, argv));
    } catch (const std::exception& failure) {
        fmt::print(stderr, "tallystick: internal error: {}\n", failure.what());
        return static_cast<int>(tally::ExitCode::unavailable);
    }
}
