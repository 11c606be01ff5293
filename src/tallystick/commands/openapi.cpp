// openapi: of a server that is named, otherwise of this binary, which needs no data for it.
#include <CLI/CLI.hpp>

#include "tallystick/commands/command.hpp"
#include "tallystick/output.hpp"
#include "tallystick/settings.hpp"

namespace tally {
namespace {

Task<Result<ExitCode>> print_document(Api& api) {
    auto answer = co_await api.get(service_names().front(), "/openapi.json");
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    print_text(answer->body + "\n");
    co_return ExitCode::ok;
}

Task<ExitCode> of_this_binary(Runtime& runtime) {
    const auto settings = load_settings(Role::client, {.file = {}, .environment = process_environment(), .flags = {}});
    if (!settings) co_return report(settings.error());
    configure_log(*settings);
    auto composition = Composition::in_memory(runtime, *settings);
    if (!composition) co_return report(composition.error());
    const auto transport = create_local_transport((*composition)->host().application(), service_names());
    Api api(*transport, runtime.clock());
    auto code = co_await print_document(api);
    co_await (*composition)->close();
    co_return code ? *code : report(code.error());
}

}  // namespace

void add_openapi(CLI::App& app, Chosen& chosen) {
    const auto options = std::make_shared<ClientOptions>();  // shared with the callback
    CLI::App* command = app.add_subcommand("openapi", "Print the OpenAPI 3.1 document");
    command->add_option("--server", options->server, "That of a server")->type_name("URL");
    command->add_flag("--json", options->json, "JSON, which it is anyway");
    command->footer("Examples:\n  tallystick openapi > openapi.json");
    command->callback([&chosen, options] {
        chosen = [options] {
            if (!options->server.empty())
                return run_client(*options, [](Client& client) { return print_document(client.api()); });
            Runtime runtime;
            return runtime.run(of_this_binary(runtime));
        };
    });
}

}  // namespace tally
