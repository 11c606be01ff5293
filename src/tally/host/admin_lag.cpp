// Consumers, and the view event_processing_lag.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tally/flow/lag.hpp"
#include "tally/host/admin.hpp"
#include "tally/host/status_views.hpp"

namespace tally {
namespace {

struct ListLag {
    std::string consumer;
    std::optional<std::string> topic;       ///< needed where it reads several
    std::optional<std::int64_t> after;      ///< position in the publisher's log
    std::optional<std::int64_t> page_size;  ///< in positions, of which a row is a published one
    std::optional<std::string> page_token;
};
BOOST_DESCRIBE_STRUCT(ListLag, (), (consumer, topic, after, page_size, page_token))

struct LagOver {
    std::string consumer;
    std::optional<std::string> topic;
    std::optional<std::int64_t> last;  ///< positions to look back over; default 10,000
};
BOOST_DESCRIBE_STRUCT(LagOver, (), (consumer, topic, last))

constexpr std::int64_t look_back = 10'000;

struct Joined {
    std::string topic;
    Store* publisher = nullptr;
};

/// The one topic that a consumer reads, or that of its topics which is wanted.
std::expected<Joined, HttpProblem> joined(const RunningService& service, const RunningServices& all,
                                          const std::string& name, const std::optional<std::string>& topic) {
    std::vector<std::string> topics;
    for (const Consumer& consumer : service.manifest.consumers)
        if (consumer.name() == name && (!topic || consumer.topic() == *topic)) topics.push_back(consumer.topic());
    if (topics.size() > 1)
        return std::unexpected(
            problem("invalid-request", fmt::format("{} reads {}: say which `topic`", name, fmt::join(topics, ", "))));
    for (const auto& other : all)
        if (!topics.empty() && other->topic() == topics.front()) return Joined{topics.front(), other->store.get()};
    return std::unexpected(
        problem("not-found", "there is no consumer " + name + (topic ? " of the topic " + *topic : "")));
}

Task<Reply<Page<ConsumerView>>> list_consumers(RunningService& service) {
    Page<ConsumerView> page;
    for (const auto& consumer : service.consumers) page.items.push_back(view(*consumer, service.manifest.name));
    co_return page;
}

Task<Reply<Page<EventLag>>> list(RunningService& service, const RunningServices& all, ListLag wanted, Query& query) {
    const auto source = joined(service, all, wanted.consumer, wanted.topic);
    if (!source) co_return source.error();
    const PageRequest paging{wanted.page_size, wanted.page_token};
    const auto after = start_of(query, paging, wanted.after);
    if (!after) co_return after.error();
    LagView lag(*source->publisher, *service.store);
    auto rows = co_await lag.list(wanted.consumer, source->topic, *after, paging.size());
    if (!rows) co_return rows.error();
    Page<EventLag> page{.items = std::move(*rows), .next_page_token = {}};
    const Position last = *after + paging.size();
    if (last < source->publisher->statistics().head) page.next_page_token = query.token_for(std::to_string(last));
    co_return page;
}

Task<Reply<Page<LagStatistics>>> statistics(RunningService& service, const RunningServices& all, LagOver wanted) {
    const auto source = joined(service, all, wanted.consumer, wanted.topic);
    if (!source) co_return source.error();
    const auto last = std::clamp<std::int64_t>(wanted.last.value_or(look_back), 1, 100 * look_back);
    LagView lag(*source->publisher, *service.store);
    auto rows = co_await lag.statistics(wanted.consumer, source->topic, static_cast<std::size_t>(last));
    if (!rows) co_return rows.error();
    co_return Page<LagStatistics>{.items = std::move(*rows), .next_page_token = {}};
}

}  // namespace

void add_lag_routes(Routes& routes, RunningService& service, const RunningServices& all) {
    routes.add(get, admin_path(service, "/consumers"),
               {.summary = "Consumers, with progress and what holds them up", .scope = "operator:read", .tag = "lag"},
               [&service](Nothing, Query&) { return list_consumers(service); });
    routes.add(get, admin_path(service, "/consumers/{consumer}/lag"),
               {.summary = "event_processing_lag: each event, as the consumer has met it",
                .scope = "operator:read",
                .tag = "lag"},
               [&service, &all](ListLag wanted, Query& query) { return list(service, all, std::move(wanted), query); });
    routes.add(get, admin_path(service, "/consumers/{consumer}/lag/statistics"),
               {.summary = "Lag by event name: mean, percentiles, greatest", .scope = "operator:read", .tag = "lag"},
               [&service, &all](LagOver wanted, Query&) { return statistics(service, all, std::move(wanted)); });
}

}  // namespace tally
