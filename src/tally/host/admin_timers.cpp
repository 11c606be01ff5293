// Timers: list, show, cancel, move, fire; and go on after the wall clock has jumped.
#include "tally/flow/timer_desk.hpp"
#include "tally/host/admin.hpp"
#include "tally/host/status_views.hpp"

namespace tally {
namespace {

struct ListTimers {
    std::optional<std::string> type;
    std::optional<std::int64_t> page_size;
    std::optional<std::string> page_token;
};
BOOST_DESCRIBE_STRUCT(ListTimers, (), (type, page_size, page_token))

struct NamedTimer {
    std::string id;
};
BOOST_DESCRIBE_STRUCT(NamedTimer, (), (id))

struct MoveTimer {
    std::string id;
    Timestamp due{};
};
BOOST_DESCRIBE_STRUCT(MoveTimer, (), (id, due))

struct TimerView {
    std::string id;
    std::string service;
    Timer timer;
};
BOOST_DESCRIBE_STRUCT(TimerView, (), (id, service, timer))

struct CancelledTimer {
    std::string id;
    std::string service;
};
BOOST_DESCRIBE_STRUCT(CancelledTimer, (), (id, service))

TimerView shown(Timer timer, const std::string& service) { return {key_of(timer), service, std::move(timer)}; }

Task<Reply<Page<TimerView>>> list(RunningService& service, ListTimers wanted, Query& query) {
    const PageRequest paging{wanted.page_size, wanted.page_token};
    auto place = query.place_of(paging);
    if (!place) co_return place.error();
    TimerDesk desk(*service.store);
    auto found = co_await desk.list({std::move(wanted.type), paging.size(), std::move(*place)});
    if (!found) co_return found.error();
    Page<TimerView> page{.items = {}, .next_page_token = query.token_for(found->next)};
    for (Timer& timer : found->items) page.items.push_back(shown(std::move(timer), service.manifest.name));
    co_return page;
}

Task<Reply<TimerView>> show(RunningService& service, NamedTimer wanted) {
    TimerDesk desk(*service.store);
    auto timer = co_await desk.show(std::move(wanted.id));
    if (!timer) co_return timer.error();
    co_return shown(std::move(*timer), service.manifest.name);
}

Task<Reply<CancelledTimer>> cancel(RunningService& service, NamedTimer wanted) {
    TimerDesk desk(*service.store);
    auto done = co_await desk.cancel(wanted.id);
    if (!done) co_return done.error();
    service.timers->poke();
    co_return CancelledTimer{std::move(wanted.id), service.manifest.name};
}

Task<Reply<TimerView>> move(RunningService& service, MoveTimer command) {
    TimerDesk desk(*service.store);
    auto timer = co_await desk.move(std::move(command.id), command.due);
    if (!timer) co_return timer.error();
    service.timers->poke();
    co_return shown(std::move(*timer), service.manifest.name);
}

Task<Reply<TimerStatusView>> status_of(RunningService& service) {
    co_return view(service.timers->status(), service.manifest.name);
}

Task<Reply<TimerStatusView>> resume(RunningService& service) {
    service.timers->resume();
    return status_of(service);
}

}  // namespace

void add_timer_routes(Routes& routes, RunningService& service) {
    routes.add(get, admin_path(service, "/timers"),
               {.summary = "Timers, the soonest first", .scope = "operator:read", .tag = "timers"},
               [&service](ListTimers wanted, Query& query) { return list(service, std::move(wanted), query); });
    routes.add(get, admin_path(service, "/timers/{id}"),
               {.summary = "One timer", .scope = "operator:read", .tag = "timers"},
               [&service](NamedTimer wanted, Query&) { return show(service, std::move(wanted)); });
    routes.add(
        get, admin_path(service, "/timer-status"),
        {.summary = "Whether timers fire, and which need an operator", .scope = "operator:read", .tag = "timers"},
        [&service](Nothing, Query&) { return status_of(service); });
    RouteOptions act{.summary = "Remove it unfired", .scope = "operator:write", .idempotent = true, .tag = "timers"};
    routes.add(post, admin_path(service, "/timers/{id}:cancel"), act,
               [&service](NamedTimer wanted, Call&) { return cancel(service, std::move(wanted)); });
    act.summary = "Let it fire at another time";
    routes.add(post, admin_path(service, "/timers/{id}:move"), act,
               [&service](MoveTimer command, Call&) { return move(service, std::move(command)); });
    act.summary = "Let it fire now";
    act.success = 202;
    routes.add(post, admin_path(service, "/timers/{id}:fire"), act,
               [&service](NamedTimer wanted, Call& call) { return move(service, {std::move(wanted.id), call.now}); });
    routes.add(post, admin_path(service, "/timers:resume"),
               {.summary = "The wall clock is right: fire again at once", .scope = "operator:write", .tag = "timers"},
               [&service](Nothing, Call&) { return resume(service); });
}

}  // namespace tally
