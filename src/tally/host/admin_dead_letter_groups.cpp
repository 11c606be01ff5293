// Many dead letters at once: redrive, skip, and what that would bring about.
#include "tally/host/admin.hpp"
#include "tally/host/dead_letter_views.hpp"

namespace tally {
namespace {

struct ActOnDeadLetters {
    std::optional<DeadLetterFilter> filter;
    std::optional<bool> all;           ///< in place of a filter
    std::optional<std::string> after;  ///< `next` of an answer that was not complete
    std::optional<std::string> reason;
    std::optional<bool> dry_run;
};
BOOST_DESCRIBE_STRUCT(ActOnDeadLetters, (), (filter, all, after, reason, dry_run))

/// A filter that was forgotten must not mean everything.
Result<DeadLetterFilter> filter_of(const ActOnDeadLetters& command) {
    DeadLetterFilter filter = command.filter.value_or(DeadLetterFilter{});
    const bool empty = filter == DeadLetterFilter{};
    if (empty != command.all.value_or(false))
        return fail(ErrorCode::invalid, empty ? "this is about every dead letter: say a filter, or \"all\": true"
                                              : "a filter and \"all\": true contradict each other");
    if (const auto sound = query_for(filter); !sound) return std::unexpected(sound.error());
    return filter;
}

DeadLettersOutcome outcome_of(DeadLetters::Asked told, const RunningService& service) {
    DeadLettersOutcome outcome{.service = service.manifest.name,
                               .asked = static_cast<std::int64_t>(told.asked),
                               .already = static_cast<std::int64_t>(told.already),
                               .queued = static_cast<std::int64_t>(told.queued),
                               .refused = std::move(told.refused),
                               .next = {},
                               .dry_run = {}};
    if (!told.next.empty()) outcome.next = std::move(told.next);
    return outcome;
}

/// What was done before something failed stands: the problem says how much.
HttpProblem failure_of(const DeadLetters::Asked& told) {
    HttpProblem failure = problem_of(*told.failure);
    if (told.asked > 0)
        failure.detail += "; before that it was asked for " + std::to_string(told.asked) +
                          " dead letters, which stands: ask for the rest again";
    return failure;
}

Task<Reply<DeadLettersOutcome>> act(RunningService& service, DeadLetterState wanted, ActOnDeadLetters command,
                                    std::string who) {
    auto filter = filter_of(command);
    if (!filter) co_return filter.error();
    DeadLetters letters(*service.store);
    std::string note = note_of(who, command.reason);
    std::string after = command.after.value_or("");
    auto told = wanted == DeadLetterState::redriving
                    ? co_await letters.redrive_all(*filter, std::move(note), std::move(after))
                    : co_await letters.skip_all(*filter, std::move(note), std::move(after));
    if (told.asked > 0) poke(service, filter->consumer);
    if (told.failure) co_return failure_of(told);
    co_return outcome_of(std::move(told), service);
}

/// Adds what acting on one letter would do, and whether that can be asked for.
Task<Result<void>> rehearse(RunningService& service, DeadLetter letter, DeadLetterState wanted,
                            DeadLetters::Asked& told, DryRunReport& report) {
    const std::string id = key_of(letter);
    if (letter.state == DeadLetterState::queued) {
        ++told.queued;
        co_return Result<void>{};
    }
    const auto asked = ask_for(letter, wanted, "");
    if (!asked) {
        told.refused.push_back({id, asked.error().text});
        co_return Result<void>{};
    }
    const auto runner = consumer_of(service, letter);
    if (!runner) {
        told.refused.push_back({id, runner.error().text});
        co_return Result<void>{};
    }
    auto of_key = co_await (*runner)->dry_run(std::move(letter), dry_run_letters - report.letters.size());
    if (!of_key && of_key.error().code == ErrorCode::unavailable) co_return std::unexpected(of_key.error());
    if (!of_key) {
        told.refused.push_back({id, of_key.error().text});
        co_return Result<void>{};
    }
    ++(*asked ? told.asked : told.already);
    std::ranges::move(of_key->letters, std::back_inserter(report.letters));
    report.complete = report.complete && of_key->complete;
    co_return Result<void>{};
}

Task<Reply<DeadLettersOutcome>> dry_run(RunningService& service, DeadLetterState wanted, ActOnDeadLetters command) {
    const auto filter = filter_of(command);
    if (!filter) co_return filter.error();
    DeadLetters letters(*service.store);
    DeadLetters::Asked told;
    told.next = command.after.value_or("");
    DryRunReport report;
    // One by one: an answer that is full ends with a letter, and the next one goes on after it.
    for (std::size_t looked = 0; looked < DeadLetters::letters_of_a_request; ++looked) {
        auto found = co_await letters.list(*filter, 1, told.next);
        if (!found) co_return found.error();
        for (DeadLetter& letter : found->items) {
            auto done = co_await rehearse(service, std::move(letter), wanted, told, report);
            if (!done) co_return done.error();
        }
        told.next = std::move(found->next);
        if (told.next.empty() || report.letters.size() >= dry_run_letters) break;
    }
    DeadLettersOutcome outcome = outcome_of(std::move(told), service);
    outcome.dry_run = std::move(report);
    co_return Reply(std::move(outcome)).status(200);
}

Task<Reply<DeadLettersOutcome>> answer(RunningService& service, DeadLetterState wanted, ActOnDeadLetters command,
                                       std::string who) {
    if (command.dry_run.value_or(false)) return dry_run(service, wanted, std::move(command));
    return act(service, wanted, std::move(command), std::move(who));
}

}  // namespace

void add_dead_letter_group_routes(Routes& routes, RunningService& service) {
    RouteOptions options{.summary = "Handle all that fit again, each with the queue behind it",
                         .scope = "operator:write",
                         .idempotent = true,
                         .success = 202,
                         .also = {200},
                         .tag = "dead letters"};
    routes.add(post, admin_path(service, "/dead-letters:redrive"), options,
               [&service](ActOnDeadLetters command, Call& call) {
                   return answer(service, DeadLetterState::redriving, std::move(command), call.principal.id);
               });
    options.summary = "Pass over all that fit, and handle the queues behind them";
    routes.add(post, admin_path(service, "/dead-letters:skip"), options,
               [&service](ActOnDeadLetters command, Call& call) {
                   return answer(service, DeadLetterState::skipping, std::move(command), call.principal.id);
               });
}

}  // namespace tally
