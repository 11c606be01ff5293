// Where a subscription begins: the consumer says it, shard by shard, when it is asked.

#include <algorithm>

#include <gmock/gmock.h>

#include "tally/testing/bus_contract.hpp"
#include "tally/testing/bus_contract/sections.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {

void link_bus_starts_section() {}

namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAreArray;
using ::testing::Ge;
using ::testing::UnorderedElementsAre;

CORO_TEST_P(BusContract, starts_are_asked_after_the_assignment) {
    co_await test.append(5);
    GroupProgress progress;
    BusReader reader(test, progress);
    co_await reader.subscribe();
    EXPECT_TRUE(co_await test.ends_within(reader.step(), 1min));
    EXPECT_TRUE(reader.asked().empty());
    co_await reader.catch_up();
    EXPECT_THAT(reader.asked(), UnorderedElementsAre(0, 1, 2));
}

CORO_TEST_P(BusContract, starts_are_honoured) {
    co_await test.append(60);
    const EventBatch log = co_await test.log();
    GroupProgress progress;
    for (const RecordedEvent& event : log)
        if (event.position <= 20 + 10 * static_cast<Position>(event.shard))
            progress.shards[event.shard] = event.position;
    const std::map<int, Position> starts = progress.shards;
    const auto is_wanted = [&](const RecordedEvent& event) {
        const auto start = starts.find(event.shard);
        return start == starts.end() || event.position > start->second;
    };
    std::vector<Position> wanted;
    for (const RecordedEvent& event : log)
        if (is_wanted(event)) wanted.push_back(event.position);
    Position first = 60;
    for (int shard = 0; shard < test.publisher().shards(); ++shard)
        first = std::min(first, starts.contains(shard) ? starts.at(shard) : 0);

    BusReader reader(test, progress);
    co_await reader.subscribe();
    co_await reader.catch_up();
    std::ranges::sort(progress.taken);
    EXPECT_THAT(progress.taken, ElementsAreArray(wanted));
    EXPECT_THAT(reader.arrived(), ::testing::Each(Ge(first)));
}

CORO_TEST_P(BusContract, a_start_at_the_head_waits_for_what_comes) {
    co_await test.append(9);
    GroupProgress progress;
    for (int shard = 0; shard < test.publisher().shards(); ++shard) progress.shards[shard] = 0;
    const EventBatch log = co_await test.log();
    for (const RecordedEvent& event : log) progress.shards[event.shard] = event.position;
    BusReader reader(test, progress);
    co_await reader.subscribe();
    co_await reader.expect_silence();
    co_await test.append(4);
    co_await reader.catch_up();
    EXPECT_THAT(progress.taken, ::testing::UnorderedElementsAreArray(co_await test.published(9)));
}

/// Steps until there is an error, or for a while.
Task<ErrorCode> error_of(BusContract& test, GroupProgress& progress) {
    BusReader reader(test, progress);
    co_await reader.subscribe();
    const bool failed = co_await test.ends_within(reader.follow(), 1min);
    // An engine that cannot know has nothing to deliver: what it sees is at or below the starts.
    EXPECT_EQ(failed, test.under_test().knows_the_log());
    co_return failed&& reader.error() ? reader.error()->code : ErrorCode::restored;
}

CORO_TEST_P(BusContract, starts_beyond_the_head_are_a_log_that_was_restored) {
    TALLY_COVERS("F14");
    co_await test.append(3);
    GroupProgress progress{.shards = {{0, 7}, {1, 5}, {2, 9}}};
    EXPECT_EQ(co_await error_of(test, progress), ErrorCode::restored);
    EXPECT_TRUE(progress.taken.empty());
}

CORO_TEST_P(BusContract, one_start_beyond_the_head_is_enough) {
    TALLY_COVERS("F14");
    co_await test.append(3);
    GroupProgress progress{.shards = {{0, 0}, {1, 5}, {2, 0}}};
    EXPECT_EQ(co_await error_of(test, progress), ErrorCode::restored);
}

Task<Result<Position>> cannot_say(int) { co_return fail(ErrorCode::unavailable, "the progress cannot be read"); }

CORO_TEST_P(BusContract, without_a_start_nothing_arrives) {
    co_await test.append(3);
    auto subscription =
        co_await test.bus().subscribe({.group = "stock", .topic = BusContract::topic, .start = cannot_say});
    const auto assigned = co_await (*subscription)->next(10);
    EXPECT_TRUE(assigned && std::holds_alternative<Assigned>(*assigned));
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto next = co_await (*subscription)->next(10);
        EXPECT_FALSE(next);
        if (!next) EXPECT_EQ(next.error(), (Error{ErrorCode::unavailable, "the progress cannot be read"}));
    }
}

}  // namespace
}  // namespace tally::testing
