// Goal: what this engine adds to the contract of a bus: one cursor over all shards, which wakes on commits.
#include "tally/bus/log/log_bus.hpp"

#include <gmock/gmock.h>

#include "tally/base/task_group.hpp"
#include "tally/base/uuid.hpp"
#include "tally/store/memory/memory_store.hpp"
#include "tally/testing/coroutine_test.hpp"
#include "tally/testing/covers.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LogBus : public testing::CoroutineTest {
protected:
    std::unique_ptr<Store> publisher = create_memory_store(simulation.executor(), simulation.clock(),
                                                           create_memory_disk(simulation.random()), {.shards = 3});
    std::unique_ptr<Bus> bus = create_log_bus({{"orders.events", publisher.get()}});
    UuidGenerator ids{simulation.clock(), simulation.random()};
    std::map<int, Position> starts;

    Task<void> append(std::size_t count, Visibility visibility = Visibility::published) {
        Changes changes;
        Append& append = changes.appends.emplace_back();
        append.stream = "s";
        for (std::size_t i = 0; i < count; ++i) {
            NewEvent event;
            event.envelope.id = ids.next();
            event.envelope.type = "Something";
            event.envelope.key = event.envelope.id.text();
            event.data = "{}";
            event.visibility = visibility;
            append.events.push_back(std::move(event));
        }
        EXPECT_TRUE(co_await publisher->commit(std::move(changes)));
    }
    static Task<Result<Position>> start_of(std::map<int, Position>& starts, int shard) { co_return starts[shard]; }
    Task<std::unique_ptr<Subscription>> subscribe() {
        auto subscription =
            co_await bus->subscribe({.group = "stock", .topic = "orders.events", .start = [this](int shard) {
                                         return start_of(starts, shard);
                                     }});
        auto assigned = co_await (*subscription)->next(10);
        EXPECT_THAT(std::get<Assigned>(*assigned).shards, ElementsAre(0, 1, 2));
        co_return std::move(*subscription);
    }
    static Task<std::vector<Position>> positions(Subscription& subscription, std::size_t limit) {
        auto next = co_await subscription.next(limit);
        EXPECT_TRUE(next) << next.error().text;
        std::vector<Position> seen;
        for (const RecordedEvent& event : std::get<Delivered>(*next).events) seen.push_back(event.position);
        co_return seen;
    }
};

CORO_TEST_F(LogBus, gives_all_shards_in_position_order) {
    TALLY_COVERS("I5");
    co_await append(5);
    auto subscription = co_await subscribe();
    EXPECT_THAT(co_await positions(*subscription, 2), ElementsAre(1, 2));
    EXPECT_THAT(co_await positions(*subscription, 2), ElementsAre(3, 4));
    co_await append(1);
    EXPECT_THAT(co_await positions(*subscription, 10), ElementsAre(5, 6));
}

CORO_TEST_F(LogBus, begins_at_the_first_of_the_starts) {
    co_await append(9);
    starts = {{0, 7}, {1, 4}, {2, 9}};
    auto subscription = co_await subscribe();
    EXPECT_THAT(co_await positions(*subscription, 10), ElementsAre(5, 6, 7, 8, 9));
}

CORO_TEST_F(LogBus, names_the_log_and_how_far_it_has_looked) {
    co_await append(3);
    auto subscription = co_await subscribe();
    auto next = co_await subscription->next(2);
    const auto& batch = std::get<Delivered>(*next);
    EXPECT_EQ(batch.incarnation, publisher->incarnation());
    EXPECT_EQ(batch.events.scanned_to, 2U);
    EXPECT_EQ(batch.events.head, 3U);
    EXPECT_TRUE(co_await subscription->done(batch));
}

CORO_TEST_F(LogBus, says_what_to_do_about_a_start_beyond_the_head) {
    TALLY_COVERS("F14");
    co_await append(3);
    starts = {{0, 7}, {1, 5}, {2, 9}};
    auto subscription = co_await subscribe();
    const auto next = co_await subscription->next(5);
    EXPECT_EQ(next.error().code, ErrorCode::restored);
    EXPECT_THAT(next.error().text, HasSubstr("ends at position 3, and stock has seen position 9"));
}

TEST_F(LogBus, wakes_on_a_commit) {
    std::unique_ptr<Subscription> subscription;
    const auto keep = [](auto self, auto& out) -> Task<void> { out = co_await self->subscribe(); };
    simulation.run(keep(this, subscription));
    const auto collect = [](Subscription& from, std::vector<Position>& out) -> Task<void> {
        for (;;)
            for (const Position position : co_await positions(from, 10)) out.push_back(position);
    };
    std::vector<Position> seen;
    TaskGroup tasks(simulation.executor());
    tasks.spawn("collect", collect(*subscription, seen));
    EXPECT_FALSE(simulation.run_until([] { return false; }, 1min));
    const Instant before = simulation.clock().instant();
    simulation.run(append(2));
    EXPECT_TRUE(simulation.run_until([&] { return seen.size() == 2; }, 0s));
    EXPECT_EQ(simulation.clock().instant(), before);
    simulation.run(tasks.close());
}

CORO_TEST_F(LogBus, knows_the_head_without_being_read) {
    co_await append(3);
    EXPECT_EQ(bus->head("orders.events"), 3U);
}

CORO_TEST_F(LogBus, tells_when_the_publisher_closes) {
    auto subscription = co_await subscribe();
    co_await publisher->close();
    EXPECT_EQ((co_await subscription->next(5)).error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace tally
