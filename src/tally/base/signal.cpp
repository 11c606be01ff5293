#include "tally/base/signal.hpp"

#include <cstdint>
#include <map>

#include <boost/asio/error.hpp>

#include "tally/base/completion.hpp"

namespace tally {

struct Signal::State {
    std::map<std::uint64_t, Completion> waiters;  // the oldest first
    std::uint64_t added = 0;

    void complete(std::uint64_t waiter, boost::system::error_code error) {
        if (auto node = waiters.extract(waiter)) node.mapped()(error);
    }
    void complete_all(boost::system::error_code error) {
        for (auto woken = std::exchange(waiters, {}); auto& [waiter, completion] : woken) completion(error);
    }
};

Signal::Signal() : state_(std::make_shared<State>()) {}
Signal::~Signal() { state_->complete_all(boost::asio::error::operation_aborted); }

Task<void> Signal::wait() {
    return suspend([state = state_](Completion completion, boost::asio::cancellation_slot slot) {
        const std::uint64_t waiter = ++state->added;
        state->waiters.emplace(waiter, std::move(completion));
        if (slot.is_connected())
            slot.assign([weak = std::weak_ptr(state), waiter](boost::asio::cancellation_type) {
                if (auto alive = weak.lock()) alive->complete(waiter, boost::asio::error::operation_aborted);
            });
    });
}

void Signal::notify_all() { state_->complete_all({}); }

void Signal::notify_one() {
    if (!state_->waiters.empty()) state_->complete(state_->waiters.begin()->first, {});
}

std::size_t Signal::waiting() const noexcept { return state_->waiters.size(); }

}  // namespace tally
