#pragma once

#include <expected>
#include <list>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>

#include "tally/base/signal.hpp"
#include "tally/http/framing.hpp"
#include "tally/http/server.hpp"
#include "tally/http/socket_deadline.hpp"

namespace tally::detail {

class Connection;

/// What the connections of a server share.
struct Connections {
    Clock& clock;
    Metrics& metrics;
    HttpServerOptions options;
    FramingLimits limits;
    HttpServer::Handler handler;
    std::list<Connection*> open;
    bool stopping = false;
    Signal changed;  ///< one is gone, or `stopping`

    void count_active();
    void count_error(std::string_view reason);
};

/// One accepted socket: reads a request, has it answered, and so on.
class Connection {
public:
    Connection(boost::asio::ip::tcp::socket socket, Connections& all);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Until either side ends it.
    [[nodiscard]] Task<void> serve();
    /// Answers with the problem before anything is asked, and ends.
    [[nodiscard]] Task<void> refuse(Refusal refusal);
    /// Closes at once where no request is in hand; otherwise `serve` ends after the answer.
    void stop();

private:
    /// Why there is no request: a refusal to answer with, or none where nobody waits for an answer.
    using Ending = std::optional<Refusal>;
    struct Arrived {
        HttpRequest request;
        bool keep_alive = false;
    };
    enum class Received : std::uint8_t { bytes, end, late, full };
    class Parser;

    Task<std::expected<std::size_t, Ending>> read_header();
    Task<std::expected<Arrived, Ending>> read_request();
    Task<std::expected<void, Ending>> read_body(Parser& parser);
    Task<std::optional<HttpResponse>> answer(HttpRequest request);
    Task<Received> receive(std::size_t most);
    Task<bool> write(std::string head, std::string body);
    Task<void> linger();
    Ending ending_of(Received received);

    boost::asio::ip::tcp::socket socket_;
    Connections& all_;
    std::list<Connection*>::iterator place_;
    SocketDeadline deadline_;
    std::string buffer_;  // received and not yet used
    bool idle_ = true;
    bool used_ = false;
};

}  // namespace tally::detail
