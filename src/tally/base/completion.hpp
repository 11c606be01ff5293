#pragma once

#include <functional>
#include <memory>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

#include "tally/base/task.hpp"

namespace tally {

/// Continues a suspended coroutine, with an error to throw or none. To be called once; never runs the coroutine inline,
/// but posts it to where it belongs, so it may be called from any thread.
using Completion = std::move_only_function<void(boost::system::error_code)>;

/// Suspends the calling coroutine and hands its continuation to `park`, with the slot that tells of its cancellation
/// (not connected: it cannot be cancelled).
///
/// `park(Completion, cancellation_slot)` owns the completion; one that is destroyed uncalled destroys the coroutine.
template <class Park>
[[nodiscard]] Task<void> suspend(Park park) {
    auto initiate = [](auto handler, Park&& inner) {
        const auto slot = boost::asio::get_associated_cancellation_slot(handler);
        auto executor = boost::asio::get_associated_executor(handler);
        inner(
            [executor, handler = std::move(handler)](boost::system::error_code error) mutable {
                boost::asio::post(executor, [handler = std::move(handler), error]() mutable { handler(error); });
            },
            slot);
    };
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void(boost::system::error_code)>(
        initiate, boost::asio::use_awaitable, std::move(park));
}

}  // namespace tally
