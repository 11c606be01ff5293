#pragma once

#include <memory>

#include <boost/asio/ip/tcp.hpp>

#include "tally/base/clock.hpp"

namespace tally::detail {

/// Interrupts what a socket waits for when its time is over.
///
/// Whoever reads asks `expired` before each read: an interruption that meets no pending operation has no effect on
/// later ones. Threads: the socket's loop. Lifetime: of the socket.
class SocketDeadline {
public:
    enum class Then { cancel, close };

    explicit SocketDeadline(boost::asio::ip::tcp::socket& socket);
    ~SocketDeadline();
    SocketDeadline(const SocketDeadline&) = delete;
    SocketDeadline& operator=(const SocketDeadline&) = delete;

    /// Instead of the deadline before.
    void expires_after(Duration limit, Then then = Then::cancel);
    void stop();
    [[nodiscard]] bool expired() const noexcept;

private:
    struct State;
    std::shared_ptr<State> state_;  // shared with the handler of the timer
};

}  // namespace tally::detail
