#include "tally/flow/consumer_context.hpp"

#include <fmt/format.h>

#include "tally/base/log.hpp"

namespace tally {
namespace {

Failure failure_of_commit(CommitFailure failure) {
    if (const auto* conflict = std::get_if<Conflict>(&failure); conflict && ConsumerProgress::is_fenced(*conflict))
        return {Failure::Kind::fenced, {ErrorCode::fenced, "another instance has taken over: " + conflict->text()}};
    return failure_of(std::move(failure));
}

}  // namespace

ConsumerContext::ConsumerContext(Consumer c, ConsumerRunner::Parts p, ConsumerOptions o)
    : consumer(std::move(c)),
      parts(p),
      options(o),
      progress(consumer.name(), consumer.topic()),
      metrics(p.metrics, consumer.name(), consumer.topic()),
      backoff(p.random, o.backoff_least, o.backoff_most) {}

Session ConsumerContext::new_session(SessionUse use) {
    return Session(parts.store, {},
                   {.make_id = ids_of_consumer(consumer.name()),
                    .now = parts.clock.now(),
                    .timers = parts.timers,
                    .keys = parts.keys,
                    .dry_run = use == SessionUse::dry_run});
}

Cause ConsumerContext::cause_of(const RecordedEvent& event) const {
    return {.correlation = std::string(event.correlation),
            .event = event.id,
            .actor = "service:" + consumer.name(),
            .traceparent = std::string(event.traceparent)};
}

Task<Handled> ConsumerContext::dispatch(const RecordedEvent& event, Session& session) {
    const Consumer::Handler* handler = consumer.handler(event.type);
    if (handler == nullptr) co_return Handled{};
    const Instant began = parts.clock.instant();
    Handled handled = co_await run_handler([&] { return (*handler)(event, session); });
    ConsumerMetrics::OfType& type = metrics.of(event.type);
    type.duration.observe(std::chrono::duration<double>(parts.clock.instant() - began).count());
    if (!handled) type.errors.add();
    co_return handled;
}

Task<std::expected<EventBatch, Failure>> ConsumerContext::event_of(const DeadLetter& letter) {
    auto batch = co_await parts.bus.fetch(letter.topic, letter.position);
    if (!batch) co_return std::unexpected(failure_of(std::move(batch.error())));
    RecordedEvent event = *batch->begin();
    if (event.id != letter.event)
        co_return std::unexpected(
            Failure{Failure::Kind::poison,
                    {ErrorCode::restored, fmt::format("position {} of {} holds another event now: {}", letter.position,
                                                      letter.topic, event.id.text())}});
    if (!letter.edit) co_return std::move(*batch);
    event.schema = letter.edit->schema;
    event.data = letter.edit->data.text;
    EventBatch edited;
    edited.add(event);
    co_return edited;
}

Task<std::expected<void, Failure>> ConsumerContext::commit(Session& session, Done done) {
    const bool derived = (consumer.is_derived() || session.empty()) && session.added().empty();
    const std::size_t first = session.added().size();
    for (const auto& [shard, reached] : done.progress) session.add(progress.write(shard, reached));
    if (done.range)
        session.add({document_key<ProcessedRange>(key_of(*done.range)), ExpectedDocument::any(),
                     put_of(*done.range, done.range->processed_at + options.keep_ranges)});
    CommitResult result = co_await session.commit(derived);
    if (result && result->replayed) {
        // Of several events, one may have put documents only, and those are not there yet.
        if (done.events > 1)
            co_return std::unexpected(Failure{Failure::Kind::repeated, {ErrorCode::conflict, "handled before"}});
        Changes own{.appends = {}, .documents = session.added(), .derived = false};
        result = co_await parts.store.commit(std::move(own));
    }
    if (!result) {
        Failure failure = failure_of_commit(std::move(result.error()));
        if (failure.kind != Failure::Kind::transient) ++status.conflicts;
        if (failure.kind == Failure::Kind::fenced) ++status.fenced;
        co_return std::unexpected(std::move(failure));
    }
    std::size_t index = result->revisions.size() - session.added().size() + first;
    for (const auto& [shard, reached] : done.progress) progress.adopt(shard, reached, result->revisions.at(index++));
    ++status.commits;
    status.progress = progress.positions();
    co_return std::expected<void, Failure>{};
}

ProcessedRange ConsumerContext::new_range(Position from, Position to, Instant began) const {
    const Duration taken = parts.clock.instant() - began;
    return {.consumer = consumer.name(),
            .topic = consumer.topic(),
            .from = from,
            .to = to,
            .shards = {},
            .redriven = false,
            .processed_at = parts.clock.now(),
            .duration_us = taken.count()};
}

void ConsumerContext::pause_shard(int shard, std::string reason) {
    log::error("a shard is paused",
               {{"consumer", consumer.name()}, {"topic", consumer.topic()}, {"shard", shard}, {"reason", reason}});
    status.paused_shards.insert_or_assign(shard, std::move(reason));
    metrics.set_paused_shards(status.paused_shards.size());
}

Task<void> ConsumerContext::back_off(Error why) {
    if (status.state != ConsumerStatus::State::backing_off)
        log::warning("a consumer backs off", {{"consumer", consumer.name()},
                                              {"topic", consumer.topic()},
                                              {"code", name(why.code)},
                                              {"error", why.text}});
    status.state = ConsumerStatus::State::backing_off;
    status.reason = std::string(name(why.code)) + ": " + why.text;
    show_lag(parts.bus.head(consumer.topic()), done_to);
    co_await parts.clock.sleep_for(backoff.next());
}

void ConsumerContext::go_on() {
    status.state = ConsumerStatus::State::running;
    status.reason.clear();
    backoff.reset();
}

void ConsumerContext::show_parked() {
    status.parked = parked.total();
    metrics.set_dead_letters(parked.total());
}

void ConsumerContext::show_lag(Position head, Position reached) {
    done_to = reached;
    status.seen_head = std::max(status.seen_head, head);
    for (const auto& [shard, reason] : status.paused_shards)
        if (progress.owns(shard)) reached = std::min(reached, progress.at(shard).position);
    metrics.set_lag(head > reached ? head - reached : 0);
}

}  // namespace tally
