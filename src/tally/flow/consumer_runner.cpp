#include "tally/flow/consumer_runner.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include "tally/base/deadline.hpp"
#include "tally/base/log.hpp"
#include "tally/base/signal.hpp"
#include "tally/flow/batch_handler.hpp"
#include "tally/flow/consumer_context.hpp"
#include "tally/flow/dead_letter_dry_run.hpp"
#include "tally/flow/redriver.hpp"

namespace tally {
namespace {

constexpr Duration between_pages = std::chrono::milliseconds(10);

Task<std::optional<Result<Next>>> next_of(Subscription& subscription, std::size_t limit) {
    // A spawned task that never suspends awaits at its end where, in Asio 1.81, a cancellation is thrown out of the
    // loop.
    co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
    co_return co_await subscription.next(limit);
}

/// Marks the consumer as stopped however its task ends.
struct StopMark {
    ConsumerStatus& status;
    ~StopMark() { status.state = ConsumerStatus::State::stopped; }
};

}  // namespace

struct ConsumerRunner::State {
    State(Consumer consumer, Parts parts, ConsumerOptions options)
        : context(std::move(consumer), parts, options), batches(context), redriver(context) {}

    ConsumerContext context;
    BatchHandler batches;
    Redriver redriver;
    Signal woken;
    bool look_now = false;
    Instant next_look;

    Task<void> run();
    /// Subscribes and works until something ends the subscription; without an error it is to be made anew at once.
    Task<std::optional<Error>> follow();
    Task<Result<void>> assigned(std::vector<int> shards);
    Task<Result<Position>> start_of(int shard);
    Task<Result<void>> take(Subscription& subscription, Next next);
    /// True if the subscription is to be made anew, since a shard that waited may go on.
    Task<Result<bool>> look();
    /// Empty when it is time to look for requests.
    Task<std::optional<Result<Next>>> next_or_woken(Subscription& subscription);
    Task<void> pause(Error why);
    Task<bool> wake();
};

Task<void> ConsumerRunner::State::run() {
    const StopMark mark{context.status};
    for (;;) {
        auto end = co_await follow();
        if (!end) continue;
        if (end->code == ErrorCode::restored)
            co_await pause(std::move(*end));
        else
            co_await context.back_off(std::move(*end));
    }
}

Task<std::optional<Error>> ConsumerRunner::State::follow() {
    context.progress.clear();
    context.full_queues.clear();
    context.status.paused_shards.clear();
    context.metrics.set_paused_shards(0);
    SubscribeTo to{.group = context.consumer.name(), .topic = context.consumer.topic(), .start = {}};
    to.start = [this](int shard) { return start_of(shard); };
    auto subscription = co_await context.parts.bus.subscribe(std::move(to));
    if (!subscription) co_return std::move(subscription.error());
    for (;;) {
        auto anew = co_await look();
        if (!anew) co_return std::move(anew.error());
        if (*anew) co_return std::nullopt;
        auto next = co_await next_or_woken(**subscription);
        if (!next) continue;
        if (!*next) co_return std::move(next->error());
        auto taken = co_await take(**subscription, std::move(**next));
        if (!taken) co_return std::move(taken.error());
    }
}

Task<Result<void>> ConsumerRunner::State::take(Subscription& subscription, Next next) {
    if (auto* added = std::get_if<Assigned>(&next)) co_return co_await assigned(std::move(added->shards));
    if (auto* removed = std::get_if<Revoked>(&next)) {
        context.progress.drop(removed->shards);
        for (const int shard : removed->shards) context.status.paused_shards.erase(shard);
        co_return Result<void>{};
    }
    const auto& batch = std::get<Delivered>(next);
    if (auto handled = co_await batches.handle(batch); !handled) co_return handled;
    co_return co_await subscription.done(batch);
}

Task<Result<void>> ConsumerRunner::State::assigned(std::vector<int> shards) {
    if (auto loaded = co_await context.progress.load(context.parts.store, std::move(shards)); !loaded) co_return loaded;
    auto parked = co_await context.parked.load(context.parts.store, context.consumer.name(), context.consumer.topic());
    if (!parked) co_return parked;
    context.status.state = ConsumerStatus::State::running;
    context.status.reason.clear();
    context.status.progress = context.progress.positions();
    context.show_parked();
    look_now = true;
    co_return Result<void>{};
}

Task<Result<Position>> ConsumerRunner::State::start_of(int shard) {
    if (!context.progress.owns(shard)) co_return fail(ErrorCode::internal, "asked for a shard that is not assigned");
    co_return context.progress.at(shard).position;
}

Task<Result<bool>> ConsumerRunner::State::look() {
    const Instant now = context.parts.clock.instant();
    if (!look_now && now < next_look) co_return false;
    look_now = false;
    next_look = now + context.options.poll;
    auto anew = co_await redriver.look();
    // A big group is done by pages, with room between them for what is live.
    if (redriver.has_more()) next_look = context.parts.clock.instant() + between_pages;
    co_return anew;
}

Task<std::optional<Result<Next>>> ConsumerRunner::State::next_or_woken(Subscription& subscription) {
    namespace asio = boost::asio;
    if (look_now) co_return std::nullopt;
    const auto executor = co_await asio::this_coro::executor;
    auto [order, failure, next, sleep_failure, wake_failure] =
        co_await asio::experimental::make_parallel_group(
            asio::co_spawn(executor, next_of(subscription, context.options.batch), asio::deferred),
            asio::co_spawn(executor, context.parts.clock.sleep_until(next_look), asio::deferred),
            asio::co_spawn(executor, woken.wait(), asio::deferred))
            .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    if (!failure) co_return std::move(next);
    const bool woken_first = (order[0] == 1 && !sleep_failure) || (order[0] == 2 && !wake_failure);
    if (woken_first && is_cancellation(failure)) co_return std::nullopt;
    std::rethrow_exception(failure);
}

Task<bool> ConsumerRunner::State::wake() {
    co_await woken.wait();
    co_return true;
}

Task<void> ConsumerRunner::State::pause(Error why) {
    context.status.state = ConsumerStatus::State::paused;
    std::string reason = std::string(name(why.code)) + ": " + why.text;
    if (context.status.reason != reason)
        log::error("a consumer is paused",
                   {{"consumer", context.consumer.name()}, {"topic", context.consumer.topic()}, {"reason", reason}});
    context.status.reason = std::move(reason);
    (void)co_await within(context.parts.clock, context.options.backoff_most, wake());
}

ConsumerRunner::ConsumerRunner(Consumer consumer, Parts parts, ConsumerOptions options)
    : state_(std::make_unique<State>(std::move(consumer), parts, options)) {}

ConsumerRunner::~ConsumerRunner() = default;

Task<void> ConsumerRunner::run() { return state_->run(); }

void ConsumerRunner::poke() {
    state_->look_now = true;
    state_->woken.notify_all();
}

Task<Result<EventBatch>> ConsumerRunner::event_of(DeadLetter letter) {
    auto event = co_await state_->context.event_of(letter);
    if (!event) co_return std::unexpected(std::move(event.error().error));
    co_return std::move(*event);
}

Task<Result<DryRunReport>> ConsumerRunner::dry_run(DeadLetter asked, std::size_t limit) {
    co_return co_await DeadLetterDryRun(state_->context).run(std::move(asked), limit);
}

const ConsumerStatus& ConsumerRunner::status() const noexcept { return state_->context.status; }
const Consumer& ConsumerRunner::consumer() const noexcept { return state_->context.consumer; }

}  // namespace tally
