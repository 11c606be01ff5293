// A command is decided on what it reads and lands in one commit, so a conflict means that something has changed in
// between: the handler runs again. The first run takes its chances together with others, so that commits are merged;
// those that have met a conflict go on one by one for the thing they met it on, so that each gets through.
#include <charconv>

#include "tally/base/deadline.hpp"
#include "tally/http/application_state.hpp"

namespace tally::detail {
namespace {

constexpr int attempts = 10;

/// A strong ETag of one version: `"7"`. `*` and none: no expectation. Problems: invalid-request, precondition-failed.
std::expected<std::optional<Version>, HttpProblem> if_match(const HttpRequest& request, const Route& route) {
    const auto header = request.headers.find("If-Match");
    if (!header || *header == "*") return std::nullopt;
    if (!route.options.versioned)
        return std::unexpected(problem("precondition-failed", "what this route changes has no version"));
    std::string_view text = *header;
    Version version = 0;
    if (text.size() > 2 && text.starts_with('"') && text.ends_with('"')) {
        text = text.substr(1, text.size() - 2);
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
        if (error == std::errc() && end == text.data() + text.size()) return version;
    }
    return std::unexpected(problem("invalid-request", "If-Match is one strong ETag, such as \"7\""));
}

Task<std::optional<Outcome>> stored_answer(const MountedRoute& mounted, const IdempotencyKey& key) {
    std::vector<DocumentKey> keys{document_key<StoredAnswer>(key.document)};
    auto found = co_await mounted.sources->store.get(std::move(keys));
    if (!found) co_return Outcome(std::unexpected(problem_of(found.error())));
    if (found->empty()) co_return std::nullopt;
    auto answer = decode_document<StoredAnswer>(found->front().key, found->front().body);
    if (!answer) co_return Outcome(std::unexpected(problem_of(answer.error())));
    if (answer->fingerprint != key.fingerprint)
        co_return Outcome(std::unexpected(problem("idempotency-key-reused", "use a new key for a new command")));
    co_return Outcome(replay(*answer));
}

/// The answer to keep: a success, or the refusal by a rule; other problems may end otherwise next time.
std::optional<HttpResponse> lasting(Application::State& state, const Route::Answer& answer, const Matched& matched,
                                    const RequestContext& context) {
    if (!answer.problem) return answer.response;
    if (answer.problem->status != 409 || answer.problem->slug == "conflict") return std::nullopt;
    return state.respond(*answer.problem, matched.path, context);
}

HttpProblem conflict_problem(const Conflict& conflict) {
    HttpProblem changed = problem("conflict", conflict.text() + ": read it again and decide");
    if (conflict.on == Conflict::On::stream) changed.more["current_version"] = conflict.actual;
    return changed;
}

/// Where a list has to have got to, to show what the command has done: `X-Log-Position`.
void tell_position(HttpResponse& response, const MountedRoute& mounted, Position position) {
    if (response.status < 300) response.headers.set("X-Log-Position", mounted.service + ":" + std::to_string(position));
}

/// One run of the handler and its commit; a conflict is for the caller to try again.
Task<std::expected<Outcome, Conflict>> attempt(Application::State& state, const Matched& matched,
                                               const RequestContext& context, std::optional<Version> expected,
                                               const std::optional<IdempotencyKey>& key) {
    const MountedRoute& mounted = *matched.mounted;
    Store& store = mounted.sources->store;
    const Timestamp now = state.parts.clock.now();
    Session session(store, context.cause(),
                    {.make_id = ids_of_command(state.parts.ids),
                     .now = now,
                     .timers = mounted.sources->timers,
                     .keys = mounted.sources->keys});
    Call call(context.principal, now, expected, session, state.parts.ids, *mounted.sources);
    Route::Answer answer = co_await mounted.route.command(matched.input, call);

    std::optional<HttpResponse> response = lasting(state, answer, matched, context);
    if (!response) co_return Outcome(std::unexpected(std::move(*answer.problem)));
    if (answer.problem) session.rollback_to({});  // what a refused command has recorded does not happen
    if (key) session.add(keep(*key, *response, now + state.options.keep_answers));

    std::optional<Position> position;
    if (key || !session.empty()) {
        CommitResult committed = co_await session.commit();
        if (!committed) {
            if (auto* conflict = std::get_if<Conflict>(&committed.error()))
                co_return std::unexpected(std::move(*conflict));
            co_return Outcome(std::unexpected(problem_of(std::get<Error>(committed.error()))));
        }
        if (!committed->events.empty()) position = committed->events.back().position;
    }
    tell_position(*response, mounted, position.value_or(store.statistics().head));
    co_return Outcome(std::move(*response));
}

/// Waits for those who run under the key, but answers before the request's own deadline would: whoever was waiting all
/// the time knows that this request has done nothing. Problems: idempotency-key-in-use.
Task<std::expected<Turns::Turn, HttpProblem>> turn_of(Application::State& state, std::string key) {
    if (auto free = state.turns.try_take(key)) co_return std::move(*free);
    const Duration patience = state.options.request_limit * 9 / 10;
    auto turn = co_await within(state.parts.clock, patience, state.turns.take(std::move(key)));
    if (turn) co_return std::move(*turn);
    HttpProblem busy = problem("idempotency-key-in-use", "an earlier request with this key has not ended yet");
    busy.headers.set("Retry-After", "1");
    co_return std::unexpected(std::move(busy));
}

Task<Outcome> run_until_settled(Application::State& state, const Matched& matched, const RequestContext& context,
                                std::optional<Version> expected, std::optional<IdempotencyKey> key) {
    const MountedRoute& mounted = *matched.mounted;
    std::optional<Turns::Turn> turn;
    for (int i = 1;; ++i) {
        if (key) {
            if (auto stored = co_await stored_answer(mounted, *key)) {
                if (*stored) tell_position(**stored, mounted, mounted.sources->store.statistics().head);
                co_return std::move(*stored);
            }
        }
        auto outcome = co_await attempt(state, matched, context, expected, key);
        if (outcome) co_return std::move(*outcome);
        if (i == attempts) co_return std::unexpected(conflict_problem(outcome.error()));
        turn.reset();  // before waiting for another one: nobody waits with a turn in hand
        turn.emplace(co_await state.turns.take(mounted.service + " conflict " + outcome.error().subject));
    }
}

}  // namespace

Task<Outcome> run_command(Application::State& state, const Matched& matched, const HttpRequest& request,
                          const RequestContext& context) {
    const auto expected = if_match(request, matched.mounted->route);
    if (!expected) co_return std::unexpected(expected.error());
    if (!matched.mounted->route.options.idempotent)
        co_return co_await run_until_settled(state, matched, context, *expected, std::nullopt);

    auto key = idempotency_key(request, matched.path, context.principal);
    if (!key) co_return std::unexpected(std::move(key.error()));
    const auto turn = co_await turn_of(state, matched.mounted->service + " key " + key->document);
    if (!turn) co_return std::unexpected(turn.error());
    co_return co_await run_until_settled(state, matched, context, *expected, std::move(*key));
}

}  // namespace tally::detail
