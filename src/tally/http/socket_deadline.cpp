#include "tally/http/socket_deadline.hpp"

#include <cstdint>

#include <boost/asio/steady_timer.hpp>

namespace tally::detail {

struct SocketDeadline::State {
    boost::asio::ip::tcp::socket* socket;
    boost::asio::steady_timer timer;
    std::uint64_t armed = 0;  // a handler that was queued already belongs to an earlier number
    bool expired = false;

    void expire(Then then) {
        expired = true;
        boost::system::error_code ignored;
        if (then == Then::close)
            socket->close(ignored);
        else
            socket->cancel(ignored);
    }
};

SocketDeadline::SocketDeadline(boost::asio::ip::tcp::socket& socket)
    : state_(std::make_shared<State>(&socket, boost::asio::steady_timer(socket.get_executor()))) {}

SocketDeadline::~SocketDeadline() { stop(); }

void SocketDeadline::expires_after(Duration limit, Then then) {
    stop();
    state_->timer.expires_after(limit);
    state_->timer.async_wait([state = state_, armed = state_->armed, then](boost::system::error_code error) {
        if (!error && armed == state->armed) state->expire(then);
    });
}

void SocketDeadline::stop() {
    ++state_->armed;
    state_->expired = false;
    state_->timer.cancel();
}

bool SocketDeadline::expired() const noexcept { return state_->expired; }

}  // namespace tally::detail
