#pragma once

#include <optional>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "tally/base/clock.hpp"

namespace tally {

/// Awaits `task`, but not for longer than `limit`: empty when it was cancelled for lateness.
///
/// A task that cannot be cancelled is waited for all the same, so blocking calls carry their own time limits.
template <class T>
[[nodiscard]] Task<std::optional<T>> within(Clock& clock, Duration limit, Task<T> task) {
    using namespace boost::asio::experimental::awaitable_operators;
    auto first = co_await (std::move(task) || clock.sleep_for(limit));
    if (first.index() == 0) co_return std::move(std::get<0>(first));
    co_return std::nullopt;
}

}  // namespace tally
