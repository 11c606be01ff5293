// Events by id, by stream and along the log.
#include "tally/host/admin.hpp"
#include "tally/host/event_views.hpp"

namespace tally {
namespace {

struct ListEvents {
    std::optional<std::string> correlation_id;
    std::optional<std::int64_t> after;  ///< position
    std::optional<bool> backward;       ///< latest first
    std::optional<std::int64_t> page_size;
    std::optional<std::string> page_token;
};
BOOST_DESCRIBE_STRUCT(ListEvents, (), (correlation_id, after, backward, page_size, page_token))

struct GetEvent {
    Uuid event;
};
BOOST_DESCRIBE_STRUCT(GetEvent, (), (event))

struct GetStream {
    std::string stream;
    std::optional<std::int64_t> from;  ///< version
    std::optional<std::int64_t> page_size;
    std::optional<std::string> page_token;
};
BOOST_DESCRIBE_STRUCT(GetStream, (), (stream, from, page_size, page_token))

struct EventPage {
    std::vector<EventView> items;
    std::optional<std::string> next_page_token;
    bool complete = true;
    std::int64_t head = 0;  ///< last position of the log when it was read
};
BOOST_DESCRIBE_STRUCT(EventPage, (), (items, next_page_token, complete, head))

EventPage page_of(const EventBatch& batch, const std::string& service, std::size_t size, const Query& query,
                  std::uint64_t RecordedEvent::* place) {
    EventPage page{.items = {}, .next_page_token = {}, .head = static_cast<std::int64_t>(batch.head)};
    for (const RecordedEvent& event : batch) page.items.push_back(view(event, service));
    if (batch.size() == size) page.next_page_token = query.token_for(std::to_string(batch.events().back().*place));
    return page;
}

Task<Reply<EventPage>> list(const RunningService& service, ListEvents wanted, Query& query) {
    const PageRequest paging{wanted.page_size, wanted.page_token};
    const auto after = start_of(query, paging, wanted.after);
    if (!after) co_return after.error();
    LogRead read{.after = *after, .limit = paging.size(), .backward = wanted.backward.value_or(false)};
    read.correlation = std::move(wanted.correlation_id);
    auto batch = co_await query.sources.store.read(std::move(read));
    if (!batch) co_return batch.error();
    co_return page_of(*batch, service.manifest.name, paging.size(), query, &RecordedEvent::position);
}

Task<Reply<EventView>> show(const RunningService& service, GetEvent wanted, Query& query) {
    auto batch = co_await query.sources.store.read(LogRead{.limit = 1, .id = wanted.event});
    if (!batch) co_return batch.error();
    if (batch->empty()) co_return problem("not-found", "there is no such event in this log");
    co_return Reply(view(batch->events().front(), service.manifest.name))
        .header("Cache-Control", "private, max-age=31536000, immutable");
}

Task<Reply<EventPage>> list_stream(const RunningService& service, GetStream wanted, Query& query) {
    const PageRequest paging{wanted.page_size, wanted.page_token};
    if (wanted.from && *wanted.from < 1) co_return problem("invalid-request", "versions count from 1");
    const auto last = start_of(query, paging, wanted.from.value_or(1) - 1);
    if (!last) co_return last.error();
    auto batch = co_await query.sources.store.read(
        StreamRead{.stream = wanted.stream, .from = *last + 1, .limit = paging.size()});
    if (!batch) co_return batch.error();
    if (batch->empty() && *last == 0) co_return problem("not-found", "there is no stream " + wanted.stream);
    co_return page_of(*batch, service.manifest.name, paging.size(), query, &RecordedEvent::version);
}

}  // namespace

void add_event_routes(Routes& routes, RunningService& service) {
    routes.add(get, admin_path(service, "/events"),
               {.summary = "Events along the log", .scope = "operator:read", .tag = "events"},
               [&service](ListEvents wanted, Query& query) { return list(service, std::move(wanted), query); });
    routes.add(get, admin_path(service, "/events/{event}"),
               {.summary = "One event", .scope = "operator:read", .tag = "events"},
               [&service](GetEvent wanted, Query& query) { return show(service, wanted, query); });
    routes.add(get, admin_path(service, "/streams/{stream}"),
               {.summary = "Events of one stream", .scope = "operator:read", .tag = "events"},
               [&service](GetStream wanted, Query& query) { return list_stream(service, std::move(wanted), query); });
}

}  // namespace tally
