#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "tally/base/clock.hpp"
#include "tally/base/metrics.hpp"
#include "tally/base/signal.hpp"
#include "tally/base/task_group.hpp"
#include "tally/http/server.hpp"

namespace tally::testing {

/// A server on a free port of the loopback interface, in the test's own event loop.
class LoopbackServer {
public:
    /// Without a handler: one that answers with method, target and content (see `handled`).
    explicit LoopbackServer(HttpServerOptions options = {}, HttpServer::Handler handler = {});

    /// Runs `body` and then stops the server; throws what the body throws, and where anything still runs after 5 s.
    void run(Task<void> body);

    /// Of a metric in the text exposition, such as `http_connections_total`; -1 for none.
    [[nodiscard]] double metric(const std::string& name_and_labels) const;
    [[nodiscard]] std::uint16_t port() const { return server->port(); }

    boost::asio::io_context loop;
    std::unique_ptr<Clock> clock = create_system_clock();
    std::unique_ptr<Metrics> metrics = create_metrics();
    std::vector<std::string> handled;  ///< targets, in the order in which the default handler saw them
    std::unique_ptr<HttpServer> server;
    bool returned = false;  ///< from HttpServer::run
    Signal changed;         ///< `returned`, or whatever a test announces

private:
    Task<void> serve();
    TaskGroup tasks_{loop.get_executor()};
};

/// A client that sends bytes as they are.
class RawClient {
public:
    explicit RawClient(LoopbackServer& server);

    Task<void> connect();
    Task<void> send(std::string bytes);
    /// One answer, framed by its Content-Length unless it is the answer to a HEAD; what came before the end otherwise.
    Task<std::string> receive(bool with_body = true);
    /// Until the server closes.
    Task<std::string> receive_all();
    /// Connects, sends, and receives all.
    Task<std::string> ask(std::string bytes);
    void shutdown_send();

    boost::asio::ip::tcp::socket socket;

private:
    std::uint16_t port_;
    std::string received_;
};

[[nodiscard]] int status_of(const std::string& answer);
[[nodiscard]] std::string body_of(const std::string& answer);

}  // namespace tally::testing
