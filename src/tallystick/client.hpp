#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>

#include "tally/net/http_client.hpp"
#include "tallystick/api/api.hpp"
#include "tallystick/composition.hpp"

namespace tally {

/// Where a command finds the services, and how it answers.
struct ClientOptions {
    std::string data;    ///< folder; empty: the default one
    std::string server;  ///< URL; empty: the folder
    bool json = false;
    bool creates = false;  ///< makes the folder where there is none
    Duration patience{};   ///< with a service that is away for the moment
    /// As if set in the environment, unless it is: for the services where this process runs them.
    std::map<std::string, std::string> environment{};
};

/// The settings of a command that looks into a folder. Errors: invalid.
[[nodiscard]] Result<Config> client_settings(const ClientOptions& options);

/// The lock on a folder, or the URL of the process that owns it. Errors: invalid (no data there, and it is not to be
/// made), locked (the owner answers nowhere), io.
using LockOrOwner = std::variant<std::unique_ptr<FolderLock>, std::string>;
[[nodiscard]] Result<LockOrOwner> lock_or_owner(const std::string& folder, bool creates);

/// The way from a command to the services: a server, or a folder that this process opens. A folder that another process
/// owns is reached through that process, at the address that it left in `DIR/endpoint`.
class Client {
public:
    /// Blocks. Errors: invalid (bad settings or URL, no data in the folder), locked (the owner answers nowhere), and
    /// those of Composition::open.
    [[nodiscard]] static Result<std::unique_ptr<Client>> open(Runtime& runtime, const ClientOptions& options);

    [[nodiscard]] Api& api() { return *api_; }
    [[nodiscard]] Executor loop() { return loop_; }
    /// To be awaited before destruction.
    [[nodiscard]] Task<void> close();

private:
    explicit Client(Executor loop) : loop_(std::move(loop)) {}

    Executor loop_;
    std::unique_ptr<Composition> composition_;  // of a folder
    std::unique_ptr<HttpClient> http_;          // of a server
    std::unique_ptr<Transport> transport_;
    std::unique_ptr<Api> api_;
};

/// Runs a command that needs the services and tells what went wrong: its exit code.
[[nodiscard]] ExitCode run_client(const ClientOptions& options,
                                  const std::function<Task<Result<ExitCode>>(Client&)>& command);

}  // namespace tally
