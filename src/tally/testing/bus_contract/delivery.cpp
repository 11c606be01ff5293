// What is published arrives: all of it, unchanged, each shard in its order, and nothing else.

#include <algorithm>

#include <gmock/gmock.h>

#include "tally/base/task_group.hpp"
#include "tally/store/planner.hpp"
#include "tally/testing/bus_contract.hpp"
#include "tally/testing/bus_contract/sections.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/hostile_text.hpp"

namespace tally::testing {

void link_bus_delivery_section() {}

namespace {

using namespace std::chrono_literals;
using ::testing::UnorderedElementsAreArray;

CORO_TEST_P(BusContract, all_published_events_arrive) {
    TALLY_COVERS("I5");
    co_await test.append(40);
    GroupProgress progress;
    BusReader reader(test, progress);
    co_await reader.subscribe();
    co_await reader.catch_up();
    co_await test.append(20);
    co_await reader.catch_up();
    EXPECT_THAT(progress.taken, UnorderedElementsAreArray(co_await test.published()));
    EXPECT_EQ(progress.taken.size(), 60U);
}

CORO_TEST_P(BusContract, internal_events_never_arrive) {
    co_await test.append(1);
    co_await test.append(40, Visibility::internal);
    co_await test.append(1);
    co_await test.append(2, Visibility::internal);
    GroupProgress progress;
    BusReader reader(test, progress);
    co_await reader.subscribe();
    co_await reader.catch_up(5);
    co_await reader.expect_silence();
    EXPECT_THAT(reader.arrived(), ::testing::Each(::testing::AnyOf(1U, 42U)));
}

CORO_TEST_P(BusContract, a_batch_has_no_more_events_than_asked_for) {
    co_await test.append(50);
    for (const std::size_t limit : {1U, 2U, 7U, 1'000U}) {
        GroupProgress progress;
        BusReader reader(test, progress, "limit-" + std::to_string(limit));
        co_await reader.subscribe();
        co_await reader.catch_up(limit);
        EXPECT_EQ(progress.taken.size(), 50U);
    }
}

/// All of one subscription, until there has been nothing new for a while.
Task<void> keep_all(Subscription& from, std::vector<Delivered>& kept) {
    for (;;) {
        auto next = co_await from.next(10);
        EXPECT_TRUE(next) << next.error().text;
        if (!next) co_return;
        if (auto* batch = std::get_if<Delivered>(&*next)) kept.push_back(std::move(*batch));
    }
}

void expect_same(const RecordedEvent& arrived, const RecordedEvent& stored) {
    EXPECT_EQ(arrived.envelope(), stored.envelope());
    EXPECT_EQ(arrived.data, stored.data);
    EXPECT_EQ(arrived.stream, stored.stream);
    EXPECT_EQ(arrived.version, stored.version);
    EXPECT_EQ(arrived.position, stored.position);
    EXPECT_EQ(arrived.shard, stored.shard);
    EXPECT_EQ(arrived.previous, stored.previous);
    EXPECT_EQ(arrived.recorded_at, stored.recorded_at);
    EXPECT_EQ(arrived.content_digest, stored.content_digest);
}

/// The text wherever a store lets it in, in the data in any case.
NewEvent with(BusContract& test, const HostileText& text) {
    NewEvent event = test.event();
    event.data = text.text;
    for (std::string Envelope::* field : {&Envelope::key, &Envelope::subject, &Envelope::actor}) {
        const std::string usual = std::exchange(event.envelope.*field, text.text);
        Changes changes;
        changes.appends.push_back({.stream = "s", .events = {event}});
        if (!check(changes)) event.envelope.*field = usual;
    }
    return event;
}

Task<Result<Position>> from_the_first(int) { co_return Position{0}; }

CORO_TEST_P(BusContract, events_arrive_unchanged_whatever_they_hold) {
    std::vector<NewEvent> events;
    for (const HostileText& text : hostile_texts()) events.push_back(with(test, text));
    co_await test.append(std::move(events));
    co_await test.append_by_and_by(20);

    auto subscription =
        co_await test.bus().subscribe({.group = "stock", .topic = BusContract::topic, .start = from_the_first});
    std::vector<Delivered> kept;
    EXPECT_FALSE(co_await test.ends_within(keep_all(**subscription, kept), 1min));

    const EventBatch log = co_await test.log();
    std::vector<Position> arrived;
    for (const Delivered& batch : kept)
        for (const RecordedEvent& event : batch.events) {
            arrived.push_back(event.position);
            expect_same(event, log.events()[event.position - 1]);
        }
    EXPECT_THAT(arrived, ::testing::IsSupersetOf(co_await test.published()));
}

CORO_TEST_P(BusContract, nothing_is_lost_while_events_are_appended_and_next_is_cancelled) {
    TALLY_COVERS("I5");
    TaskGroup appending(test.simulation.executor());
    appending.spawn("append", test.append_by_and_by(150));
    GroupProgress progress;
    BusReader reader(test, progress);
    co_await reader.subscribe();
    int cancelled = 0;
    while (appending.running() > 0 || cancelled < 100) {
        if (!co_await test.ends_within(reader.step(1 + test.simulation.random().below(5)), test.pause())) ++cancelled;
    }
    co_await appending.close();
    co_await reader.catch_up();
    EXPECT_THAT(progress.taken, UnorderedElementsAreArray(co_await test.published()));
}

CORO_TEST_P(BusContract, a_waiting_next_sees_what_comes) {
    GroupProgress progress;
    BusReader reader(test, progress);
    co_await reader.subscribe();
    co_await reader.expect_silence();
    TaskGroup following(test.simulation.executor());
    following.spawn("follow", reader.follow());
    co_await test.simulation.clock().sleep_for(1min);
    co_await test.append(3);
    co_await test.simulation.clock().sleep_for(1min);
    EXPECT_THAT(progress.taken, UnorderedElementsAreArray(co_await test.published()));
    co_await following.close();
}

}  // namespace
}  // namespace tally::testing
