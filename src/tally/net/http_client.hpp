#pragma once

#include <memory>
#include <string>

#include "tally/base/clock.hpp"
#include "tally/base/error.hpp"
#include "tally/base/task.hpp"
#include "tally/net/http_message.hpp"

namespace tally {

/// Requests to one server over HTTP/1.1, on connections that are kept and reused.
///
/// Threads: one loop; any number of requests at once, each on a connection of its own. Cancellation: closes the
/// request's connection. Lifetime: `close` before destruction.
class HttpClient {
public:
    virtual ~HttpClient() = default;

    /// Any status is a response, not an error. Errors: unavailable (not connected, so not sent), timeout (not answered
    /// within `limit`; it may have been carried out), io (the connection broke after sending; likewise), too_large (the
    /// answer), invalid (no method or path). A kept connection that the server has closed meanwhile is replaced once,
    /// without a word, for a GET, a HEAD, and what bears an Idempotency-Key.
    [[nodiscard]] virtual Task<Result<HttpResponse>> send(HttpRequest request, Duration limit) = 0;
    [[nodiscard]] virtual Task<void> close() = 0;
};

struct HttpClientOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;
    std::size_t max_connections = 64;         ///< further requests wait for one
    std::size_t max_body = 64 * 1024 * 1024;  ///< of an answer
};
[[nodiscard]] std::unique_ptr<HttpClient> create_http_client(Executor loop, Clock& clock, HttpClientOptions options);

}  // namespace tally
