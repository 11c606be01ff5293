#pragma once

#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "tally/base/clock.hpp"

namespace tally {
namespace detail {

template <class T>
Task<std::optional<T>> as_optional(Task<T> task) {
    co_return co_await std::move(task);
}

}  // namespace detail

/// Awaits `task`, but not for longer than `limit`: empty when it was cancelled for lateness. What it throws is thrown.
///
/// A task that cannot be cancelled is waited for all the same, so blocking calls carry their own time limits; a result
/// that it brings in spite of being late is returned.
template <class T>
[[nodiscard]] Task<std::optional<T>> within(Clock& clock, Duration limit, Task<T> task) {
    // Not `task || sleep`: that operator lets a failing task wait for the sleep, and then hides the failure.
    namespace asio = boost::asio;
    const auto executor = co_await asio::this_coro::executor;
    auto [order, failure, value, sleep_failure] =
        co_await asio::experimental::make_parallel_group(
            asio::co_spawn(executor, detail::as_optional(std::move(task)), asio::deferred),
            asio::co_spawn(executor, clock.sleep_for(limit), asio::deferred))
            .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    if (!failure) co_return std::move(value);
    const bool late = order[0] == 1 && !sleep_failure;
    if (late && is_cancellation(failure)) co_return std::nullopt;
    std::rethrow_exception(failure);
}

}  // namespace tally
