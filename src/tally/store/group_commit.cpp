#include "tally/store/group_commit.hpp"

#include <deque>
#include <stdexcept>

#include <boost/asio/co_spawn.hpp>

namespace tally {
namespace {

/// Callers that share one transaction; each waits for `done` and takes its own outcome.
struct Batch {
    std::vector<Changes> entries;
    std::size_t size = 0;
    std::vector<CommitResult> outcomes;
    bool answered = false;
    Signal done;
};

Error failure_of(const std::exception_ptr& failure) {
    std::string reason;
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        reason = error.what();
    } catch (...) {  // boundary
        reason = "unknown reason";
    }
    return {ErrorCode::io, "the store failed and takes no more commits: " + reason};
}

}  // namespace

struct GroupCommit::State {
    State(Executor on, Options with, Write by) : executor(std::move(on)), options(with), write(std::move(by)) {}

    Executor executor;
    Options options;
    Write write;
    std::deque<std::shared_ptr<Batch>> queue;
    std::shared_ptr<Batch> in_flight;
    std::size_t waiting = 0;
    bool draining = false;
    bool closing = false;
    std::optional<Error> failed;
    Signal idle;

    void answer(Batch& batch, std::vector<CommitResult> outcomes) {
        waiting -= batch.size;
        batch.outcomes = std::move(outcomes);
        batch.answered = true;
        batch.done.notify_all();
    }

    void fail_all(const std::exception_ptr& failure) {
        failed = failure_of(failure);
        if (in_flight) queue.push_front(std::exchange(in_flight, nullptr));
        for (const auto& batch : std::exchange(queue, {}))
            answer(*batch, std::vector<CommitResult>(batch->size, std::unexpected(*failed)));
        stop();
    }

    void stop() {
        draining = false;
        idle.notify_all();
    }

    Batch& open_batch() {
        if (queue.empty() || queue.back()->size >= options.max_batch) queue.push_back(std::make_shared<Batch>());
        return *queue.back();
    }

    static Task<void> drain(std::shared_ptr<State> state) {
        while (!state->queue.empty()) {
            state->in_flight = std::move(state->queue.front());
            state->queue.pop_front();
            auto outcomes = co_await state->write(std::move(state->in_flight->entries));
            if (outcomes.size() != state->in_flight->size)
                throw std::logic_error("a batch was answered with another number of outcomes");
            state->answer(*std::exchange(state->in_flight, nullptr), std::move(outcomes));
        }
        state->stop();
    }

    // Not the caller's own doing: a caller that is cancelled must not take the batch with it.
    static void start(const std::shared_ptr<State>& state) {
        state->draining = true;
        boost::asio::co_spawn(state->executor, drain(state), [state](const std::exception_ptr& failure) {
            if (failure) state->fail_all(failure);
        });
    }

    static Task<CommitResult> commit(std::shared_ptr<State> state, Changes changes) {
        if (state->failed) co_return std::unexpected(*state->failed);
        if (state->closing) co_return std::unexpected(Error{ErrorCode::cancelled, "the store is closed"});
        if (state->waiting >= state->options.high_water)
            co_return std::unexpected(Error{ErrorCode::overloaded, "too many commits wait: try again later"});

        state->open_batch().entries.push_back(std::move(changes));
        const std::shared_ptr<Batch> batch = state->queue.back();
        const std::size_t index = batch->size++;
        ++state->waiting;
        if (!state->draining) start(state);
        while (!batch->answered) co_await batch->done.wait();
        co_return std::move(batch->outcomes[index]);
    }

    static Task<void> close(std::shared_ptr<State> state) {
        state->closing = true;
        while (state->draining) co_await state->idle.wait();
    }
};

GroupCommit::GroupCommit(Executor executor, Options options, Write write)
    : state_(std::make_shared<State>(std::move(executor), options, std::move(write))) {}
GroupCommit::~GroupCommit() = default;

Task<CommitResult> GroupCommit::commit(Changes changes) { return State::commit(state_, std::move(changes)); }
std::size_t GroupCommit::waiting() const noexcept { return state_->waiting; }
Task<void> GroupCommit::close() { return State::close(state_); }

}  // namespace tally
