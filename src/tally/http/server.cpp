#include "tally/http/server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "tally/base/deadline.hpp"
#include "tally/base/log.hpp"
#include "tally/base/task_group.hpp"
#include "tally/http/connection.hpp"

namespace tally {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// After a failed accept: most often the process has no file descriptor left, and trying at once would spin.
constexpr Duration accept_pause = std::chrono::milliseconds(100);
/// Beyond `max_connections`: so many are told that there are too many; then nobody is accepted any more.
constexpr std::size_t told_apart = 64;

Task<void> serve(std::unique_ptr<detail::Connection> connection) { co_await connection->serve(); }
Task<void> turn_away(std::unique_ptr<detail::Connection> connection) {
    co_await connection->refuse({"overloaded", "overloaded", "too many connections"});
}

class Server final : public HttpServer {
public:
    Server(tcp::acceptor acceptor, Clock& clock, Metrics& metrics, const HttpServerOptions& options, Handler handler)
        : acceptor_(std::move(acceptor)),
          connections_{.clock = clock,
                       .metrics = metrics,
                       .options = options,
                       .limits = {.header_bytes = options.max_header_bytes,
                                  .header_fields = options.max_header_fields,
                                  .target = options.max_target,
                                  .body = options.max_body},
                       .handler = std::move(handler),
                       .open = {},
                       .stopping = false,
                       .changed = {}},
          port_(acceptor_.local_endpoint().port()),
          tasks_(acceptor_.get_executor()) {}

    std::uint16_t port() const override { return port_; }

    Task<void> run() override {
        bool failing = false;
        while (!connections_.stopping) {
            if (connections_.open.size() >= connections_.options.max_connections + told_apart) {
                co_await connections_.changed.wait();
                continue;
            }
            auto [error, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
            if (connections_.stopping) break;
            if (error == asio::error::operation_aborted) continue;  // cancelled: the next await throws
            if (error) {
                if (!std::exchange(failing, true)) log::warning("cannot accept", {{"error", error.message()}});
                co_await connections_.clock.sleep_for(accept_pause);
                continue;
            }
            failing = false;
            admit(std::move(socket));
        }
        while (!stopped_) co_await connections_.changed.wait();
    }

    Task<void> stop(Duration limit) override {
        connections_.stopping = true;
        boost::system::error_code ignored;
        acceptor_.close(ignored);
        for (detail::Connection* connection : connections_.open) connection->stop();
        connections_.changed.notify_all();
        co_await within(connections_.clock, limit, all_gone());
        co_await tasks_.close();
        stopped_ = true;
        connections_.changed.notify_all();
    }

private:
    void admit(tcp::socket socket) {
        const bool full = connections_.open.size() >= connections_.options.max_connections;
        auto connection = std::make_unique<detail::Connection>(std::move(socket), connections_);
        connections_.metrics.counter("http_connections_total", "Connections accepted", {}).add();
        tasks_.spawn("http connection", full ? turn_away(std::move(connection)) : serve(std::move(connection)));
    }

    Task<bool> all_gone() {
        while (!connections_.open.empty()) co_await connections_.changed.wait();
        co_return true;
    }

    tcp::acceptor acceptor_;
    detail::Connections connections_;
    std::uint16_t port_;
    bool stopped_ = false;
    TaskGroup tasks_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> create_http_server(const Executor& loop, Clock& clock, Metrics& metrics,
                                                       const HttpServerOptions& options, HttpServer::Handler handler) {
    boost::system::error_code error;
    const auto address = asio::ip::make_address(options.host, error);
    if (error) return fail(ErrorCode::invalid, options.host + " is not an IP address to listen on");
    const tcp::endpoint endpoint(address, options.port);
    tcp::acceptor acceptor(loop);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
    if (error)
        return fail(ErrorCode::unavailable,
                    fmt::format("cannot listen on {}:{}: {}", options.host, options.port, error.message()));
    return std::make_unique<Server>(std::move(acceptor), clock, metrics, options, std::move(handler));
}

}  // namespace tally
