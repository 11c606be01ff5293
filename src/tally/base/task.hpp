#pragma once

#include <exception>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace tally {

/// Where coroutines run: an event loop, a blocking thread, or the seeded executor of a simulation.
using Executor = boost::asio::any_io_executor;

/// A coroutine of one event loop. It starts when it is awaited.
///
/// Lifetime: arguments by reference or view must outlive the awaiting statement; a spawned task takes values.
/// Cancellation: an awaited operation throws `boost::system::system_error(operation_aborted)`; nobody but a TaskGroup
/// catches it.
template <class T>
using Task = boost::asio::awaitable<T>;

/// True for what a cancelled operation throws, also out of `a || b` and `a && b`.
[[nodiscard]] bool is_cancellation(const std::exception_ptr& thrown);

}  // namespace tally
