#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "tally/base/clock.hpp"
#include "tally/base/metrics.hpp"
#include "tally/net/http_message.hpp"

namespace tally {

struct HttpServerOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;  ///< 0: any free one
    std::size_t max_connections = 4'096;
    std::size_t max_target = 8 * 1024;
    std::size_t max_header_bytes = 16 * 1024;
    std::size_t max_header_fields = 100;
    std::size_t max_body = 1024 * 1024;
    Duration header_limit = std::chrono::seconds(10);
    Duration idle_limit = std::chrono::seconds(60);
    Duration body_limit = std::chrono::seconds(30);
    std::size_t min_body_rate = 1024;  ///< bytes a second, once `header_limit` has passed
    Duration write_limit = std::chrono::seconds(30);
    std::string base_url = "http://127.0.0.1:8080";  ///< of the types of problems
};

/// An HTTP/1.1 server: sockets in, plain requests to a handler, plain responses out.
///
/// Keep-alive and pipelining, answers in order; framing that two readers could understand differently is refused with
/// 400 and the connection closed (reliability.md H01–H12). Threads: one loop. Lifetime: `stop` before destruction.
class HttpServer {
public:
    using Handler = std::function<Task<HttpResponse>(HttpRequest)>;

    virtual ~HttpServer() = default;
    [[nodiscard]] virtual std::uint16_t port() const = 0;
    /// Accepts until `stop`, and returns with it.
    [[nodiscard]] virtual Task<void> run() = 0;
    /// Stops accepting, lets requests in hand finish until `limit`, then closes every connection.
    [[nodiscard]] virtual Task<void> stop(Duration limit) = 0;
};

/// Binds at once. Errors: unavailable (the port is taken), invalid (not an address).
[[nodiscard]] Result<std::unique_ptr<HttpServer>> create_http_server(const Executor& loop, Clock& clock,
                                                                     Metrics& metrics, const HttpServerOptions& options,
                                                                     HttpServer::Handler handler);

}  // namespace tally
