#include "tally/flow/batch_handler.hpp"

#include <fmt/format.h>

#include "tally/base/log.hpp"

namespace tally {
namespace {

/// A shard without events is moved on once it is so far behind, so that a restart does not begin where it had its last.
constexpr Position idle_shard_step = 1'000;

}  // namespace

Result<void> BatchHandler::check_history(const Delivered& batch) const {
    constexpr std::string_view advice =
        "the publisher's log was restored or made anew; restore the consumer as well, or reset its progress";
    for (const auto& [shard, position] : context_.progress.positions()) {
        const Uuid& known = context_.progress.at(shard).incarnation;
        if (known.is_nil() || (known == batch.incarnation && position <= batch.events.head)) continue;
        return fail(ErrorCode::restored,
                    fmt::format("{} has seen shard {} of {} up to position {} in the log {}, and this is the log {} "
                                "with {} positions: {}",
                                context_.consumer.name(), shard, context_.consumer.topic(), position, known.text(),
                                batch.incarnation.text(), batch.events.head, advice));
    }
    return {};
}

BatchHandler::Segment BatchHandler::admit(const EventBatch& batch, std::size_t begin) {
    Segment segment{.work = {}, .end = begin, .broken = {}, .hole = {}};
    auto reached = context_.progress.positions();
    for (; segment.end < batch.size(); ++segment.end) {
        const RecordedEvent& event = batch.events()[segment.end];
        const auto last = reached.find(event.shard);
        if (last == reached.end() || context_.is_paused(event.shard)) continue;
        if (event.position <= last->second) {
            ++context_.status.duplicates;
            continue;
        }
        if (event.previous > last->second) {
            segment.broken = event.shard;
            segment.hole = fmt::format(
                "hole: shard {} of {} is done up to position {}, and position {} comes next, "
                "which follows position {}: what lies between is missing",
                event.shard, context_.consumer.topic(), last->second, event.position, event.previous);
            break;
        }
        last->second = event.position;
        segment.work.push_back(&event);
    }
    return segment;
}

Task<Result<void>> BatchHandler::handle(const Delivered& batch) {
    if (auto known = check_history(batch); !known) co_return known;
    incarnation_ = batch.incarnation;
    all_shards_ = batch.events.scanned_to != 0;
    head_ = batch.events.head;
    for (std::size_t at = 0; at < batch.events.size();) {
        Segment segment = admit(batch.events, at);
        at = segment.end;
        if (auto done = co_await handle_all(std::move(segment.work)); !done) co_return done;
        if (!segment.broken) continue;
        context_.metrics.count_hole();
        context_.pause_shard(*segment.broken, std::move(segment.hole));
    }
    context_.show_lag(head_, std::max(context_.done_to, batch.events.scanned_to));
    co_return Result<void>{};
}

Task<Result<void>> BatchHandler::handle_all(std::vector<const RecordedEvent*> work) {
    for (std::size_t at = 0; at < work.size();) {
        const Events rest = Events(work).subspan(at);
        const std::size_t size = size_of_next(rest);
        End end = co_await run(rest.first(size));
        at += end.done;
        if (end.done > 0) context_.backoff.reset();
        if (!end.failure) {
            chunk_size_ = std::min(context_.options.batch, chunk_size_ * 2);
            context_.go_on();
            continue;
        }
        if (auto go_on = co_await recover(std::move(*end.failure), *work[at], size); !go_on) co_return go_on;
    }
    co_return Result<void>{};
}

std::size_t BatchHandler::size_of_next(Events work) const {
    const RecordedEvent& first = *work.front();
    if (trial_.attempts > 0 && trial_.event == first.id) return 1;
    std::size_t size = 1;
    while (size < std::min(work.size(), chunk_size_) && work[size]->position - first.position < longest_range) ++size;
    return size;
}

Task<BatchHandler::End> BatchHandler::run(Events work) {
    Chunk chunk(context_.new_session(), context_.parts.clock.instant());
    End end;
    for (const RecordedEvent* event : work) {
        const Session::Mark mark = chunk.session.mark();
        chunk.session.begin(context_.cause_of(*event));
        Handled taken = co_await take(*event, chunk);
        if (!taken) {
            chunk.session.rollback_to(mark);
            end.failure = failure_of(std::move(taken.error()));
            break;
        }
        ++end.done;
        // A shard that pauses here ends the chunk, so that its range claims nothing of what the shard leaves undone.
        if (context_.is_paused(event->shard) && chunk.events > 0) break;
    }
    if (chunk.events == 0) co_return end;
    auto committed = co_await commit(chunk);
    if (!committed) co_return End{0, std::move(committed.error())};
    co_return end;
}

Task<Handled> BatchHandler::take(const RecordedEvent& event, Chunk& chunk) {
    if (context_.is_paused(event.shard)) co_return Handled{};
    const auto queued_now = static_cast<std::size_t>(std::ranges::count(chunk.parked, event.key));
    const std::size_t queued = context_.parked.count(event.key) + queued_now;
    if (queued >= context_.options.parked_limit) {
        context_.full_queues[event.shard] = event.key;
        context_.pause_shard(event.shard, fmt::format("parked: key '{}' has {} dead letters, as many as it may; the "
                                                      "shard waits at position {} until they are redriven or skipped",
                                                      event.key, queued, event.position));
        co_return Handled{};
    }
    if (queued > 0) {
        park(event, DeadLetterState::queued, chunk);
    } else if (condemned(event)) {
        park(event, DeadLetterState::poisoned, chunk);
    } else if (context_.consumer.handler(event.type) != nullptr) {
        auto handled = co_await context_.dispatch(event, chunk.session);
        if (!handled) co_return handled;
        chunk.handled.push_back(&event);
    }
    if (chunk.events++ == 0) chunk.from = event.position - 1;
    chunk.to = event.position;
    chunk.touched[event.shard] = event.position;
    co_return Handled{};
}

bool BatchHandler::condemned(const RecordedEvent& event) const {
    return trial_.event == event.id && trial_.attempts >= context_.options.attempts;
}

void BatchHandler::park(const RecordedEvent& event, DeadLetterState state, Chunk& chunk) {
    DeadLetter letter;
    letter.consumer = context_.consumer.name();
    letter.topic = context_.consumer.topic();
    letter.shard = event.shard;
    letter.position = event.position;
    letter.event = event.id;
    letter.type = event.type;
    letter.key = event.key;
    letter.correlation = event.correlation;
    letter.state = state;
    letter.parked_at = context_.parts.clock.now();
    if (state == DeadLetterState::poisoned) {
        letter.attempts = trial_.attempts;
        letter.error_code = static_cast<int>(trial_.last.code);
        letter.error = kept_text(trial_.last.text);
    }
    chunk.session.add({document_key<DeadLetter>(key_of(letter)), ExpectedDocument::any(), put_of(letter)});
    chunk.parked.push_back(std::move(letter.key));
}

Task<std::expected<void, Failure>> BatchHandler::commit(Chunk& chunk) {
    ConsumerContext::Done done{.progress = {}, .range = {}, .events = chunk.events};
    for (const auto& [shard, position] : chunk.touched) done.progress[shard] = {position, incarnation_};
    done.range = context_.new_range(chunk.from, chunk.to, chunk.began);
    for (const auto& [shard, position] : context_.progress.positions()) {
        if (context_.is_paused(shard) && !chunk.touched.contains(shard)) continue;
        if (!all_shards_ && !chunk.touched.contains(shard)) continue;
        done.range->shards.push_back(shard);
        if (position + idle_shard_step < chunk.to) done.progress.try_emplace(shard, chunk.to, incarnation_);
    }
    if (all_shards_ && done.range->shards.size() == context_.progress.positions().size()) done.range->shards.clear();

    auto committed = co_await context_.commit(chunk.session, std::move(done));
    if (!committed) co_return committed;
    for (const std::string& key : chunk.parked) context_.parked.add(key);
    for (const RecordedEvent* event : chunk.handled) context_.metrics.of(event->type).consumed.add();
    trial_ = {};
    context_.status.handled += chunk.handled.size();
    context_.show_parked();
    context_.show_lag(head_, chunk.to);
    co_return committed;
}

Task<Result<void>> BatchHandler::recover(Failure failure, const RecordedEvent& event, std::size_t size) {
    using Kind = Failure::Kind;
    if (failure.kind == Kind::fenced) co_return std::unexpected(std::move(failure.error));
    if (failure.kind == Kind::poison || (failure.kind == Kind::refused && size == 1)) {
        co_await blame(event, std::move(failure.error));
    } else if (failure.kind == Kind::transient || size == 1) {
        co_await context_.back_off(std::move(failure.error));
    } else {
        chunk_size_ = std::max<std::size_t>(1, size / 2);
    }
    co_return Result<void>{};
}

Task<void> BatchHandler::blame(const RecordedEvent& event, Error error) {
    if (trial_.event != event.id) trial_ = {.event = event.id, .attempts = 0, .last = {}};
    ++trial_.attempts;
    const bool last = trial_.attempts >= context_.options.attempts;
    log::warning(last ? "an event is parked" : "an event could not be handled", {{"consumer", context_.consumer.name()},
                                                                                 {"topic", context_.consumer.topic()},
                                                                                 {"position", event.position},
                                                                                 {"type", event.type},
                                                                                 {"key", event.key},
                                                                                 {"correlation_id", event.correlation},
                                                                                 {"attempt", trial_.attempts},
                                                                                 {"error", error.text}});
    trial_.last = std::move(error);
    if (last) co_return;
    Backoff wait(context_.parts.random, context_.options.backoff_least, context_.options.backoff_most);
    for (int failed = 1; failed < trial_.attempts; ++failed) (void)wait.next();
    co_await context_.parts.clock.sleep_for(wait.next());
}

}  // namespace tally
