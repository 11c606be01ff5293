// One loop: a batch of the live generation, then one of the rebuild, then some removing; when there is nothing to do,
// wait for the log to grow, for an operator, or for the time to look at the state document. A commit holds the changed
// documents, the progress (as it was read, else it is refused), and a check that the state document is as it was
// loaded: so neither a second runner nor one that slept through a swap can spoil a generation.

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "tally/base/deadline.hpp"
#include "tally/flow/projection_runner_state.hpp"

namespace tally {
namespace {

constexpr Duration backoff_least = std::chrono::milliseconds(50);
constexpr Duration backoff_most = std::chrono::seconds(10);

}  // namespace

Task<void> ProjectionRunner::State::run() {
    stale = true;
    Duration backoff = backoff_least;
    for (;;) {
        auto worked = co_await turn();
        Result<void> rested;
        if (worked) {
            backoff = backoff_least;
            trouble.clear();
            if (!*worked) rested = co_await idle();
            if (rested) continue;
        }
        const Error error = worked ? rested.error() : worked.error();
        if (error.code == ErrorCode::cancelled) co_return;
        note_trouble(error);
        co_await parts.clock.sleep_for(backoff);
        backoff = std::min(backoff * 2, backoff_most);
    }
}

/// True if something was done, and there may be more to do.
Task<Result<bool>> ProjectionRunner::State::turn() {
    if (stale) {
        if (auto done = co_await load(); !done) co_return std::unexpected(std::move(done.error()));
    }
    bool worked = false;
    if (!live.paused) {
        auto step = co_await advance(live);
        if (!step) co_return std::unexpected(std::move(step.error()));
        worked = step->worked;
    }
    if (!stale && rebuild && !rebuild->generation.paused) {
        auto done = co_await rebuild_turn();
        if (!done) co_return done;
        worked = worked || *done;
    }
    if (!stale) {
        auto done = co_await remove_retired();
        if (!done) co_return done;
        worked = worked || *done;
    }
    co_return worked || stale;
}

/// Until there is something to do, or to look for.
Task<Result<void>> ProjectionRunner::State::idle() {
    const auto event = co_await within(parts.clock, look_at - parts.clock.instant(), grown_or_woken());
    if (event && !*event) co_return *event;
    if (parts.clock.instant() < look_at) co_return Result<void>{};
    look_at = parts.clock.instant() + look_every;
    const auto stored = co_await load_projection_state(parts.store, projection.name);
    if (!stored) co_return std::unexpected(stored.error());
    if (stored->revision != known.revision) stale = true;
    show();
    co_return Result<void>{};
}

Task<Result<void>> ProjectionRunner::State::grown_or_woken() {
    using namespace boost::asio::experimental::awaitable_operators;
    if (live.paused) {
        co_await woken();
        co_return Result<void>{};
    }
    const auto first = co_await (grown() || woken());
    if (const auto* grew = std::get_if<0>(&first)) co_return *grew;
    co_return Result<void>{};
}

// Spawned by the operator, these two suspend first: at the end of a task that never did, Asio 1.81 throws a
// cancellation out of the loop.
Task<Result<void>> ProjectionRunner::State::grown() {
    co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
    const auto head = co_await parts.store.head_beyond(live.position);
    if (!head) co_return std::unexpected(head.error());
    co_return Result<void>{};
}

Task<void> ProjectionRunner::State::woken() {
    co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
    if (!stale) co_await wake.wait();
}

}  // namespace tally
