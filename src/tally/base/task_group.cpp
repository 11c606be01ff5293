#include "tally/base/task_group.hpp"

#include <cstdio>
#include <cstdlib>
#include <list>
#include <optional>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include "tally/base/log.hpp"
#include "tally/base/signal.hpp"

namespace tally {
namespace {

/// What an ended task's exception says; empty for a cancellation.
std::optional<std::string> failure_text(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const boost::asio::multiple_exceptions& several) {
        return failure_text(several.first_exception());
    } catch (const boost::system::system_error& error) {
        if (error.code() == boost::asio::error::operation_aborted) return std::nullopt;
        return error.what();
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {  // boundary
        return "an exception that is no std::exception";
    }
}

void log_failure(std::string_view task, const std::exception_ptr& thrown) {
    log::error("a task ended by an exception", {{"task", task}, {"error", failure_text(thrown).value_or("")}});
}

}  // namespace

bool is_cancellation(const std::exception_ptr& thrown) { return thrown != nullptr && !failure_text(thrown); }

struct TaskGroup::State {
    struct Running {
        std::string name;
        boost::asio::cancellation_signal cancel;
        bool cancellable = false;
    };
    using Place = std::list<Running>::iterator;

    Executor executor;
    OnFailure on_failure;
    Signal ended;
    std::list<Running> tasks;
    bool closing = false;

    void cancel_all() {
        for (Running& task : tasks)
            if (task.cancellable) task.cancel.emit(boost::asio::cancellation_type::terminal);
    }

    /// Asio 1.81 throws out of the loop what meets co_spawn's own awaits: before the task's first await, and after a
    /// task that never suspended. So each suspends once, and a cancellation is let through only while the task itself
    /// runs.
    static Task<void> guard(std::shared_ptr<State> state, Place place, Task<void> task) {
        co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
        if (state->closing) co_return;
        struct Cancellable {
            Running& task;
            explicit Cancellable(Running& running) : task(running) { task.cancellable = true; }
            ~Cancellable() { task.cancellable = false; }
        } const during(*place);
        co_await std::move(task);
    }

    void finish(Place task, const std::exception_ptr& thrown) {
        const std::string name = std::move(task->name);
        tasks.erase(task);
        ended.notify_all();
        if (thrown && !is_cancellation(thrown)) on_failure(name, thrown);
    }
};

TaskGroup::TaskGroup(Executor executor, OnFailure on_failure)
    : state_(
          std::make_shared<State>(std::move(executor), on_failure ? std::move(on_failure) : OnFailure(log_failure))) {}

TaskGroup::~TaskGroup() {
    if (state_->tasks.empty()) return;
    fmt::print(stderr, "a group was destroyed before its task '{}' had ended\n", state_->tasks.front().name);
    std::abort();
}

void TaskGroup::spawn(std::string name, Task<void> task) {
    if (state_->closing) return;
    const auto running = state_->tasks.emplace(state_->tasks.end());
    running->name = std::move(name);
    auto ended = [state = state_, running](const std::exception_ptr& thrown) { state->finish(running, thrown); };
    boost::asio::co_spawn(state_->executor, State::guard(state_, running, std::move(task)),
                          boost::asio::bind_cancellation_slot(running->cancel.slot(), std::move(ended)));
}

Task<void> TaskGroup::close() {
    namespace this_coro = boost::asio::this_coro;
    const auto state = state_;
    state->closing = true;
    // Whoever closes may be cancelled itself, and must wait all the same.
    const bool throws = co_await this_coro::throw_if_cancelled();
    co_await this_coro::throw_if_cancelled(false);
    while (!state->tasks.empty()) {
        state->cancel_all();
        try {
            co_await state->ended.wait();
        } catch (const boost::system::system_error&) {
            continue;
        }
    }
    co_await this_coro::throw_if_cancelled(throws);
}

std::size_t TaskGroup::running() const noexcept { return state_->tasks.size(); }
const Executor& TaskGroup::executor() const noexcept { return state_->executor; }

}  // namespace tally
