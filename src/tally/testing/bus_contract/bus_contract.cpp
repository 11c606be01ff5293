#include "tally/testing/bus_contract.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "tally/base/task_group.hpp"
#include "tally/testing/bus_contract/sections.hpp"

namespace tally::testing {
namespace {

constexpr std::size_t everything = 100'000;

Task<void> then_set(Task<void> task, bool& ended) {
    co_await std::move(task);
    ended = true;
}

}  // namespace

BusContract::BusContract() = default;
BusContract::~BusContract() = default;

void BusContract::SetUp() { under_test_ = GetParam().open(simulation, {.topic = topic}); }

void BusContract::TearDown() {
    if (under_test_) simulation.run(under_test_->close());
}

NewEvent BusContract::event(Visibility visibility) {
    NewEvent made;
    made.envelope.id = ids_.next();
    made.envelope.type = "Tested";
    made.envelope.correlation = "correlation";
    made.envelope.actor = "service:test";
    made.envelope.key = "key-" + std::to_string(simulation.random().below(12));
    made.envelope.occurred_at = simulation.clock().now();
    made.data = "{}";
    made.visibility = visibility;
    return made;
}

Task<void> BusContract::append(std::vector<NewEvent> events) {
    Changes changes;
    changes.appends.push_back({.stream = "s", .events = std::move(events)});
    const CommitResult outcome = co_await publisher().commit(std::move(changes));
    EXPECT_TRUE(outcome);
}

Task<void> BusContract::append(std::size_t count, Visibility visibility) {
    std::vector<NewEvent> events;
    events.reserve(count);
    for (std::size_t i = 0; i < count; ++i) events.push_back(event(visibility));
    co_await append(std::move(events));
}

Task<void> BusContract::append_by_and_by(std::size_t commits) {
    Random& random = simulation.random();
    for (std::size_t i = 0; i < commits; ++i) {
        std::vector<NewEvent> events;
        for (std::uint64_t left = 1 + random.below(4); left > 0; --left)
            events.push_back(event(random.below(3) == 0 ? Visibility::internal : Visibility::published));
        co_await append(std::move(events));
        if (random.below(2) == 0) co_await simulation.clock().sleep_for(std::chrono::milliseconds(random.below(10)));
    }
}

Task<EventBatch> BusContract::log() {
    auto batch = co_await publisher().read(LogRead{.limit = everything});
    EXPECT_TRUE(batch) << batch.error().text;
    co_return batch ? std::move(*batch) : EventBatch();
}

Task<std::vector<Position>> BusContract::published(Position after) {
    const EventBatch events = co_await log();
    std::vector<Position> positions;
    for (const RecordedEvent& event : events)
        if (event.position > after && event.shard != RecordedEvent::no_shard) positions.push_back(event.position);
    co_return positions;
}

Task<bool> BusContract::ends_within(Task<void> task, Task<void> pause) {
    bool ended = false;
    TaskGroup group(simulation.executor(), [](std::string_view, const std::exception_ptr&) {
        ADD_FAILURE() << "a task of the test ended by an exception";
    });
    group.spawn("test", then_set(std::move(task), ended));
    co_await std::move(pause);
    co_await group.close();
    co_return ended;
}

Task<bool> BusContract::ends_within(Task<void> task, Duration limit) {
    return ends_within(std::move(task), simulation.clock().sleep_for(limit));
}

Task<void> BusContract::pause() {
    Random& random = simulation.random();
    if (random.below(2) == 0) co_return co_await simulation.clock().sleep_for(Duration(random.below(4'000)));
    for (std::uint64_t turns = random.below(12); turns > 0; --turns)
        co_await boost::asio::post(simulation.executor(), boost::asio::use_awaitable);
}

BusEngine bus_engine(BusEngine engine) {
    link_bus_delivery_section();
    link_bus_groups_section();
    link_bus_lookup_section();
    link_bus_starts_section();
    return engine;
}

}  // namespace tally::testing
