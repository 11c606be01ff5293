// A loop that looks, and a task for each firing. A look takes, of each type, a page of what is due, the earliest first,
// and hands it to tasks as they become free; what is being fired is still in the index and is skipped, what was fired
// is gone from it. Then the loop sleeps until the next timer is due, until one is scheduled that is due earlier, or
// until it is time to look for those of other instances.
#include "tally/flow/timer_runner.hpp"

#include <set>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "tally/base/deadline.hpp"
#include "tally/base/log.hpp"
#include "tally/flow/backoff.hpp"
#include "tally/flow/clock_guard.hpp"
#include "tally/flow/timer_metrics.hpp"

namespace tally {
namespace {

constexpr std::size_t page = 256;
constexpr std::size_t most_named = 10;

struct StopMark {
    TimerStatus& status;
    ~StopMark() { status.state = TimerStatus::State::stopped; }
};

std::string text_of(const Error& error) { return std::string(name(error.code)) + ": " + error.text; }

/// The ids of a firing's events are its timer's own, so they exist only where this scheduling has taken effect: a cause
/// that was handled twice has made it once more. Then the timer is all that is left to do.
bool has_fired_before(const CommitResult& result) {
    if (result) return result->replayed;
    const auto* conflict = std::get_if<Conflict>(&result.error());
    return conflict != nullptr && conflict->on == Conflict::On::event_id;
}

/// Suspends first: at the end of a spawned task that never did, Asio 1.81 throws a cancellation out of the loop.
Task<bool> earlier_than(TimerSignal& signal, Timestamp due) {
    co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
    co_await signal.earlier_than(due);
    co_return true;
}

}  // namespace

struct TimerRunner::State {
    /// The timers of one type.
    struct Lane {
        const std::string& type;
        const TimerHandlers::Handler& handler;
        TimerMetrics metrics;
        Backoff backoff;
        Instant paused_until{};
    };

    State(std::string s, TimerHandlers h, Parts p, TimerOptions o);

    std::string service;
    TimerHandlers handlers;
    Parts parts;
    TimerOptions options;
    TimerStatus status;
    ClockGuard guard;
    std::vector<std::string> types;
    std::vector<Lane> lanes;
    std::set<std::string> firing;  ///< ids
    std::set<std::string> fired;   ///< ids that have left `firing` since the page in hand was asked for
    Signal freed;
    Instant next_census;

    Task<void> run();
    /// Fires what is due; true if there may be more. Lowers `next` to when the lane wants to be looked at again.
    Task<Result<bool>> look(Lane& lane, Timestamp& next);
    /// None, noted as damaged, for one that cannot be read: it does not keep the others.
    std::optional<Timer> read(const Document& document);
    Task<Result<void>> take_census();
    /// Until then, or until something is scheduled for an earlier time.
    Task<void> rest(Timestamp next);
    [[nodiscard]] bool may_fire();

    Task<void> fire(Document document, Timer timer, Lane& lane);
    /// The handler's effect and the end of the timer, in one commit.
    Task<std::expected<void, Failure>> attempt(const Document& document, const Timer& timer, const Lane& lane);
    Task<std::expected<void, Failure>> commit(Session& session, const DocumentKey& key);
    /// Counts a failure, and moves the timer.
    Task<std::expected<void, Failure>> put_off(const Document& document, Timer timer, Lane& lane, const Error& why);
    [[nodiscard]] bool is_paused(const Lane& lane) const { return parts.clock.instant() < lane.paused_until; }
    void pause(Lane& lane, const Error& why);
    void go_on(Lane& lane);
    /// Now, and take a census.
    void look_at_all();
};

TimerRunner::State::State(std::string s, TimerHandlers h, Parts p, TimerOptions o)
    : service(std::move(s)), handlers(std::move(h)), parts(p), options(o), guard(p.clock), types(handlers.types()) {
    for (const std::string& type : types)
        lanes.push_back({type, *handlers.handler(type), TimerMetrics(p.metrics, service, type),
                         Backoff(p.random, o.backoff_least, o.backoff_most)});
}

Task<void> TimerRunner::State::run() {
    const StopMark mark{status};
    for (;;) {
        (void)parts.signal.take();
        bool more = false;
        Timestamp next = parts.clock.now() + options.poll;
        if (may_fire()) {
            for (Lane& lane : lanes) {
                if (is_paused(lane)) continue;
                auto looked = co_await look(lane, next);
                if (!looked) pause(lane, looked.error());
                more = more || (looked && *looked);
            }
        }
        for (const Lane& lane : lanes)
            if (is_paused(lane)) next = std::min(next, parts.clock.now() + (lane.paused_until - parts.clock.instant()));
        if (next_census <= parts.clock.instant()) {
            next_census = parts.clock.instant() + options.census;
            if (auto taken = co_await take_census(); !taken)
                log::warning("the timers were not counted", {{"service", service}, {"error", taken.error().text}});
        }
        if (!more) co_await rest(next);
    }
}

Task<Result<bool>> TimerRunner::State::look(Lane& lane, Timestamp& next) {
    IndexKey all;
    all.text(lane.type);
    const std::string beyond = IndexKey().text(lane.type).time(parts.clock.now() + Duration(1)).bytes();
    DocumentQuery query{.collection = std::string(collection_of<Timer>), .index = std::string(timers_by_type)};
    query.limit = page;
    query.lower = all.bytes();
    query.upper = beyond;
    fired.clear();
    auto due = co_await parts.store.find(query);
    if (!due) co_return std::unexpected(std::move(due.error()));
    if (due->documents.empty()) go_on(lane);
    bool fresh = false;
    for (Document& document : due->documents) {
        if (firing.contains(document.key.key) || fired.contains(document.key.key)) continue;
        auto timer = read(document);
        if (!timer) continue;
        while (firing.size() >= options.at_once) co_await freed.wait();
        if (is_paused(lane) || !may_fire()) co_return false;
        fresh = true;
        firing.insert(document.key.key);
        parts.tasks.spawn(service + " timer", fire(std::move(document), std::move(*timer), lane));
    }
    if (due->documents.size() == page) co_return fresh;

    query.limit = 1;
    query.lower = beyond;
    query.upper = all.upper_bound();
    auto later = co_await parts.store.find(std::move(query));
    if (!later) co_return std::unexpected(std::move(later.error()));
    for (const Document& document : later->documents)
        if (const auto timer = read(document)) next = std::min(next, timer->due);
    co_return false;
}

std::optional<Timer> TimerRunner::State::read(const Document& document) {
    auto timer = decode_document<Timer>(document.key, document.body);
    if (timer) return std::move(*timer);
    if (status.damaged.insert(document.key.key).second)
        log::error("a timer cannot be read", {{"service", service}, {"error", timer.error().text}});
    return std::nullopt;
}

Task<Result<void>> TimerRunner::State::take_census() {
    DocumentQuery query{.collection = std::string(collection_of<Timer>), .index = std::string(timers_failing)};
    query.limit = most_named;
    auto failing = co_await parts.store.find(query);
    if (!failing) co_return std::unexpected(std::move(failing.error()));
    std::vector<std::string> unhandled;
    query.index = timers_by_type;
    query.limit = 1;
    while (unhandled.size() < most_named) {  // one of each type
        auto first = co_await parts.store.find(query);
        if (!first) co_return std::unexpected(std::move(first.error()));
        if (first->documents.empty()) break;
        const std::string& id = first->documents.front().key.key;
        std::string type = id.substr(0, id.find('/'));
        query.lower = IndexKey().text(type).upper_bound().value();
        if (handlers.handler(type) == nullptr) unhandled.push_back(std::move(type));
    }
    status.failing.clear();
    for (const Document& document : failing->documents) status.failing.push_back(document.key.key);
    if (unhandled != status.unhandled)
        for (const std::string& type : unhandled)
            log::error("there are timers of a type that nobody handles", {{"service", service}, {"type", type}});
    status.unhandled = std::move(unhandled);
    co_return Result<void>{};
}

Task<void> TimerRunner::State::rest(Timestamp next) {
    const Timestamp now = parts.clock.now();
    if (now < next) (void)co_await within(parts.clock, next - now, earlier_than(parts.signal, next));
}

bool TimerRunner::State::may_fire() {
    const bool before = guard.trouble().empty();
    const bool now = guard.look();
    if (before && !now) log::error("timers are stopped", {{"service", service}, {"reason", guard.trouble()}});
    if (!before && now) log::info("timers fire again", {{"service", service}});
    status.state = now ? TimerStatus::State::running : TimerStatus::State::clock_jumped;
    status.reason = guard.trouble();
    return now;
}

Task<void> TimerRunner::State::fire(Document document, Timer timer, Lane& lane) {
    struct Slot {
        State& state;
        std::string id;
        ~Slot() {
            state.firing.erase(id);
            state.fired.insert(std::move(id));
            state.freed.notify_one();
        }
    } const slot{*this, document.key.key};
    // Both may have changed while it waited for its turn.
    const Timestamp now = parts.clock.now();
    if (!may_fire() || now < timer.due) co_return parts.signal.scheduled(timer.due);

    auto done = co_await attempt(document, timer, lane);
    if (done) {
        go_on(lane);
        ++status.fired;
        lane.metrics.fired.add();
        lane.metrics.lateness.observe(std::chrono::duration<double>(now - timer.due).count());
        if (timer.attempts >= timer_attempts) look_at_all();
        co_return;
    }
    using Kind = Failure::Kind;
    if (done.error().kind == Kind::poison || done.error().kind == Kind::refused)
        done = co_await put_off(document, timer, lane, done.error().error);
    if (done) co_return;
    if (done.error().kind == Kind::conflict)
        ++status.conflicts;
    else
        pause(lane, done.error().error);
    parts.signal.scheduled(timer.due);
}

Task<std::expected<void, Failure>> TimerRunner::State::attempt(const Document& document, const Timer& timer,
                                                               const Lane& lane) {
    Session session(
        parts.store,
        {.correlation = timer.correlation,
         .event = timer.causation,
         .actor = "service:" + service,
         .traceparent = timer.traceparent},
        {.make_id = [&timer](const Cause&, std::uint32_t ordinal) { return derive(timer.id, "timer", ordinal); },
         .now = parts.clock.now(),
         .timers = &parts.signal,
         .keys = parts.keys});
    session.adopt(document);
    session.cancel(timer.type, timer.key);
    Handled handled = co_await run_handler([&] { return lane.handler(timer, session); });
    if (!handled) co_return std::unexpected(failure_of(std::move(handled.error())));
    co_return co_await commit(session, document.key);
}

Task<std::expected<void, Failure>> TimerRunner::State::commit(Session& session, const DocumentKey& key) {
    CommitResult result = co_await session.commit();
    if (has_fired_before(result)) {
        Changes own;
        for (DocumentWrite& write : session.changes().documents)
            if (write.key == key) own.documents.push_back(std::move(write));
        result = co_await parts.store.commit(std::move(own));
    }
    if (!result) co_return std::unexpected(failure_of(std::move(result.error())));
    co_return std::expected<void, Failure>{};
}

Task<std::expected<void, Failure>> TimerRunner::State::put_off(const Document& document, Timer timer, Lane& lane,
                                                               const Error& why) {
    timer.due = parts.clock.now() + jittered(parts.random, options.retry_least, options.retry_most, timer.attempts);
    ++timer.attempts;
    timer.error = kept_text(text_of(why));
    Changes changes;
    changes.documents.push_back({document.key, ExpectedDocument::revision_is(document.revision), put_of(timer)});
    CommitResult result = co_await parts.store.commit(std::move(changes));
    if (!result) co_return std::unexpected(failure_of(std::move(result.error())));
    ++status.failed;
    lane.metrics.failed.add();
    const bool needs_operator = timer.attempts >= timer_attempts;
    log::warning(needs_operator ? "a timer keeps failing" : "a timer failed", {{"service", service},
                                                                               {"id", document.key.key},
                                                                               {"correlation_id", timer.correlation},
                                                                               {"attempts", timer.attempts},
                                                                               {"error", timer.error}});
    parts.signal.scheduled(timer.due);
    if (needs_operator) look_at_all();
    co_return std::expected<void, Failure>{};
}

void TimerRunner::State::pause(Lane& lane, const Error& why) {
    if (is_paused(lane)) return;
    lane.paused_until = parts.clock.instant() + lane.backoff.next();
    const std::string reason = text_of(why);
    if (!status.waiting.contains(lane.type))
        log::warning("timers wait", {{"service", service}, {"type", lane.type}, {"reason", reason}});
    status.waiting.insert_or_assign(lane.type, reason);
}

void TimerRunner::State::look_at_all() {
    next_census = {};
    parts.signal.scheduled(Timestamp::min());
}

void TimerRunner::State::go_on(Lane& lane) {
    lane.backoff.reset();
    status.waiting.erase(lane.type);
}

TimerRunner::TimerRunner(std::string service, TimerHandlers handlers, Parts parts, TimerOptions options)
    : state_(std::make_unique<State>(std::move(service), std::move(handlers), parts, options)) {}

TimerRunner::~TimerRunner() = default;

Task<void> TimerRunner::run() { return state_->run(); }

void TimerRunner::poke() {
    state_->status.damaged.clear();
    state_->look_at_all();
}

void TimerRunner::resume() {
    state_->guard.resume();
    (void)state_->may_fire();
    poke();
}

const TimerStatus& TimerRunner::status() const noexcept { return state_->status; }

}  // namespace tally
