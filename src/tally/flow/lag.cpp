#include "tally/flow/lag.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "tally/flow/dead_letters.hpp"

namespace tally {
namespace {

constexpr std::size_t documents_page = 1'000;

double milliseconds(Duration duration) { return std::chrono::duration<double, std::milli>(duration).count(); }

/// The documents of a collection whose keys are `<prefix><position, 20 digits>…` with positions in (after, upto].
template <DocumentStruct D>
Task<Result<std::vector<D>>> read_by_position(Store& store, std::string prefix, Position after, Position upto) {
    DocumentQuery query{.collection = std::string(collection_of<D>),
                        .lower = fmt::format("{}{:020}", prefix, after + 1),
                        .upper = fmt::format("{}{:020}", prefix, upto + 1),
                        .limit = documents_page};
    std::vector<D> all;
    do {
        auto page = co_await store.find(query);
        if (!page) co_return std::unexpected(std::move(page.error()));
        for (const Document& document : page->documents) {
            auto decoded = decode_document<D>(document.key, document.body);
            if (!decoded) co_return std::unexpected(std::move(decoded.error()));
            all.push_back(std::move(*decoded));
        }
        query.after = std::move(page->next);
    } while (!query.after.empty());
    co_return all;
}

/// What a consumer's store says of a stretch of the publisher's log.
struct Known {
    std::vector<ProcessedRange> ranges;
    std::set<Position> failed;
};

Task<Result<Known>> read_known(Store& store, std::string consumer, std::string topic, Position after, Position upto) {
    const std::string prefix = consumer + "/" + topic + "/";
    auto ranges = co_await read_by_position<ProcessedRange>(store, prefix, after, upto + longest_range);
    if (!ranges) co_return std::unexpected(std::move(ranges.error()));
    auto letters = co_await read_by_position<DeadLetter>(store, prefix, after, upto);
    if (!letters) co_return std::unexpected(std::move(letters.error()));
    Known known{.ranges = std::move(*ranges), .failed = {}};
    for (const DeadLetter& letter : *letters) known.failed.insert(letter.position);
    co_return known;
}

/// By which an event was processed; see ProcessedRange.
const ProcessedRange* range_of(const RecordedEvent& event, const std::vector<ProcessedRange>& ranges) {
    const ProcessedRange* first = nullptr;
    const auto begin = std::ranges::lower_bound(ranges, event.position, {}, &ProcessedRange::to);
    for (auto range = begin; range != ranges.end() && range->to < event.position + longest_range; ++range) {
        if (range->from >= event.position) continue;
        if (range->redriven) return &*range;
        const bool speaks =
            range->shards.empty() || std::ranges::find(range->shards, event.shard) != range->shards.end();
        if (speaks && (first == nullptr || range->processed_at < first->processed_at)) first = &*range;
    }
    return first;
}

EventLag lag_of(const RecordedEvent& event, const std::string& consumer, const Known& known) {
    EventLag lag;
    lag.event_name = event.type;
    lag.event_id = event.id;
    lag.position = event.position;
    lag.consumer = consumer;
    lag.event_created_at = event.recorded_at;
    lag.event_published_at = event.recorded_at;
    lag.outbox_dispatch_duration_ms = 0;
    lag.outbox_dispatch_lag_ms = 0;
    lag.status = LagStatus::PUBLISHED;
    if (known.failed.contains(event.position)) {
        lag.status = LagStatus::FAILED;
        return lag;
    }
    const ProcessedRange* range = range_of(event, known.ranges);
    if (range == nullptr) return lag;
    lag.status = LagStatus::PROCESSED;
    lag.projection_processed_at = range->processed_at;
    lag.projection_processing_duration_ms = milliseconds(Duration(range->duration_us));
    lag.projection_lag_ms = milliseconds(range->processed_at - *lag.event_published_at);
    lag.total_lag_ms = milliseconds(range->processed_at - lag.event_created_at);
    return lag;
}

/// The smallest value that `share` of them do not exceed; `sorted` is not empty.
double nearest_rank(const std::vector<double>& sorted, double share) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return sorted[std::max<std::size_t>(rank, 1) - 1];
}

LagStatistics statistics_of(const std::string& name, std::vector<double> lags) {
    std::ranges::sort(lags);
    double sum = 0;
    for (const double lag : lags) sum += lag;
    return {.event_name = name,
            .count = lags.size(),
            .avg_ms = sum / static_cast<double>(lags.size()),
            .p50_ms = nearest_rank(lags, 0.50),
            .p95_ms = nearest_rank(lags, 0.95),
            .p99_ms = nearest_rank(lags, 0.99),
            .max_ms = lags.back()};
}

}  // namespace

std::string key_of(const ProcessedRange& range) {
    return fmt::format("{}/{}/{:020}{}", range.consumer, range.topic, range.to, range.redriven ? "/redriven" : "");
}

Task<Result<std::vector<EventLag>>> LagView::list(std::string consumer, std::string topic, Position after,
                                                  std::size_t limit) {
    auto events = co_await publisher_.read(LogRead{.after = after, .limit = limit});
    if (!events) co_return std::unexpected(std::move(events.error()));
    if (events->empty()) co_return std::vector<EventLag>{};
    const Position upto = (events->end() - 1)->position;
    auto known = co_await read_known(consuming_, consumer, std::move(topic), after, upto);
    if (!known) co_return std::unexpected(std::move(known.error()));
    std::vector<EventLag> rows;
    for (const RecordedEvent& event : *events)
        if (event.shard != RecordedEvent::no_shard) rows.push_back(lag_of(event, consumer, *known));
    co_return rows;
}

Task<Result<std::vector<EventLag>>> LagView::last(std::string consumer, std::string topic, std::size_t count) {
    auto newest = co_await publisher_.read(LogRead{.limit = 1, .backward = true});
    if (!newest) co_return std::unexpected(std::move(newest.error()));
    const Position head = newest->empty() ? 0 : newest->begin()->position;
    co_return co_await list(std::move(consumer), std::move(topic), head > count ? head - count : 0, count);
}

Task<Result<std::vector<LagStatistics>>> LagView::statistics(std::string consumer, std::string topic,
                                                             std::size_t count) {
    auto rows = co_await last(std::move(consumer), std::move(topic), count);
    if (!rows) co_return std::unexpected(std::move(rows.error()));
    std::map<std::string, std::vector<double>> by_name;
    for (const EventLag& row : *rows)
        if (row.total_lag_ms) by_name[row.event_name].push_back(*row.total_lag_ms);
    std::vector<LagStatistics> statistics;
    statistics.reserve(by_name.size());
    for (auto& [name, lags] : by_name) statistics.push_back(statistics_of(name, std::move(lags)));
    co_return statistics;
}

Task<Result<std::vector<EventLag>>> LagView::slowest(std::string consumer, std::string topic, std::size_t count,
                                                     std::size_t top) {
    auto rows = co_await last(std::move(consumer), std::move(topic), count);
    if (!rows) co_return std::unexpected(std::move(rows.error()));
    std::erase_if(*rows, [](const EventLag& row) { return !row.total_lag_ms; });
    std::ranges::sort(*rows, std::ranges::greater{},
                      [](const EventLag& row) { return std::pair(*row.total_lag_ms, row.position); });
    if (rows->size() > top) rows->resize(top);
    co_return rows;
}

}  // namespace tally
