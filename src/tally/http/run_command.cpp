#include <charconv>

#include "tally/http/application_state.hpp"

namespace tally::detail {
namespace {

constexpr int attempts = 3;

/// A strong ETag of one version: `"7"`. `*` and none: no expectation. Problems: invalid-request.
std::expected<std::optional<Version>, HttpProblem> if_match(const HttpRequest& request) {
    const auto header = request.headers.find("If-Match");
    if (!header || *header == "*") return std::nullopt;
    std::string_view text = *header;
    Version version = 0;
    if (text.size() > 2 && text.starts_with('"') && text.ends_with('"')) {
        text = text.substr(1, text.size() - 2);
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
        if (error == std::errc() && end == text.data() + text.size()) return version;
    }
    return std::unexpected(problem("invalid-request", "If-Match is one strong ETag, such as \"7\""));
}

Task<std::optional<Outcome>> stored_answer(Store& store, const IdempotencyKey& key) {
    std::vector<DocumentKey> keys{document_key<StoredAnswer>(key.document)};
    auto found = co_await store.get(std::move(keys));
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
    if (answer.problem->status != 409) return std::nullopt;
    return state.respond(*answer.problem, matched.path, context);
}

HttpProblem conflict_problem(const Conflict& conflict) {
    HttpProblem changed = problem("conflict", conflict.text() + ": read it again and decide");
    changed.more["current_version"] = std::to_string(conflict.actual);
    return changed;
}

/// One run of the handler and its commit; a conflict is for the caller to try again.
Task<std::expected<Outcome, Conflict>> attempt(Application::State& state, const Matched& matched,
                                               const RequestContext& context, std::optional<Version> expected,
                                               const std::optional<IdempotencyKey>& key) {
    const MountedRoute& mounted = *matched.mounted;
    Store& store = mounted.sources->store;
    const Timestamp now = state.parts.clock.now();
    Session session(store, context.cause(), {.make_id = ids_of_command(state.parts.ids), .now = now});
    Call call{context.principal, now, expected, session, state.parts.ids};
    Route::Answer answer = co_await mounted.route.command(matched.input, call);

    std::optional<HttpResponse> response = lasting(state, answer, matched, context);
    if (!response) co_return Outcome(std::unexpected(std::move(*answer.problem)));
    if (answer.problem) session.rollback_to({});  // what a refused command has recorded does not happen
    if (key) session.add(keep(*key, *response, now + state.options.keep_answers));
    if (!key && session.empty()) co_return Outcome(std::move(*response));

    CommitResult committed = co_await session.commit();
    if (!committed) {
        if (auto* conflict = std::get_if<Conflict>(&committed.error())) co_return std::unexpected(std::move(*conflict));
        co_return Outcome(std::unexpected(problem_of(std::get<Error>(committed.error()))));
    }
    if (!committed->events.empty())
        response->headers.set("X-Log-Position",
                              mounted.service + ":" + std::to_string(committed->events.back().position));
    co_return Outcome(std::move(*response));
}

}  // namespace

Task<Outcome> run_command(Application::State& state, const Matched& matched, const HttpRequest& request,
                          const RequestContext& context) {
    const auto expected = if_match(request);
    if (!expected) co_return std::unexpected(expected.error());

    std::optional<IdempotencyKey> key;
    std::optional<RunningKeys::Hold> hold;
    if (matched.mounted->route.options.idempotent) {
        auto read = idempotency_key(request, matched.path, context.principal);
        if (!read) co_return std::unexpected(std::move(read.error()));
        key = std::move(*read);
        hold.emplace(co_await state.running.hold(matched.mounted->service + "/" + key->document));
    }
    Conflict last;
    for (int i = 0; i < attempts; ++i) {
        if (key)
            if (auto stored = co_await stored_answer(matched.mounted->sources->store, *key))
                co_return std::move(*stored);
        auto outcome = co_await attempt(state, matched, context, *expected, key);
        if (outcome) co_return std::move(*outcome);
        last = std::move(outcome.error());
    }
    co_return std::unexpected(conflict_problem(last));
}

}  // namespace tally::detail
