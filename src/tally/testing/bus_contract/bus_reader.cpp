#include <algorithm>

#include <gmock/gmock.h>

#include "tally/testing/bus_contract.hpp"

namespace tally::testing {
namespace {

using namespace std::chrono_literals;

/// Long enough for an engine that asks a broker again from time to time.
constexpr Duration patience = 1min;

}  // namespace

BusReader::BusReader(BusContract& test, GroupProgress& progress, std::string group)
    : test_(test), progress_(progress), group_(std::move(group)) {}

Task<void> BusReader::subscribe() {
    SubscribeTo to{.group = group_, .topic = BusContract::topic, .start = {}};
    to.start = [this](int shard) { return start_of(shard); };
    auto subscription = co_await test_.bus().subscribe(std::move(to));
    if (subscription)
        subscription_ = std::move(*subscription);
    else
        ADD_FAILURE() << subscription.error().text;
    EXPECT_TRUE(asked_.empty()) << "a start was asked before its shard was assigned";
}

Task<Result<Position>> BusReader::start_of(int shard) {
    const auto found = shards_.find(shard);
    if (found == shards_.end())
        ADD_FAILURE() << "the start of shard " << shard << " was asked, which is not assigned";
    else
        found->second = progress_.shards[shard];
    asked_.push_back(shard);
    co_return progress_.shards[shard];
}

Task<void> BusReader::step(std::size_t limit) {
    auto next = co_await subscription_->next(limit);
    if (!next) {
        error_ = std::move(next.error());
        co_return;
    }
    if (const auto* added = std::get_if<Assigned>(&*next)) {
        for (const int shard : added->shards)
            EXPECT_TRUE(shards_.try_emplace(shard).second) << "shard " << shard << " was assigned twice";
    } else if (const auto* removed = std::get_if<Revoked>(&*next)) {
        for (const int shard : removed->shards)
            EXPECT_EQ(shards_.erase(shard), 1U) << "shard " << shard << " was revoked, which was not assigned";
    } else {
        const auto& batch = std::get<Delivered>(*next);
        take(batch, limit);
        EXPECT_TRUE(co_await subscription_->done(batch));
    }
}

void BusReader::take(const Delivered& batch, std::size_t limit) {
    EXPECT_EQ(batch.incarnation, test_.publisher().incarnation());
    EXPECT_LE(batch.events.size(), limit);
    Position before = 0;
    for (const RecordedEvent& event : batch.events) {
        if (batch.events.scanned_to > 0) {
            EXPECT_GT(event.position, before) << "all shards are assigned, and the batch is not in position order";
            EXPECT_LE(event.position, batch.events.scanned_to);
        }
        before = event.position;
        take(event);
    }
}

void BusReader::take(const RecordedEvent& event) {
    arrived_.push_back(event.position);
    EXPECT_NE(event.shard, RecordedEvent::no_shard) << "an internal event arrived, at position " << event.position;
    const auto shard = shards_.find(event.shard);
    if (shard == shards_.end() || !shard->second) {
        ADD_FAILURE() << "an event arrived of shard " << event.shard << ", which is not assigned or has no start yet";
        return;
    }
    if (event.position <= *shard->second) return;
    EXPECT_EQ(event.previous, *shard->second) << "at position " << event.position << " of shard " << event.shard;
    shard->second = event.position;
    // Another instance may have had the shard in between.
    if (event.position <= progress_.shards[event.shard]) return;
    progress_.shards[event.shard] = event.position;
    progress_.taken.push_back(event.position);
}

Task<void> BusReader::follow() {
    while (!error_) co_await step();
}

Task<void> BusReader::step_until(const std::vector<Position>& wanted, std::size_t limit) {
    const auto is_taken = [this](Position position) { return std::ranges::count(progress_.taken, position) > 0; };
    while (!error_ && !std::ranges::all_of(wanted, is_taken)) co_await step(limit);
}

Task<void> BusReader::catch_up(std::size_t limit) {
    std::vector<Position> wanted;
    const EventBatch log = co_await test_.log();
    for (const RecordedEvent& event : log)
        if (event.shard != RecordedEvent::no_shard && event.position > progress_.shards[event.shard])
            wanted.push_back(event.position);
    const bool all = co_await test_.ends_within(step_until(wanted, limit), patience);
    EXPECT_TRUE(all) << "not all events have come; taken are " << ::testing::PrintToString(progress_.taken)
                     << ", wanted were " << ::testing::PrintToString(wanted);
    EXPECT_FALSE(error_) << error_->text;
}

Task<void> BusReader::expect_silence() {
    const std::vector<Position> before = progress_.taken;
    EXPECT_FALSE(co_await test_.ends_within(follow(), patience)) << error_.value_or(Error{}).text;
    EXPECT_EQ(progress_.taken, before);
}

}  // namespace tally::testing
