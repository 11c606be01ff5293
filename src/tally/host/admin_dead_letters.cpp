// Events that could not be handled: list, show, redrive, skip.
#include "tally/flow/dead_letters.hpp"
#include "tally/host/admin.hpp"
#include "tally/host/event_views.hpp"

namespace tally {
namespace {

struct ListDeadLetters {
    std::optional<std::string> consumer;
    std::optional<std::int64_t> page_size;
    std::optional<std::string> page_token;
};
BOOST_DESCRIBE_STRUCT(ListDeadLetters, (), (consumer, page_size, page_token))

struct GetDeadLetter {
    std::string id;
};
BOOST_DESCRIBE_STRUCT(GetDeadLetter, (), (id))

struct ActOnDeadLetter {
    std::string id;
    std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(ActOnDeadLetter, (), (id, reason))

struct DeadLetterView {
    std::string id;
    std::string service;
    DeadLetter letter;
};
BOOST_DESCRIBE_STRUCT(DeadLetterView, (), (id, service, letter))

DeadLetterView shown(const DeadLetter& letter, const std::string& service) { return {key_of(letter), service, letter}; }

Task<Reply<Page<DeadLetterView>>> list(RunningService& service, ListDeadLetters wanted, Query& query) {
    const PageRequest paging{wanted.page_size, wanted.page_token};
    auto place = query.place_of(paging);
    if (!place) co_return place.error();
    DeadLetters letters(*service.store);
    auto found = co_await letters.list({std::move(wanted.consumer), paging.size(), std::move(*place)});
    if (!found) co_return found.error();
    Page<DeadLetterView> page{.items = {}, .next_page_token = query.token_for(found->next)};
    for (const DeadLetter& letter : found->items) page.items.push_back(shown(letter, service.manifest.name));
    co_return page;
}

Task<Reply<DeadLetterView>> show(RunningService& service, GetDeadLetter wanted) {
    DeadLetters letters(*service.store);
    auto letter = co_await letters.show(std::move(wanted.id));
    if (!letter) co_return letter.error();
    co_return shown(*letter, service.manifest.name);
}

using Act = Task<Result<DeadLetter>> (DeadLetters::*)(std::string, std::string);

/// Asks the consumer that owns the key to act, and wakes it.
Task<Reply<DeadLetterView>> request(RunningService& service, Act act, ActOnDeadLetter command, std::string who) {
    DeadLetters letters(*service.store);
    const std::string note = who + (command.reason ? ": " + *command.reason : "");
    auto letter = co_await (letters.*act)(std::move(command.id), note);
    if (!letter) co_return letter.error();
    for (const auto& consumer : service.consumers)
        if (consumer->consumer().name() == letter->consumer) consumer->poke();
    co_return shown(*letter, service.manifest.name);
}

}  // namespace

void add_dead_letter_routes(Routes& routes, RunningService& service) {
    routes.add(get, admin_path(service, "/dead-letters"),
               {.summary = "Dead letters, by consumer and position", .scope = "operator:read", .tag = "dead letters"},
               [&service](ListDeadLetters wanted, Query& query) { return list(service, std::move(wanted), query); });
    routes.add(get, admin_path(service, "/dead-letters/{id}"),
               {.summary = "One dead letter", .scope = "operator:read", .tag = "dead letters"},
               [&service](GetDeadLetter wanted, Query&) { return show(service, std::move(wanted)); });
    const RouteOptions act{.summary = "Handle it again, with the queue behind it",
                           .scope = "operator:write",
                           .idempotent = true,
                           .success = 202,
                           .problems = {"rejected"},
                           .tag = "dead letters"};
    routes.add(post, admin_path(service, "/dead-letters/{id}:redrive"), act,
               [&service](ActOnDeadLetter command, Call& call) {
                   return request(service, &DeadLetters::redrive, std::move(command), call.principal.id);
               });
    RouteOptions skip = act;
    skip.summary = "Pass it over, and handle the queue behind it";
    routes.add(post, admin_path(service, "/dead-letters/{id}:skip"), skip,
               [&service](ActOnDeadLetter command, Call& call) {
                   return request(service, &DeadLetters::skip, std::move(command), call.principal.id);
               });
}

}  // namespace tally
