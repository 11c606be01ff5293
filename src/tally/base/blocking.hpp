#pragma once

#include <type_traits>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "tally/base/task.hpp"

namespace tally {

/// Runs a blocking call on `elsewhere` and continues on the caller's executor with its result.
///
/// Cancellation: none; the call is waited for. Exceptions of `call` arrive at the caller.
template <class Call>
[[nodiscard]] Task<std::invoke_result_t<Call&>> run_on(Executor elsewhere, Call call) {
    auto run = [](Call inner) -> Task<std::invoke_result_t<Call&>> { co_return inner(); };
    co_return co_await boost::asio::co_spawn(std::move(elsewhere), run(std::move(call)), boost::asio::use_awaitable);
}

}  // namespace tally
