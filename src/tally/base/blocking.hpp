#pragma once

#include <type_traits>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "tally/base/task.hpp"

namespace tally {

/// Runs a blocking call on `elsewhere` and continues on the caller's executor with its result.
///
/// Cancellation: none; the call is waited for, and a cancelled caller has its result before its next await throws.
/// Exceptions of `call` arrive at the caller.
template <class Call>
[[nodiscard]] Task<std::invoke_result_t<Call&>> run_on(Executor elsewhere, Call call) {
    auto run = [](Call inner) -> Task<std::invoke_result_t<Call&>> { co_return inner(); };
    // With the caller's slot, Asio 1.81 would emit a cancellation on the other thread, by a pointer that may have died.
    co_return co_await boost::asio::co_spawn(
        std::move(elsewhere), run(std::move(call)),
        boost::asio::bind_cancellation_slot(boost::asio::cancellation_slot(), boost::asio::use_awaitable));
}

}  // namespace tally
