#include "tally/flow/redriver.hpp"

#include <utility>

#include "tally/base/log.hpp"

namespace tally {
namespace {

constexpr std::size_t letters_page = 100;

DocumentWrite removal_of(const DeadLetter& letter, Revision revision) {
    return {document_key<DeadLetter>(key_of(letter)), ExpectedDocument::revision_is(revision), Remove{}};
}

}  // namespace

Task<Result<Redriver::Page>> Redriver::find(DocumentQuery query) {
    query.collection = collection_of<DeadLetter>;
    query.limit = letters_page;
    auto page = co_await context_.parts.store.find(std::move(query));
    if (!page) co_return std::unexpected(std::move(page.error()));
    Page found{.letters = {}, .next = std::move(page->next)};
    for (const Document& document : page->documents) {
        auto letter = decode_document<DeadLetter>(document.key, document.body);
        if (!letter) co_return std::unexpected(std::move(letter.error()));
        found.letters.push_back({std::move(*letter), document.revision});
    }
    co_return found;
}

Task<Result<std::set<std::string>>> Redriver::keys_to_work_off() {
    std::string after = std::exchange(next_requests_, {});
    if (context_.parked.total() == 0) co_return std::set<std::string>{};
    IndexKey ours;
    ours.text(context_.consumer.name()).text(context_.consumer.topic());
    // What waits for a dependency is tried once in a round, however many pages that has.
    std::set<std::string> keys;
    if (after.empty()) keys = context_.parked.unfinished;
    auto requested = co_await find({.index = std::string(dead_letters_requested),
                                    .lower = ours.bytes(),
                                    .upper = ours.upper_bound(),
                                    .after = std::move(after)});
    if (!requested) co_return std::unexpected(std::move(requested.error()));
    next_requests_ = std::move(requested->next);
    for (const Found& found : requested->letters) keys.insert(found.letter.key);
    co_return keys;
}

Task<Result<bool>> Redriver::look() {
    auto keys = co_await keys_to_work_off();
    if (!keys) co_return std::unexpected(std::move(keys.error()));
    bool room = false;
    for (const std::string& key : *keys) {
        auto outcome = co_await work_off(key);
        context_.show_parked();
        if (!outcome) co_return std::unexpected(std::move(outcome.error()));
        if (*outcome == Outcome::later)
            context_.parked.unfinished.insert(key);
        else
            context_.parked.unfinished.erase(key);
        room = make_room(key) || room;
    }
    co_return room;
}

bool Redriver::make_room(const std::string& key) {
    if (context_.parked.count(key) >= context_.options.parked_limit) return false;
    return std::erase_if(context_.full_queues, [&key](const auto& full) { return full.second == key; }) > 0;
}

Task<Result<Redriver::Outcome>> Redriver::work_off(std::string key) {
    IndexKey queue;
    queue.text(context_.consumer.name()).text(context_.consumer.topic()).text(key);
    for (;;) {
        auto page = co_await find(
            {.index = std::string(dead_letters_by_key), .lower = queue.bytes(), .upper = queue.upper_bound()});
        if (!page) co_return std::unexpected(std::move(page.error()));
        if (page->letters.empty()) {
            context_.parked.forget(key);
            co_return Outcome::gone;
        }
        for (Found& found : page->letters) {
            auto outcome = co_await settle(std::move(found));
            if (!outcome || *outcome != Outcome::gone) co_return outcome;
            context_.parked.remove(key);
        }
    }
}

Task<Result<Redriver::Outcome>> Redriver::settle(Found found) {
    if (found.letter.state == DeadLetterState::poisoned || !context_.progress.owns(found.letter.shard))
        co_return Outcome::blocked;
    std::expected<void, Failure> done;
    for (int tries = 0; tries < 3; ++tries) {
        done = found.letter.state == DeadLetterState::skipping ? co_await drop(found) : co_await attempt(found);
        if (done || done.error().kind != Failure::Kind::conflict) break;
    }
    if (!done && (done.error().kind == Failure::Kind::poison || done.error().kind == Failure::Kind::refused)) {
        const Error error = std::move(done.error().error);
        done = co_await poison(found, error);
        if (done) co_return Outcome::blocked;
    }
    if (done) co_return Outcome::gone;
    if (done.error().kind == Failure::Kind::fenced) co_return std::unexpected(std::move(done.error().error));
    log::warning("a dead letter waits", {{"id", key_of(found.letter)},
                                         {"correlation_id", found.letter.correlation},
                                         {"error", done.error().error.text}});
    co_return Outcome::later;
}

Task<std::expected<void, Failure>> Redriver::attempt(const Found& found) {
    const DeadLetter& letter = found.letter;
    const Instant began = context_.parts.clock.instant();
    auto batch = co_await context_.event_of(letter);
    if (!batch) co_return std::unexpected(std::move(batch.error()));
    const RecordedEvent& event = *batch->begin();
    Session session = context_.new_session();
    session.begin(context_.cause_of(event));
    auto handled = co_await context_.dispatch(event, session);
    if (!handled) co_return std::unexpected(failure_of(std::move(handled.error())));
    session.add(removal_of(letter, found.revision));
    auto committed = co_await context_.commit(session, removal(letter, began));
    if (!committed) co_return committed;
    ++context_.status.handled;
    context_.metrics.of(letter.type).consumed.add();
    log::info("a dead letter was redriven", {{"id", key_of(letter)},
                                             {"event", letter.event.text()},
                                             {"correlation_id", letter.correlation},
                                             {"note", letter.note.value_or("")}});
    co_return committed;
}

Task<std::expected<void, Failure>> Redriver::drop(const Found& found) {
    const DeadLetter& letter = found.letter;
    Session session = context_.new_session();
    session.add(removal_of(letter, found.revision));
    auto committed = co_await context_.commit(session, removal(letter, context_.parts.clock.instant()));
    if (committed)
        log::warning("a dead letter was skipped", {{"id", key_of(letter)},
                                                   {"event", letter.event.text()},
                                                   {"type", letter.type},
                                                   {"key", letter.key},
                                                   {"correlation_id", letter.correlation},
                                                   {"note", letter.note.value_or("")}});
    co_return committed;
}

Task<std::expected<void, Failure>> Redriver::poison(const Found& found, const Error& error) {
    DeadLetter letter = found.letter;
    letter.state = DeadLetterState::poisoned;
    ++letter.attempts;
    letter.error_code = static_cast<int>(error.code);
    letter.error = kept_text(error.text);
    Session session = context_.new_session();
    session.add(
        {document_key<DeadLetter>(key_of(letter)), ExpectedDocument::revision_is(found.revision), put_of(letter)});
    auto committed = co_await context_.commit(session, {});
    if (committed)
        log::warning("a dead letter failed again", {{"id", key_of(letter)},
                                                    {"correlation_id", letter.correlation},
                                                    {"attempts", letter.attempts},
                                                    {"error", letter.error}});
    co_return committed;
}

ConsumerContext::Done Redriver::removal(const DeadLetter& letter, Instant began) const {
    ConsumerContext::Done done;
    done.progress[letter.shard] = context_.progress.at(letter.shard);
    done.range = context_.new_range(letter.position - 1, letter.position, began);
    done.range->redriven = true;
    return done;
}

}  // namespace tally
