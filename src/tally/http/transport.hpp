#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tally/net/http_client.hpp"

namespace tally {

class Application;

/// Requests from one service, or from a client of ours, to a service: in this process or over HTTP, no difference seen.
class Transport {
public:
    virtual ~Transport() = default;
    /// Any status is a response. Errors: those of HttpClient::send; not_found (no such service).
    [[nodiscard]] virtual Task<Result<HttpResponse>> send(std::string service, HttpRequest request) = 0;
    [[nodiscard]] virtual std::vector<std::string> services() const = 0;
};

/// Straight into the application of this process. Lifetime: the application outlives it.
[[nodiscard]] std::unique_ptr<Transport> create_local_transport(Application& application,
                                                                std::vector<std::string> services);
/// Everything to one server. Lifetime: the client outlives it.
[[nodiscard]] std::unique_ptr<Transport> create_http_transport(HttpClient& client, std::vector<std::string> services);

}  // namespace tally
