// Events that could not be handled: list, show, redrive as they are or edited, skip.
#include "tally/host/admin.hpp"
#include "tally/host/dead_letter_views.hpp"
#include "tally/host/event_views.hpp"

namespace tally {
namespace {

struct ListDeadLetters {
    std::optional<std::string> consumer;
    std::optional<std::string> topic;
    std::optional<std::string> type;
    std::optional<std::string> key;
    std::optional<int> error_code;
    std::optional<Position> from_position;
    std::optional<Position> to_position;
    std::optional<Timestamp> parked_since;
    std::optional<Timestamp> parked_until;
    std::optional<std::int64_t> page_size;
    std::optional<std::string> page_token;
};
BOOST_DESCRIBE_STRUCT(ListDeadLetters, (),
                      (consumer, topic, type, key, error_code, from_position, to_position, parked_since, parked_until,
                       page_size, page_token))

struct GetDeadLetter {
    std::string id;
};
BOOST_DESCRIBE_STRUCT(GetDeadLetter, (), (id))

struct RedriveDeadLetter {
    std::string id;
    std::optional<RawJson> patch;  ///< of the event's data
    std::optional<std::string> reason;
    std::optional<bool> dry_run;
};
BOOST_DESCRIBE_STRUCT(RedriveDeadLetter, (), (id, patch, reason, dry_run))

struct SkipDeadLetter {
    std::string id;
    std::optional<std::string> reason;
    std::optional<bool> dry_run;
};
BOOST_DESCRIBE_STRUCT(SkipDeadLetter, (), (id, reason, dry_run))

DeadLetterView shown(DeadLetter letter, const RunningService& service) {
    return {key_of(letter), service.manifest.name, std::move(letter)};
}

Task<Reply<Page<DeadLetterView>>> list(RunningService& service, ListDeadLetters wanted, Query& query) {
    const PageRequest paging{wanted.page_size, wanted.page_token};
    auto place = query.place_of(paging);
    if (!place) co_return place.error();
    DeadLetterFilter filter{.consumer = std::move(wanted.consumer),
                            .topic = std::move(wanted.topic),
                            .type = std::move(wanted.type),
                            .key = std::move(wanted.key),
                            .error_code = wanted.error_code,
                            .from_position = wanted.from_position,
                            .to_position = wanted.to_position,
                            .parked_since = wanted.parked_since,
                            .parked_until = wanted.parked_until};
    DeadLetters letters(*service.store);
    auto found = co_await letters.list(std::move(filter), paging.size(), std::move(*place));
    if (!found) co_return found.error();
    Page<DeadLetterView> page{.items = {}, .next_page_token = query.token_for(found->next)};
    for (DeadLetter& letter : found->items) page.items.push_back(shown(std::move(letter), service));
    co_return page;
}

Task<Reply<DeadLetterView>> show(RunningService& service, GetDeadLetter wanted) {
    DeadLetters letters(*service.store);
    auto letter = co_await letters.show(std::move(wanted.id));
    if (!letter) co_return letter.error();
    co_return shown(std::move(*letter), service);
}

DeadLetterOutcome outcome_of(DeadLetter letter, const RunningService& service) {
    return {.id = key_of(letter), .service = service.manifest.name, .letter = std::move(letter), .dry_run = {}};
}

/// Asks the consumer that owns the key to act, and wakes it.
Reply<DeadLetterOutcome> asked(RunningService& service, Result<DeadLetter> letter) {
    if (!letter) return letter.error();
    poke(service, letter->consumer);
    return outcome_of(std::move(*letter), service);
}

Task<Reply<DeadLetterOutcome>> dry_run(RunningService& service, DeadLetter letter, DeadLetterState wanted,
                                       std::optional<EditedData> data) {
    DeadLetter request = letter;
    if (const auto asked = ask_for(request, wanted, ""); !asked) co_return asked.error();
    if (data) request.edit = data->edit();
    const auto runner = consumer_of(service, letter);
    if (!runner) co_return runner.error();
    auto report = co_await (*runner)->dry_run(std::move(request), dry_run_letters);
    if (!report) co_return report.error();
    DeadLetterOutcome outcome = outcome_of(std::move(letter), service);
    outcome.dry_run = std::move(*report);
    co_return Reply(std::move(outcome)).status(200);
}

/// The data of the letter's event after a patch.
Task<std::expected<EditedData, HttpProblem>> edited(RunningService& service, DeadLetter letter, RawJson patch) {
    const auto runner = consumer_of(service, letter);
    if (!runner) co_return std::unexpected(problem_of(runner.error()));
    const EventDescription* type = (*runner)->consumer().description(letter.type);
    if (type == nullptr)
        co_return std::unexpected(problem_of(
            Error{ErrorCode::rejected, letter.consumer + " does not handle " + letter.type + " any more: skip it"}));
    const auto event = co_await (*runner)->event_of(letter);
    if (!event) co_return std::unexpected(problem_of(event.error()));
    auto checked = EditedData::of(*type, *event->begin(), patch);
    if (checked) co_return std::move(*checked);
    if (const auto* error = std::get_if<Error>(&checked.error())) co_return std::unexpected(problem_of(*error));
    HttpProblem wrong = problem("invalid-content", "the patched data is not that of a " + letter.type);
    wrong.errors = std::move(std::get<Problems>(checked.error()));
    for (Problem& each : wrong.errors) each.pointer.insert(0, "/patch");
    co_return std::unexpected(std::move(wrong));
}

Task<Reply<DeadLetterOutcome>> redrive(RunningService& service, RedriveDeadLetter command, Call& call) {
    DeadLetters letters(*service.store);
    const bool only_tried = command.dry_run.value_or(false);
    if (!command.patch && !only_tried)
        co_return asked(service,
                        co_await letters.redrive(std::move(command.id), note_of(call.principal.id, command.reason)));
    auto letter = co_await letters.show(command.id);
    if (!letter) co_return letter.error();
    std::optional<EditedData> data;
    if (command.patch) {
        auto checked = co_await edited(service, *letter, std::move(*command.patch));
        if (!checked) co_return std::move(checked.error());
        data = std::move(*checked);
    }
    if (only_tried)
        co_return co_await dry_run(service, std::move(*letter), DeadLetterState::redriving, std::move(data));
    Session session(*service.store, call.session.cause(), {.make_id = ids_of_command(call.ids), .now = call.now});
    co_return asked(service, co_await letters.redrive_edited(std::move(session), std::move(command.id),
                                                             std::move(*data), command.reason.value_or("")));
}

Task<Reply<DeadLetterOutcome>> skip(RunningService& service, SkipDeadLetter command, Call& call) {
    DeadLetters letters(*service.store);
    if (!command.dry_run.value_or(false))
        co_return asked(service,
                        co_await letters.skip(std::move(command.id), note_of(call.principal.id, command.reason)));
    auto letter = co_await letters.show(std::move(command.id));
    if (!letter) co_return letter.error();
    co_return co_await dry_run(service, std::move(*letter), DeadLetterState::skipping, std::nullopt);
}

}  // namespace

void add_dead_letter_routes(Routes& routes, RunningService& service) {
    routes.add(get, admin_path(service, "/dead-letters"),
               {.summary = "Dead letters, by consumer and position", .scope = "operator:read", .tag = "dead letters"},
               [&service](ListDeadLetters wanted, Query& query) { return list(service, std::move(wanted), query); });
    routes.add(get, admin_path(service, "/dead-letters/{id}"),
               {.summary = "One dead letter", .scope = "operator:read", .tag = "dead letters"},
               [&service](GetDeadLetter wanted, Query&) { return show(service, std::move(wanted)); });
    RouteOptions act{
        .summary = "Handle it again, as it is or after a JSON merge patch of its data, with the queue behind it",
        .scope = "operator:write",
        .idempotent = true,
        .success = 202,
        .also = {200},
        .problems = {"rejected"},
        .tag = "dead letters"};
    routes.add(
        post, admin_path(service, "/dead-letters/{id}:redrive"), act,
        [&service](RedriveDeadLetter command, Call& call) { return redrive(service, std::move(command), call); });
    act.summary = "Pass it over, and handle the queue behind it";
    routes.add(post, admin_path(service, "/dead-letters/{id}:skip"), act,
               [&service](SkipDeadLetter command, Call& call) { return skip(service, std::move(command), call); });
}

}  // namespace tally
