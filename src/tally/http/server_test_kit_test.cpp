#include "tally/http/server_test_kit.hpp"

#include <charconv>
#include <stdexcept>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace tally::testing {
namespace {

namespace asio = boost::asio;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

Task<HttpResponse> echo(std::vector<std::string>& handled, HttpRequest request) {
    handled.push_back(request.target);
    co_return HttpResponse{.status = 200,
                           .headers = {},
                           .body = std::string(name(request.method)) + " " + request.target + " " + request.body};
}

}  // namespace

LoopbackServer::LoopbackServer(HttpServerOptions options, HttpServer::Handler handler) {
    options.port = 0;
    if (!handler) handler = [this](HttpRequest request) { return echo(handled, std::move(request)); };
    server = create_http_server(loop.get_executor(), *clock, *metrics, options, std::move(handler)).value();
}

Task<void> LoopbackServer::serve() {
    co_await server->run();
    returned = true;
    changed.notify_all();
}

void LoopbackServer::run(Task<void> body) {
    bool ended = false;
    std::exception_ptr failure;
    tasks_.spawn("server", serve());
    const auto finish = [](LoopbackServer& self) -> Task<void> {
        co_await self.server->stop(std::chrono::seconds(1));
        while (!self.returned) co_await self.changed.wait();
        co_await self.tasks_.close();
    };
    asio::co_spawn(loop, std::move(body), [&](const std::exception_ptr& thrown) {
        failure = thrown;
        asio::co_spawn(loop, finish(*this), [&](const std::exception_ptr& other) {
            if (!failure) failure = other;
            ended = true;
        });
    });
    loop.run_for(std::chrono::seconds(5));
    if (failure) std::rethrow_exception(failure);
    if (!ended || !loop.stopped()) throw std::logic_error("the test did not end");
}

double LoopbackServer::metric(const std::string& name_and_labels) const {
    const std::string text = metrics->expose();
    const auto at = text.find("\n" + name_and_labels + " ");
    if (at == std::string::npos) return -1;
    return std::stod(text.substr(at + name_and_labels.size() + 2));
}

RawClient::RawClient(LoopbackServer& server) : socket(server.loop), port_(server.port()) {}

Task<void> RawClient::connect() {
    co_await socket.async_connect({asio::ip::address_v4::loopback(), port_}, asio::use_awaitable);
}

Task<void> RawClient::send(std::string bytes) {
    co_await asio::async_write(socket, asio::buffer(bytes), as_result);  // a server may close before it has read all
}

Task<std::string> RawClient::receive(bool with_body) {
    const auto [error, head] =
        co_await asio::async_read_until(socket, asio::dynamic_buffer(received_), "\r\n\r\n", as_result);
    if (error) co_return std::exchange(received_, {});
    std::size_t body = 0;
    if (const auto at = received_.find("Content-Length: "); with_body && at < head)
        std::from_chars(received_.data() + at + 16, received_.data() + head, body);
    if (const std::size_t whole = head + body; received_.size() < whole)
        co_await asio::async_read(socket, asio::dynamic_buffer(received_),
                                  asio::transfer_exactly(whole - received_.size()), as_result);
    std::string answer = received_.substr(0, head + body);
    received_.erase(0, answer.size());
    co_return answer;
}

Task<std::string> RawClient::receive_all() {
    co_await asio::async_read(socket, asio::dynamic_buffer(received_), asio::transfer_all(), as_result);
    socket.close();
    co_return std::exchange(received_, {});
}

Task<std::string> RawClient::ask(std::string bytes) {
    co_await connect();
    co_await send(std::move(bytes));
    co_return co_await receive_all();
}

void RawClient::shutdown_send() { socket.shutdown(asio::ip::tcp::socket::shutdown_send); }

int status_of(const std::string& answer) {
    int status = 0;
    if (answer.starts_with("HTTP/1.1 ")) std::from_chars(answer.data() + 9, answer.data() + answer.size(), status);
    return status;
}

std::string body_of(const std::string& answer) {
    const auto end = answer.find("\r\n\r\n");
    return end == std::string::npos ? "" : answer.substr(end + 4);
}

}  // namespace tally::testing
