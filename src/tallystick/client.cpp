#include "tallystick/client.hpp"

#include <fmt/format.h>

#include "tally/base/log.hpp"
#include "tallystick/data_folder.hpp"
#include "tallystick/settings.hpp"

namespace tally {
namespace {

constexpr std::size_t connections = 64;

}  // namespace

Result<Config> client_settings(const ClientOptions& options) {
    Config::Sources sources{.file = {}, .environment = process_environment(), .flags = {}};
    sources.environment.insert(options.environment.begin(), options.environment.end());
    if (!options.data.empty()) sources.flags.emplace_back("data.folder", options.data);
    return load_settings(Role::client, sources);
}

Result<LockOrOwner> lock_or_owner(const std::string& folder, bool creates) {
    if (!creates && !has_data(folder))
        return fail(ErrorCode::invalid,
                    fmt::format("there is no data in {}: name a folder with --data or a server with --server, or make "
                                "data with `tallystick serve` or `tallystick import`",
                                folder));
    auto lock = lock_folder(folder);
    if (lock) return std::move(*lock);
    if (lock.error().code != ErrorCode::locked) return std::unexpected(std::move(lock.error()));
    if (std::string url = read_endpoint(folder); !url.empty()) return url;
    return fail(ErrorCode::locked,
                fmt::format("{}, and it answers nowhere: wait until it has ended (an import?)", lock.error().text));
}

Result<std::unique_ptr<Client>> Client::open(Runtime& runtime, const ClientOptions& options) {
    auto settings = client_settings(options);
    if (!settings) return std::unexpected(std::move(settings.error()));
    configure_log(*settings);

    std::unique_ptr<Client> client(new Client(runtime.loop()));
    std::string url = options.server;
    if (url.empty()) {
        const std::string& folder = settings->text("data.folder");
        auto found = lock_or_owner(folder, options.creates);
        if (!found) return std::unexpected(std::move(found.error()));
        if (auto* lock = std::get_if<std::unique_ptr<FolderLock>>(&*found)) {
            remove_endpoint(folder);  // of an owner that was killed
            auto opened = Composition::open(runtime, *settings, std::move(*lock), "");
            if (!opened) return std::unexpected(std::move(opened.error()));
            client->composition_ = std::move(*opened);
            client->composition_->host().start();
            client->transport_ = create_local_transport(client->composition_->host().application(), service_names());
        } else {
            url = std::get<std::string>(*found);
        }
    }
    if (!url.empty()) {
        const auto address = parse_server_url(url);
        if (!address) return std::unexpected(address.error());
        client->http_ =
            create_http_client(runtime.loop(), runtime.clock(),
                               {.host = address->host, .port = address->port, .max_connections = connections});
        client->transport_ = create_http_transport(*client->http_, service_names());
    }
    client->api_ = std::make_unique<Api>(*client->transport_, runtime.clock(), options.patience);
    return client;
}

Task<void> Client::close() {
    if (http_) co_await http_->close();
    if (composition_) co_await composition_->close();
}

namespace {

using Command = std::function<Task<Result<ExitCode>>(Client&)>;

Task<ExitCode> run(Runtime& runtime, const ClientOptions& options, const Command& command) {
    auto client = Client::open(runtime, options);
    if (!client) co_return report(client.error());
    Result<ExitCode> code;
    std::exception_ptr failure;
    try {
        code = co_await command(**client);
    } catch (const std::exception&) {
        failure = std::current_exception();
    }
    co_await (*client)->close();
    if (failure) std::rethrow_exception(failure);
    co_return code ? *code : report(code.error());
}

}  // namespace

ExitCode run_client(const ClientOptions& options, const Command& command) {
    Runtime runtime;
    const ExitCode code = runtime.run(run(runtime, options, command));
    log::flush();
    return code;
}

}  // namespace tally
