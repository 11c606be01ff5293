#include "tallystick/import/standing.hpp"

#include <map>
#include <string>

#include <fmt/format.h>

namespace tally {
namespace {

/// Of each shard that they are in, the last of these events has to be handled.
constexpr int newest_events = 100;

/// Where the logs end, by service.
using Heads = std::map<std::string, std::int64_t>;

Task<Result<Heads>> heads_of(Api& api) {
    const auto page = co_await api.get_json("orders", "/api/v1/services");
    if (!page) co_return std::unexpected(page.error());
    Heads heads;
    for (const auto& service : items_of(*page)) heads[text_at(service, "name")] = number_at(service, "head");
    co_return heads;
}

Task<Result<void>> add_projections(Api& api, const std::string& service, Standing& sum) {
    const auto page = co_await api.get_json(service, fmt::format("/api/v1/services/{}/projections", service));
    if (!page) co_return std::unexpected(page.error());
    for (const auto& projection : items_of(*page)) {
        sum.done += number_at(projection, "position");
        sum.at_rest = sum.at_rest && number_at(projection, "position") >= number_at(projection, "head");
    }
    co_return Result<void>{};
}

Task<Result<void>> add_consumers(Api& api, const std::string& service, Standing& sum) {
    const auto page = co_await api.get_json(service, fmt::format("/api/v1/services/{}/consumers", service));
    if (!page) co_return std::unexpected(page.error());
    for (const auto& consumer : items_of(*page)) {
        const std::string topic = text_at(consumer, "topic");
        const std::string publisher = topic.substr(0, topic.find('.'));
        const auto newest = co_await api.get_json(
            publisher, fmt::format("/api/v1/services/{}/events?backward=true&page_size={}", publisher, newest_events));
        if (!newest) co_return std::unexpected(newest.error());
        const boost::json::object& progress = consumer.at("progress").as_object();
        for (const auto& shard : progress) sum.done += shard.value().to_number<std::int64_t>();
        for (const auto& event : items_of(*newest)) {
            if (!event.as_object().contains("shard")) continue;  // nobody else's concern
            const std::string shard = std::to_string(number_at(event, "shard"));
            sum.at_rest = sum.at_rest && progress.contains(shard) &&
                          progress.at(shard).to_number<std::int64_t>() >= number_at(event, "position");
        }
    }
    co_return Result<void>{};
}

}  // namespace

Task<Result<Standing>> standing(Api& api) {
    const auto before = co_await heads_of(api);
    if (!before) co_return std::unexpected(before.error());
    Standing sum{.at_rest = true, .done = 0};
    for (const auto& [service, head] : *before) {
        sum.done += head;
        if (auto added = co_await add_consumers(api, service, sum); !added) co_return std::unexpected(added.error());
        if (auto added = co_await add_projections(api, service, sum); !added) co_return std::unexpected(added.error());
    }
    const auto after = co_await heads_of(api);
    if (!after) co_return std::unexpected(after.error());
    sum.at_rest = sum.at_rest && *before == *after;
    co_return sum;
}

}  // namespace tally
