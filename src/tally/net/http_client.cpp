#include "tally/net/http_client.hpp"

#include <algorithm>
#include <array>
#include <list>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include "tally/base/deadline.hpp"
#include "tally/base/signal.hpp"
#include "tally/net/message_head.hpp"

namespace tally {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::uint32_t max_header = 64 * 1024;
constexpr std::size_t max_buffer = 2 * max_header;  // of one header, chunk line or trailer
constexpr int max_interim_answers = 8;

/// An exchange that brought no answer.
struct Broken {
    Error error;
    bool unanswered = false;  ///< not a byte has come back
};
using Exchanged = std::expected<HttpResponse, Broken>;

/// What another server run may be asked a second time (RFC 9110 §9.2.2).
bool is_repeatable(const HttpRequest& request) {
    return request.method == Method::get || request.method == Method::head ||
           request.headers.find("Idempotency-Key").has_value();
}

class PooledHttpClient final : public HttpClient {
public:
    PooledHttpClient(Executor loop, Clock& clock, HttpClientOptions options)
        : loop_(std::move(loop)),
          clock_(clock),
          options_(std::move(options)),
          authority_(options_.host.contains(':') ? fmt::format("[{}]:{}", options_.host, options_.port)
                                                 : fmt::format("{}:{}", options_.host, options_.port)) {}

    Task<Result<HttpResponse>> send(HttpRequest request, Duration limit) override {
        if (name(request.method).empty() || !request.target.starts_with('/'))
            co_return fail(ErrorCode::invalid, "a request has a method and a path");
        const Running here(*this);
        bool sent = false;
        auto answer = co_await within(clock_, limit, perform(request, sent));
        if (answer) co_return std::move(*answer);
        if (sent) co_return fail(ErrorCode::timeout, authority_ + " has not answered in time");
        co_return fail(ErrorCode::unavailable, "no connection to " + authority_ + " in time");
    }

    Task<void> close() override {
        closing_ = true;
        idle_.clear();
        for (tcp::socket* socket : in_use_) close(*socket);
        freed_.notify_all();
        while (running_ > 0) co_await ended_.wait();
    }

private:
    struct Running {
        PooledHttpClient& client;
        explicit Running(PooledHttpClient& of) : client(of) { ++client.running_; }
        ~Running() {
            --client.running_;
            client.ended_.notify_all();
        }
        Running(const Running&) = delete;
        Running& operator=(const Running&) = delete;
    };

    /// The use of one of the connections; it is closed afterwards unless it is kept.
    class Lease {
    public:
        explicit Lease(PooledHttpClient& client) : client_(client), socket_(client.loop_) {
            reused_ = client_.take_idle(socket_);
            place_ = client_.in_use_.insert(client_.in_use_.end(), &socket_);
        }
        ~Lease() {
            client_.in_use_.erase(place_);
            if (kept_) client_.idle_.push_back(std::move(socket_));
            client_.freed_.notify_one();
        }
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;

        tcp::socket& socket() { return socket_; }
        bool reused() const { return reused_; }
        void keep() { kept_ = true; }
        void renew() { socket_ = tcp::socket(client_.loop_); }

    private:
        PooledHttpClient& client_;
        tcp::socket socket_;
        std::list<tcp::socket*>::iterator place_;
        bool reused_ = false;
        bool kept_ = false;
    };

    Task<Result<HttpResponse>> perform(const HttpRequest& request, bool& sent) {
        while (!closing_ && in_use_.size() >= options_.max_connections) co_await freed_.wait();
        if (closing_) co_return fail(ErrorCode::unavailable, "the client of " + authority_ + " is closed");
        Lease lease(*this);
        if (!lease.reused()) {
            auto connected = co_await connect(lease.socket());
            if (!connected) co_return std::unexpected(std::move(connected.error()));
        }
        Exchanged answer = co_await exchange(lease, request, sent);
        const bool stale = !answer && lease.reused() && answer.error().unanswered;
        if (stale && is_repeatable(request) && !closing_) {
            idle_.clear();  // they are of the same age
            lease.renew();
            if (co_await connect(lease.socket())) answer = co_await exchange(lease, request, sent);
        }
        if (!answer) co_return std::unexpected(std::move(answer.error().error));
        co_return std::move(*answer);
    }

    Task<Result<void>> connect(tcp::socket& socket) {
        error_code error;
        std::vector<tcp::endpoint> endpoints;
        const auto address = asio::ip::make_address(options_.host, error);
        if (!error) {
            endpoints.emplace_back(address, options_.port);
        } else {
            tcp::resolver resolver(loop_);
            auto [failure, found] =
                co_await resolver.async_resolve(options_.host, std::to_string(options_.port), as_result);
            rethrow_cancellation(failure);
            for (const auto& entry : found) endpoints.push_back(entry.endpoint());
            error = failure;
        }
        if (!endpoints.empty() && !closing_) {
            const auto [failure, connected] = co_await asio::async_connect(socket, endpoints, as_result);
            rethrow_cancellation(failure);
            error = failure;
        }
        if (!socket.is_open() || error)
            co_return fail(ErrorCode::unavailable,
                           fmt::format("cannot connect to {}: {}", authority_, error.message()));
        socket.set_option(tcp::no_delay(true), error);
        socket.non_blocking(true, error);
        co_return Result<void>();
    }

    Task<Exchanged> exchange(Lease& lease, const HttpRequest& request, bool& sent) {
        const std::string head = request_head(request, authority_);
        const std::array parts{asio::buffer(head), asio::buffer(request.body)};
        sent = true;
        const auto [write_error, written] = co_await asio::async_write(lease.socket(), parts, as_result);
        rethrow_cancellation(write_error);
        // A server may refuse a request before all of it was sent, so its answer is read in spite of a failed write.
        boost::beast::flat_buffer buffer(max_buffer);
        for (int interim = 0; interim <= max_interim_answers; ++interim) {
            http::response_parser<http::string_body> parser;
            parser.header_limit(max_header);
            parser.body_limit(options_.max_body);
            parser.skip(request.method == Method::head);
            const auto [error, count] = co_await http::async_read(lease.socket(), buffer, parser, as_result);
            rethrow_cancellation(error);
            if (error) {
                const bool unanswered = interim == 0 && !parser.got_some() && buffer.size() == 0;
                co_return std::unexpected(Broken{error_of(write_error ? write_error : error), unanswered});
            }
            if (parser.get().result_int() / 100 == 1) continue;
            if (parser.keep_alive() && buffer.size() == 0 && !write_error && !closing_) lease.keep();
            co_return response_of(parser.release());
        }
        co_return std::unexpected(Broken{{ErrorCode::io, authority_ + " does not come to an answer"}});
    }

    static HttpResponse response_of(http::response<http::string_body> message) {
        HttpResponse response{.status = static_cast<int>(message.result_int()), .headers = {}, .body = {}};
        for (const auto& field : message)
            response.headers.add(std::string(field.name_string()), std::string(field.value()));
        response.body = std::move(message.body());
        return response;
    }

    Error error_of(error_code error) const {
        if (error == http::error::body_limit)
            return {ErrorCode::too_large,
                    fmt::format("{} answers with more than {} bytes", authority_, options_.max_body)};
        return {ErrorCode::io, fmt::format("the connection to {} broke: {}", authority_, error.message())};
    }

    /// A cancelled operation is a failure only where `close` has ended it.
    void rethrow_cancellation(error_code error) const {
        if (error == asio::error::operation_aborted && !closing_) throw boost::system::system_error(error);
    }

    /// The connection that was used last and that its server has not closed.
    bool take_idle(tcp::socket& socket) {
        while (!idle_.empty() && !is_alive(idle_.front())) idle_.pop_front();
        while (!idle_.empty()) {
            tcp::socket last = std::move(idle_.back());
            idle_.pop_back();
            if (!is_alive(last)) continue;
            socket = std::move(last);
            return true;
        }
        return false;
    }

    /// Nothing to read and no end: between requests a server has nothing to say.
    static bool is_alive(tcp::socket& socket) {
        char byte = 0;
        error_code error;
        socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, error);
        return error == asio::error::would_block;
    }

    static void close(tcp::socket& socket) {
        error_code ignored;
        socket.close(ignored);
    }

    Executor loop_;
    Clock& clock_;
    HttpClientOptions options_;
    std::string authority_;
    std::list<tcp::socket> idle_;  // the one used last at the end
    std::list<tcp::socket*> in_use_;
    std::size_t running_ = 0;
    bool closing_ = false;
    Signal freed_;
    Signal ended_;
};

}  // namespace

std::unique_ptr<HttpClient> create_http_client(Executor loop, Clock& clock, HttpClientOptions options) {
    return std::make_unique<PooledHttpClient>(std::move(loop), clock, std::move(options));
}

}  // namespace tally
