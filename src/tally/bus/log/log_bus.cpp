#include "tally/bus/log/log_bus.hpp"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

namespace tally {
namespace {

bool is_published(const RecordedEvent& event) { return event.shard != RecordedEvent::no_shard; }

/// Without the events that stay in their service.
EventBatch published(EventBatch batch) {
    if (std::ranges::all_of(batch, is_published)) return batch;
    EventBatch kept;
    kept.scanned_to = batch.scanned_to;
    kept.head = batch.head;
    for (const RecordedEvent& event : batch)
        if (is_published(event)) kept.add(event);
    return kept;
}

class LogSubscription final : public Subscription {
public:
    LogSubscription(Store& publisher, SubscribeTo to) : publisher_(publisher), to_(std::move(to)) {}

    Task<Result<Next>> next(std::size_t limit) override {
        if (!assigned_) {
            assigned_ = true;
            const auto all = std::views::iota(0, publisher_.shards());
            co_return Next(Assigned{.shards = {all.begin(), all.end()}});
        }
        if (!started_) {
            if (auto found = co_await ask_starts(); !found) co_return std::unexpected(std::move(found.error()));
            started_ = true;
        }
        for (;;) {
            auto batch = co_await publisher_.read(LogRead{.after = cursor_, .limit = limit});
            if (!batch) co_return std::unexpected(std::move(batch.error()));
            if (latest_start_ > batch->head)
                co_return fail(ErrorCode::restored,
                               fmt::format("{} ends at position {}, and {} has seen position {}: the publisher's log "
                                           "was restored or made anew; restore {} as well, or reset its progress",
                                           to_.topic, batch->head, to_.group, latest_start_, to_.group));
            if (batch->scanned_to > cursor_) {
                cursor_ = batch->scanned_to;
                EventBatch seen = published(std::move(*batch));
                if (seen.empty()) continue;
                co_return Next(Delivered{std::move(seen), publisher_.incarnation()});
            }
            auto head = co_await publisher_.head_beyond(cursor_);
            if (!head) co_return std::unexpected(std::move(head.error()));
        }
    }

    Task<Result<void>> done(const Delivered&) override { co_return Result<void>{}; }

private:
    /// One cursor serves all shards, so it begins where the first of them is to; the others drop what they know.
    Task<Result<void>> ask_starts() {
        std::vector<Position> starts;
        for (int shard = 0; shard < publisher_.shards(); ++shard) {
            auto start = co_await to_.start(shard);
            if (!start) co_return std::unexpected(std::move(start.error()));
            starts.push_back(*start);
        }
        const auto [first, last] = std::ranges::minmax(starts);
        cursor_ = first;
        latest_start_ = last;
        co_return Result<void>{};
    }

    Store& publisher_;
    SubscribeTo to_;
    bool assigned_ = false;
    bool started_ = false;
    Position cursor_ = 0;
    Position latest_start_ = 0;
};

class LogBus final : public Bus {
public:
    explicit LogBus(std::map<std::string, Store*> publishers) : publishers_(std::move(publishers)) {}

    Task<Result<std::unique_ptr<Subscription>>> subscribe(SubscribeTo to) override {
        Store* publisher = find(to.topic);
        if (publisher == nullptr) co_return no_topic(to.topic);
        co_return std::make_unique<LogSubscription>(*publisher, std::move(to));
    }

    Task<Result<EventBatch>> fetch(std::string topic, Position position) override {
        Store* publisher = find(topic);
        if (publisher == nullptr) co_return no_topic(topic);
        if (position == 0) co_return no_event(topic, position);
        auto batch = co_await publisher->read(LogRead{.after = position - 1, .limit = 1});
        if (!batch) co_return std::unexpected(std::move(batch.error()));
        if (batch->empty() || batch->begin()->position != position || !is_published(*batch->begin()))
            co_return no_event(topic, position);
        co_return std::move(*batch);
    }

    Position head(const std::string& topic) const override {
        const Store* publisher = find(topic);
        return publisher == nullptr ? 0 : publisher->statistics().head;
    }

private:
    Store* find(const std::string& topic) const {
        const auto found = publishers_.find(topic);
        return found == publishers_.end() ? nullptr : found->second;
    }
    static std::unexpected<Error> no_topic(const std::string& topic) {
        return fail(ErrorCode::not_found, "no topic " + topic);
    }
    static std::unexpected<Error> no_event(const std::string& topic, Position position) {
        return fail(ErrorCode::not_found, fmt::format("{} has no published event at position {}", topic, position));
    }

    std::map<std::string, Store*> publishers_;
};

}  // namespace

std::unique_ptr<Bus> create_log_bus(std::map<std::string, Store*> publishers) {
    return std::make_unique<LogBus>(std::move(publishers));
}

}  // namespace tally
