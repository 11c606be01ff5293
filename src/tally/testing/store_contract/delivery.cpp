// The chain of deliveries: every published event names its shard and the event before it there.

#include "tally/store/planner.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/store_contract.hpp"
#include "tally/testing/store_contract/sections.hpp"

namespace tally::testing {

void link_delivery_section() {}

namespace {

Task<void> expect_whole_chain(StoreContract& test, std::size_t events) {
    const EventBatch log = co_await test.read(LogRead{.limit = 100'000});
    EXPECT_EQ(log.size(), events);
    std::map<int, Position> last;
    for (const RecordedEvent& event : log) {
        if (event.type == "Internal") {
            EXPECT_EQ(event.shard, RecordedEvent::no_shard);
            EXPECT_EQ(event.previous, 0U);
            continue;
        }
        EXPECT_EQ(event.shard, shard_of(event.key, test.store().shards()));
        EXPECT_EQ(event.previous, last[event.shard]);
        last[event.shard] = event.position;
    }
    EXPECT_GT(last.size(), 1U);
}

Changes some_events(StoreContract& test) {
    Random& random = test.simulation.random();
    std::vector<NewEvent> events;
    for (std::uint64_t left = 1 + random.below(4); left > 0; --left) {
        events.push_back(test.event("{}", "key-" + std::to_string(random.below(20))));
        if (random.below(3) > 0) continue;
        events.back().visibility = Visibility::internal;
        events.back().envelope.type = "Internal";
    }
    return append("s-" + std::to_string(random.below(5)), ExpectedVersion::any(), std::move(events));
}

CORO_TEST_P(StoreContract, published_events_form_a_chain_in_each_shard) {
    TALLY_COVERS("I5");
    std::size_t events = 0;
    for (int round = 0; round < 6; ++round) {
        std::vector<Changes> all;
        for (int i = 0; i < 10; ++i) {
            all.push_back(some_events(test));
            events += all.back().appends[0].events.size();
            if (i == 5) all.back().appends[0].expected = ExpectedVersion::exactly(1'000'000);
            if (i == 5) events -= all.back().appends[0].events.size();
        }
        (void)co_await test.commit_together(std::move(all));
        if (round == 2) co_await test.reopen();
    }
    co_await expect_whole_chain(test, events);
}

CORO_TEST_P(StoreContract, the_number_of_shards_is_chosen_once) {
    test.open({.shards = 3});
    EXPECT_EQ(test.store().shards(), 3);
    std::size_t events = 0;
    for (int i = 0; i < 20; ++i) {
        const Committed committed = co_await test.accept(some_events(test));
        events += committed.events.size();
    }
    co_await test.reopen();
    EXPECT_EQ(test.store().shards(), 3);
    co_await expect_whole_chain(test, events);
}

}  // namespace
}  // namespace tally::testing
