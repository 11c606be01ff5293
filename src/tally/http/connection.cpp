// A request's header block is checked as it came (framing.hpp) before Beast's parser sees it; Beast then takes the
// fields and the body apart. It never touches the socket, so that one place reads, under one deadline.
#include "tally/http/connection.hpp"

#include <algorithm>
#include <array>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include "tally/base/log.hpp"
#include "tally/http/problem.hpp"
#include "tally/net/message_head.hpp"

namespace tally::detail {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t header_read = 4 * 1024;
constexpr std::size_t body_read = 16 * 1024;
/// A close while the client still sends would let its system throw the answer away unread.
constexpr Duration linger_limit = std::chrono::seconds(1);

Refusal malformed_body() { return {"invalid-request", "framing", "the content is not framed as chunks should be"}; }

HttpResponse methods_of_server() {
    return {.status = 204, .headers = {{"Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"}}, .body = {}};
}

}  // namespace

void Connections::count_active() {
    metrics.gauge("http_connections_active", "Open connections of clients", {}).set(static_cast<double>(open.size()));
}

void Connections::count_error(std::string_view reason) {
    metrics
        .counter("http_request_errors_total", "Requests that did not reach a handler or whose answer did not leave",
                 {{"reason", std::string(reason)}})
        .add();
}

class Connection::Parser : public http::request_parser<http::string_body> {
public:
    explicit Parser(const FramingLimits& limits) {
        header_limit(static_cast<std::uint32_t>(limits.header_bytes + 1));
        body_limit(limits.body);
        on_chunk_header(check_extension_);
    }

    /// Takes `text` up to where the header ends, and no further. False where Beast reads another message than we do.
    bool take_header(std::string_view block, const Framing& framing) {
        boost::system::error_code error;
        const std::size_t used = put(asio::buffer(block), error);
        if (error || used != block.size() || !is_header_done()) return false;
        eager(true);
        return chunked() == framing.chunked && content_length().value_or(0) == framing.content_length;
    }

    [[nodiscard]] Headers headers() const {
        Headers fields;
        for (const auto& field : get()) fields.add(std::string(field.name_string()), std::string(field.value()));
        return fields;
    }

private:
    /// Beast lets a quoted extension contain what others take for the end of the line.
    struct CheckExtension {
        void operator()(std::uint64_t, std::string_view extension, boost::system::error_code& error) const {
            const bool clean = std::ranges::all_of(
                extension, [](char c) { return c == '\t' || static_cast<unsigned char>(c) >= ' '; });
            if (!clean) error = http::error::bad_chunk_extension;
        }
    };
    CheckExtension check_extension_;
};

Connection::Connection(asio::ip::tcp::socket socket, Connections& all)
    : socket_(std::move(socket)), all_(all), place_(all.open.insert(all.open.end(), this)), deadline_(socket_) {
    boost::system::error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    all_.count_active();
}

Connection::~Connection() {
    all_.open.erase(place_);
    all_.count_active();
    all_.changed.notify_all();
}

void Connection::stop() {
    if (!idle_) return;
    boost::system::error_code ignored;
    socket_.close(ignored);
}

Task<void> Connection::serve() {
    for (;;) {
        auto arrived = co_await read_request();
        if (!arrived) {
            if (arrived.error()) co_await refuse(std::move(*arrived.error()));
            co_return;
        }
        const bool bodyless = arrived->request.method == Method::head;
        auto response = co_await answer(std::move(arrived->request));
        if (!response) {
            co_await refuse({"internal", "handler", "the server's log says more"});
            co_return;
        }
        const bool keep_alive = arrived->keep_alive && !all_.stopping;
        std::string head = response_head(*response, keep_alive);
        const bool without_body = bodyless || response->status == 204 || response->status == 304;
        const bool written = co_await write(std::move(head), without_body ? "" : std::move(response->body));
        if (!written) co_return;
        if (!keep_alive) {
            co_await linger();
            co_return;
        }
    }
}

Task<void> Connection::refuse(Refusal refusal) {
    all_.count_error(refusal.reason);
    log::info("request refused", {{"problem", refusal.problem}, {"detail", refusal.detail}});
    const std::string base = all_.options.base_url + "/problems/";
    HttpResponse response = to_response(problem(refusal.problem, std::move(refusal.detail)), base, "", "", "");
    std::string head = response_head(response, false);
    if (co_await write(std::move(head), std::move(response.body))) co_await linger();
}

Task<std::expected<std::size_t, Connection::Ending>> Connection::read_header() {
    idle_ = buffer_.empty();
    deadline_.expires_after(idle_ && used_ ? all_.options.idle_limit : all_.options.header_limit);
    used_ = true;
    for (;;) {
        auto size = header_size(buffer_, all_.limits);
        if (!size) co_return std::unexpected(std::move(size.error()));
        if (*size > 0) co_return *size;
        if (idle_ && all_.stopping) co_return std::unexpected(std::nullopt);
        const Received received = co_await receive(header_read);
        if (received != Received::bytes)
            co_return std::unexpected(buffer_.empty() ? std::nullopt : ending_of(received));
        if (std::exchange(idle_, false)) deadline_.expires_after(all_.options.header_limit);
    }
}

Task<std::expected<Connection::Arrived, Connection::Ending>> Connection::read_request() {
    const auto size = co_await read_header();
    if (!size) co_return std::unexpected(size.error());
    const std::string_view block = std::string_view(buffer_).substr(0, *size);
    auto framing = check_framing(block, all_.limits);
    if (!framing) co_return std::unexpected(std::move(framing.error()));

    Parser parser(all_.limits);
    if (!parser.take_header(block, *framing))
        co_return std::unexpected(Refusal{"invalid-request", "framing", "the header cannot be read"});
    Arrived arrived{.request = {framing->method, std::string(framing->target), parser.headers(), {}},
                    .keep_alive = framing->keep_alive};
    buffer_.erase(0, *size);
    if (!parser.is_done()) {
        if (framing->expects_continue && buffer_.empty() && !co_await write("HTTP/1.1 100 Continue\r\n\r\n", ""))
            co_return std::unexpected(std::nullopt);
        if (auto read = co_await read_body(parser); !read) co_return std::unexpected(std::move(read.error()));
        arrived.request.body = std::move(parser.get().body());
    }
    deadline_.stop();
    co_return arrived;
}

Task<std::expected<void, Connection::Ending>> Connection::read_body(Parser& parser) {
    const Instant begun = all_.clock.instant();
    std::size_t arrived = 0;
    for (;;) {
        if (!buffer_.empty()) {
            boost::system::error_code error;
            buffer_.erase(0, parser.put(asio::buffer(buffer_), error));
            if (parser.is_done()) co_return std::expected<void, Ending>();
            if (error == http::error::body_limit)
                co_return std::unexpected(
                    Refusal{"too-large", "body_too_large", fmt::format("at most {} bytes", all_.limits.body)});
            if (error && error != http::error::need_more) co_return std::unexpected(malformed_body());
        }
        const auto earned = std::chrono::seconds(arrived / all_.options.min_body_rate);
        const Duration allowed = std::min<Duration>(all_.options.body_limit, all_.options.header_limit + earned);
        deadline_.expires_after(std::max(Duration(0), allowed - (all_.clock.instant() - begun)));
        const std::size_t before = buffer_.size();
        const Received received = co_await receive(body_read);
        if (received == Received::full) co_return std::unexpected(malformed_body());
        if (received != Received::bytes) co_return std::unexpected(ending_of(received));
        arrived += buffer_.size() - before;
    }
}

Task<std::optional<HttpResponse>> Connection::answer(HttpRequest request) {
    if (request.target == "*") co_return methods_of_server();
    try {
        co_return co_await all_.handler(std::move(request));
    } catch (const std::exception& failure) {  // boundary
        if (is_cancellation(std::current_exception())) throw;
        log::error("a request handler ended by an exception", {{"error", failure.what()}});
    }
    co_return std::nullopt;
}

Task<Connection::Received> Connection::receive(std::size_t most) {
    if (deadline_.expired()) co_return Received::late;
    const std::size_t kept = buffer_.size();
    const std::size_t room = std::min(most, all_.limits.header_bytes - kept);
    if (room == 0) co_return Received::full;
    buffer_.resize(kept + room);
    const auto [error, count] = co_await socket_.async_read_some(asio::buffer(buffer_.data() + kept, room), as_result);
    buffer_.resize(kept + count);
    if (!error) co_return Received::bytes;
    co_return deadline_.expired() ? Received::late : Received::end;
}

Task<bool> Connection::write(std::string head, std::string body) {
    deadline_.expires_after(all_.options.write_limit, SocketDeadline::Then::close);
    const std::array parts{asio::buffer(head), asio::buffer(body)};
    const auto [error, count] = co_await asio::async_write(socket_, parts, as_result);
    if (error) all_.count_error(deadline_.expired() ? "write_timeout" : "disconnected");
    deadline_.stop();
    co_return !error;
}

Task<void> Connection::linger() {
    if (all_.stopping) co_return;
    boost::system::error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    deadline_.expires_after(linger_limit);
    idle_ = true;
    do {
        buffer_.clear();
    } while (co_await receive(body_read) == Received::bytes);
}

Connection::Ending Connection::ending_of(Received received) {
    if (received == Received::late) return Refusal{"request-timeout", "timeout", "the request did not arrive in time"};
    all_.count_error("disconnected");
    return std::nullopt;
}

}  // namespace tally::detail
