// Sagas: list, show with their history; retry, skip and resolve what waits for an operator.
#include "tally/flow/saga_list.hpp"
#include "tally/host/admin.hpp"
#include "tally/host/event_views.hpp"
#include "tally/host/saga_views.hpp"

namespace tally {
namespace {

struct ListSagas {
    std::optional<std::string> saga;
    std::optional<SagaStatus> status;
    std::optional<std::int64_t> page_size;
    std::optional<std::string> page_token;
};
BOOST_DESCRIBE_STRUCT(ListSagas, (), (saga, status, page_size, page_token))

struct NamedSaga {
    std::string saga;
    std::string instance;
};
BOOST_DESCRIBE_STRUCT(NamedSaga, (), (saga, instance))

struct SettleSaga {
    std::string saga;
    std::string instance;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(SettleSaga, (), (saga, instance, reason))

struct SagaItem {
    std::string id;
    std::string service;
    SagaListEntry instance;
};
BOOST_DESCRIBE_STRUCT(SagaItem, (), (id, service, instance))

struct SagaHistory {
    std::string id;
    std::string service;
    SagaView state;
    std::optional<Timestamp> deadline;  ///< of what is waited for
    std::string stream;                 ///< that has all of the history
    std::vector<EventView> history;     ///< the newest 1,000, in their order
};
BOOST_DESCRIBE_STRUCT(SagaHistory, (), (id, service, state, deadline, stream, history))

struct SagaOutcome {
    std::string id;
    std::string service;
    SagaView state;
};
BOOST_DESCRIBE_STRUCT(SagaOutcome, (), (id, service, state))

constexpr Version newest = 1'000;

std::string id_of(const NamedSaga& named) { return named.saga + "/" + named.instance; }

/// The index that answers a list best, and the stretch of it that is asked for.
DocumentQuery query_for(const ListSagas& wanted) {
    IndexKey prefix;
    DocumentQuery query{.index = "state"};
    if (wanted.saga) {
        query.index = "saga";
        prefix.text(*wanted.saga);
    } else if (wanted.status) {
        query.index = "status";
        prefix.number(static_cast<int>(*wanted.status));
    }
    query.lower = prefix.bytes();
    query.upper = prefix.upper_bound();
    return query;
}

Task<Reply<Page<SagaItem>>> list(RunningService& service, ListSagas wanted, Query& query) {
    if (service.sagas.names().empty()) co_return Page<SagaItem>{};
    auto found = co_await query.find<SagaListEntry>(query_for(wanted), {wanted.page_size, wanted.page_token});
    if (!found) co_return found.error();
    Page<SagaItem> page{.items = {}, .next_page_token = std::move(found->next_page_token)};
    for (SagaListEntry& entry : found->items)
        if (!wanted.status || entry.status == *wanted.status)
            page.items.push_back({id_of({entry.saga, entry.instance}), service.manifest.name, std::move(entry)});
    co_return page;
}

Task<Reply<SagaHistory>> show(RunningService& service, NamedSaga wanted, Query& query) {
    const SagaId id(wanted.saga, wanted.instance);
    auto loaded = co_await query.load<SagaRun>(id);
    if (!loaded) co_return loaded.error();
    if (loaded->version == 0) co_return problem("not-found", "there is no saga " + id_of(wanted));
    SagaHistory shown{.id = id_of(wanted),
                      .service = service.manifest.name,
                      .state = view(loaded->state, loaded->version),
                      .deadline = {},
                      .stream = stream_of<SagaRun>(id),
                      .history = {}};
    const auto timer = co_await query.get<Timer>(timer_id(saga_timer_type(wanted.saga), wanted.instance));
    if (!timer) co_return timer.error();
    if (*timer) shown.deadline = (*timer)->due;
    StreamRead read{.stream = shown.stream, .until = loaded->version, .limit = newest};
    if (loaded->version > newest) read.from = loaded->version - newest + 1;
    const auto batch = co_await query.sources.store.read(std::move(read));
    if (!batch) co_return batch.error();
    for (const RecordedEvent& event : *batch) shown.history.push_back(view(event, service.manifest.name));
    co_return shown;
}

using Act = Task<Handled> (*)(SagaTurn& turn, std::string reason);

Task<Handled> retry(SagaTurn& turn, std::string) { return turn.retry(); }
Task<Handled> skip(SagaTurn& turn, std::string reason) { return turn.skip(std::move(reason)); }
Task<Handled> resolve(SagaTurn& turn, std::string reason) { return turn.resolve(std::move(reason)); }

/// A turn in the command's session: the operator is its actor, the correlation is the instance's own.
Task<Reply<SagaOutcome>> act(RunningService& service, NamedSaga named, Act how, std::string reason, Call& call) {
    const SagaId id(named.saga, named.instance);
    auto turn = co_await service.sagas.turn(named.saga, named.instance, call.session);
    if (!turn) co_return turn.error();
    const auto origin = co_await call.session.origin<SagaRun>(id);
    if (!origin) co_return origin.error();
    Cause cause = call.session.cause();
    if (*origin) cause.correlation = (*origin)->correlation;
    call.session.begin(std::move(cause));
    if (const Handled done = co_await how(*turn, std::move(reason)); !done) co_return done.error();
    const auto after = co_await call.session.load<SagaRun>(id);
    if (!after) co_return after.error();
    co_return SagaOutcome{id_of(named), service.manifest.name, view(after->state, after->version)};
}

Task<Reply<SagaOutcome>> settle(RunningService& service, SettleSaga command, Act how, Call& call) {
    if (command.reason.empty()) co_return problem("invalid-request", "a reason is kept with it: say one");
    NamedSaga named{std::move(command.saga), std::move(command.instance)};
    co_return co_await act(service, std::move(named), how, std::move(command.reason), call);
}

Task<Reply<SagaStatusView>> status_of(const RunningService& service) {
    co_return SagaStatusView{.service = service.manifest.name,
                             .sagas = service.sagas.names(),
                             .unknown = service.saga_watch.unknown,
                             .missing = service.saga_watch.missing};
}

}  // namespace

void add_saga_routes(Routes& routes, RunningService& service) {
    const std::string one = admin_path(service, "/sagas/{saga}/{instance}");
    routes.add(get, admin_path(service, "/sagas"),
               {.summary = "Sagas: those that wait for an operator first, then those that stand still longest",
                .scope = "operator:read",
                .tag = "sagas"},
               [&service](ListSagas wanted, Query& query) { return list(service, std::move(wanted), query); });
    routes.add(get, one, {.summary = "One saga, and its history", .scope = "operator:read", .tag = "sagas"},
               [&service](NamedSaga wanted, Query& query) { return show(service, std::move(wanted), query); });
    routes.add(
        get, admin_path(service, "/saga-status"),
        {.summary = "Whether all versions that sagas run under are here", .scope = "operator:read", .tag = "sagas"},
        [&service](Nothing, Query&) { return status_of(service); });
    RouteOptions acts{.summary = "Ask again for the step in hand, or for its undo",
                      .scope = "operator:write",
                      .idempotent = true,
                      .problems = {"rejected"},
                      .tag = "sagas"};
    routes.add(post, one + ":retry", acts,
               [&service](NamedSaga named, Call& call) { return act(service, std::move(named), &retry, "", call); });
    acts.summary = "Count the step in hand as done, or as undone, and go on";
    routes.add(post, one + ":skip", acts,
               [&service](SettleSaga command, Call& call) { return settle(service, std::move(command), &skip, call); });
    acts.summary = "End it by hand: nothing more is done for it";
    routes.add(post, one + ":resolve", acts, [&service](SettleSaga command, Call& call) {
        return settle(service, std::move(command), &resolve, call);
    });
}

}  // namespace tally
