#include "tally/base/clock.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tally {
namespace {

class SystemClock final : public Clock {
public:
    Timestamp now() const override { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

    Instant instant() const override {
        return {std::chrono::floor<Duration>(std::chrono::steady_clock::now().time_since_epoch())};
    }

    Task<void> sleep_until(Instant at) override {
        boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor,
                                        std::chrono::steady_clock::time_point(at.since_start));
        co_await timer.async_wait(boost::asio::use_awaitable);
    }
};

}  // namespace

std::unique_ptr<Clock> create_system_clock() { return std::make_unique<SystemClock>(); }

}  // namespace tally
