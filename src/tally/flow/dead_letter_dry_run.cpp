#include "tally/flow/dead_letter_dry_run.hpp"

#include <algorithm>

namespace tally {
namespace {

constexpr std::size_t letters_page = 100;

bool goes_on(DryRunOutcome outcome) { return outcome == DryRunOutcome::handled || outcome == DryRunOutcome::skipped; }

void fail_with(DryRunLetter& told, const Failure& failure) {
    told.outcome = failure.kind == Failure::Kind::transient ? DryRunOutcome::waiting : DryRunOutcome::failed;
    told.error_code = static_cast<int>(failure.error.code);
    told.error = kept_text(failure.error.text);
}

void count(std::vector<DryRunEvents>& events, const Session::Recorded& recorded) {
    const auto known = std::ranges::find_if(
        events, [&](const DryRunEvents& seen) { return seen.type == recorded.type && seen.stream == recorded.stream; });
    if (known == events.end())
        events.push_back({recorded.type, recorded.stream, 1});
    else
        ++known->count;
}

}  // namespace

Task<Result<DryRunReport>> DeadLetterDryRun::run(DeadLetter asked, std::size_t limit) {
    const std::string first = key_of(asked);
    if (!context_.progress.owns(asked.shard))
        co_return fail(ErrorCode::unavailable, "this instance does not have the shard of " + first + " now: try again");
    IndexKey queue;
    queue.text(asked.consumer).text(asked.topic).text(asked.key);
    DocumentQuery query{.collection = std::string(collection_of<DeadLetter>),
                        .index = std::string(dead_letters_by_key),
                        .lower = queue.bytes(),
                        .upper = queue.upper_bound(),
                        .limit = letters_page};
    Session session = context_.new_session(SessionUse::dry_run);
    DryRunReport report;
    bool reachable = true;
    do {
        auto page = co_await context_.parts.store.find(query);
        if (!page) co_return std::unexpected(std::move(page.error()));
        for (const Document& document : page->documents) {
            const bool begins = report.letters.empty();
            if (begins && document.key.key != first)
                co_return fail(ErrorCode::conflict, first + " is not the first of its key any more: look again");
            if (report.letters.size() == limit) {
                report.complete = false;
                co_return report;
            }
            auto letter = begins ? asked : decode_document<DeadLetter>(document.key, document.body);
            if (!letter) co_return std::unexpected(std::move(letter.error()));
            DryRunLetter& told = report.letters.emplace_back();
            told.id = document.key.key;
            told.type = letter->type;
            told.outcome = DryRunOutcome::unreachable;
            if (reachable) co_await rehearse(*letter, session, told);
            reachable = reachable && goes_on(told.outcome);
        }
        query.after = std::move(page->next);
    } while (!query.after.empty());
    if (report.letters.empty()) co_return fail(ErrorCode::not_found, "no dead letter " + first);
    co_return report;
}

Task<void> DeadLetterDryRun::rehearse(const DeadLetter& letter, Session& session, DryRunLetter& told) {
    told.outcome = DryRunOutcome::skipped;
    if (letter.state == DeadLetterState::skipping) co_return;
    const auto batch = co_await context_.event_of(letter);
    if (!batch) co_return fail_with(told, batch.error());
    const RecordedEvent& event = *batch->begin();
    const Session::Mark before = session.mark();
    session.begin(context_.cause_of(event));
    if (const Consumer::Handler* handler = context_.consumer.handler(event.type)) {
        Handled handled = co_await run_handler([&] { return (*handler)(event, session); });
        if (!handled) {
            session.rollback_to(before);
            co_return fail_with(told, failure_of(std::move(handled.error())));
        }
    }
    told.outcome = DryRunOutcome::handled;
    for (const Session::Recorded& recorded : session.recorded_since(before)) count(told.events, recorded);
}

}  // namespace tally
