#include "services/orders/timeline.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "tally/host/correlated_events.hpp"

namespace tally::orders {
namespace {

/// Empty where the service could not be asked.
Task<std::optional<std::vector<TimelineEntry>>> ask(Transport& transport, std::string service,
                                                    std::string correlation) {
    auto events = co_await events_of_correlation(transport, service, std::move(correlation));
    if (!events) co_return std::nullopt;
    std::vector<TimelineEntry> entries;
    for (EventView& event : *events)
        entries.push_back({.service = service,
                           .event = event.id,
                           .type = std::move(event.type),
                           .causation = event.causation_id,
                           .stream = std::move(event.stream),
                           .position = event.position,
                           .recorded_at = event.recorded_at,
                           .after_ms = 0,
                           .data = std::move(event.data)});
    co_return entries;
}

}  // namespace

void put_in_causal_order(std::vector<TimelineEntry>& entries) {
    std::ranges::sort(entries, {}, [](const TimelineEntry& entry) {
        return std::tuple(entry.recorded_at, entry.service, entry.position);
    });
    // Repeatedly the earliest whose cause is placed; a cause that is not among them counts as placed.
    std::set<Uuid> waiting;
    for (const TimelineEntry& entry : entries) waiting.insert(entry.event);
    std::vector<TimelineEntry> ordered;
    ordered.reserve(entries.size());
    while (!entries.empty()) {
        auto next = std::ranges::find_if(entries, [&](const TimelineEntry& entry) {
            return !entry.causation || !waiting.contains(*entry.causation);
        });
        if (next == entries.end()) next = entries.begin();
        waiting.erase(next->event);
        ordered.push_back(std::move(*next));
        entries.erase(next);
    }
    for (std::size_t i = 1; i < ordered.size(); ++i) {
        const auto gap = ordered[i].recorded_at - ordered[i - 1].recorded_at;
        ordered[i].after_ms = static_cast<double>(gap.count()) / 1000.0;
    }
    entries = std::move(ordered);
}

Task<Reply<Timeline>> Timelines::of(OrderId order, Query& query) const {
    auto first = co_await query.sources.store.read(StreamRead{.stream = stream_of<Order>(order), .limit = 1});
    if (!first) co_return first.error();
    if (first->empty()) co_return problem("not-found", "there is no order " + order.text());

    Timeline timeline{.order = order, .correlation_id = std::string(first->begin()->correlation)};
    for (const std::string& service : transport_->services()) {
        auto entries = co_await ask(*transport_, service, timeline.correlation_id);
        if (!entries) {
            timeline.complete = false;
            timeline.unreachable.push_back(service);
            continue;
        }
        std::ranges::move(*entries, std::back_inserter(timeline.items));
    }
    put_in_causal_order(timeline.items);
    co_return timeline;
}

}  // namespace tally::orders
