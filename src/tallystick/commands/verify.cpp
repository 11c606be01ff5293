// verify: of a folder that nobody owns by its files, otherwise by the owner's routes.
#include "tallystick/verify/verify.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "tally/base/log.hpp"
#include "tally/event/codec.hpp"
#include "tallystick/commands/command.hpp"
#include "tallystick/output.hpp"
#include "tallystick/settings.hpp"
#include "tallystick/verify/invariant.hpp"

namespace tally {
namespace {

struct VerifyOptions {
    ClientOptions client;
    bool in_flight_ok = false;
};

Task<Result<verify::Verdict>> verify_server(Runtime& runtime, const std::string& url, bool in_flight_ok) {
    const auto address = parse_server_url(url);
    if (!address) co_return std::unexpected(address.error());
    HttpClientOptions options;
    options.host = address->host;
    options.port = address->port;
    const auto client = create_http_client(runtime.loop(), runtime.clock(), options);
    const auto source = verify::create_http_source(*client);
    auto verdict = co_await verify::verify(*source, runtime.clock(), in_flight_ok);
    co_await client->close();
    co_return verdict;
}

Task<Result<verify::Verdict>> find_verdict(Runtime& runtime, VerifyOptions options) {
    if (!options.client.server.empty())
        co_return co_await verify_server(runtime, options.client.server, options.in_flight_ok);
    const auto settings = client_settings(options.client);
    if (!settings) co_return std::unexpected(settings.error());
    configure_log(*settings);
    const std::string& folder = settings->text("data.folder");
    const auto found = lock_or_owner(folder, false);
    if (!found) co_return std::unexpected(found.error());
    if (const auto* url = std::get_if<std::string>(&*found))
        co_return co_await verify_server(runtime, *url, options.in_flight_ok);
    const auto source = verify::create_folder_source(folder);
    co_return co_await verify::verify(*source, runtime.clock(), options.in_flight_ok);
}

Task<ExitCode> run(Runtime& runtime, VerifyOptions options) {
    const auto verdict = co_await find_verdict(runtime, options);
    if (!verdict) co_return report(verdict.error());
    print_text(options.client.json ? encode(*verdict) + "\n" : to_text(*verdict));
    co_return verdict->ok ? ExitCode::ok : ExitCode::failed;
}

std::string list_of_invariants() {
    std::string text = "Checks:\n";
    for (const verify::InvariantInfo& each : verify::invariants())
        text += fmt::format("  {:<16} {}\n", each.name, each.meaning);
    return text;
}

}  // namespace

void add_verify(CLI::App& app, Chosen& chosen) {
    const auto options = std::make_shared<VerifyOptions>();  // shared with the callback
    CLI::App* command = app.add_subcommand(
        "verify", "Check everything that is stored, by a fold that shares nothing with the services");
    add_client_options(*command, options->client);
    command->add_flag("--in-flight-ok", options->in_flight_ok, "Accept what is not finished yet");
    command->footer(list_of_invariants() +
                    "Exit codes: 0 everything holds, 1 something does not, 2 usage, 3 unavailable.\nExamples:\n"
                    "  tallystick verify --data /tmp/year\n"
                    "  tallystick verify --server http://127.0.0.1:8080 --in-flight-ok --json");
    command->callback([&chosen, options] {
        chosen = [options] {
            Runtime runtime;
            const ExitCode code = runtime.run(run(runtime, *options));
            log::flush();
            return code;
        };
    });
}

}  // namespace tally
