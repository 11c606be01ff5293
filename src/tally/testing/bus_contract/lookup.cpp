// Topics, single events and the head.

#include "tally/testing/bus_contract.hpp"
#include "tally/testing/bus_contract/sections.hpp"
#include "tally/testing/hostile_text.hpp"

namespace tally::testing {

void link_bus_lookup_section() {}

namespace {

template <class T>
std::optional<ErrorCode> code_of(const Result<T>& result) {
    if (result) return std::nullopt;
    return result.error().code;
}

CORO_TEST_P(BusContract, a_topic_that_is_not_there) {
    co_await test.append(1);
    std::vector<std::string> topics{"nowhere", "orders", "orders.events ", "Orders.events", "orders.event"};
    for (const HostileText& text : hostile_texts()) topics.push_back(text.text);
    for (const std::string& topic : topics) {
        EXPECT_EQ(code_of(co_await test.bus().subscribe({.group = "stock", .topic = topic, .start = {}})),
                  ErrorCode::not_found);
        EXPECT_EQ(code_of(co_await test.bus().fetch(topic, 1)), ErrorCode::not_found);
        EXPECT_EQ(test.bus().head(topic), 0U);
    }
}

CORO_TEST_P(BusContract, an_event_is_fetched_by_its_position) {
    co_await test.append(3);
    co_await test.append(2, Visibility::internal);
    co_await test.append_by_and_by(10);
    const EventBatch log = co_await test.log();
    for (const RecordedEvent& event : log) {
        const auto fetched = co_await test.bus().fetch(BusContract::topic, event.position);
        if (event.shard == RecordedEvent::no_shard) {
            EXPECT_EQ(code_of(fetched), ErrorCode::not_found) << event.position;
            continue;
        }
        EXPECT_TRUE(fetched) << fetched.error().text;
        EXPECT_EQ(fetched->size(), 1U);
        for (const RecordedEvent& one : *fetched) {
            EXPECT_EQ(one.position, event.position);
            EXPECT_EQ(one.envelope(), event.envelope());
            EXPECT_EQ(one.data, event.data);
            EXPECT_EQ(one.previous, event.previous);
        }
    }
}

CORO_TEST_P(BusContract, there_is_no_event_outside_of_the_log) {
    EXPECT_EQ(code_of(co_await test.bus().fetch(BusContract::topic, 1)), ErrorCode::not_found);
    co_await test.append(3);
    for (const Position position : {Position{0}, Position{4}, Position{1'000'000}, Position{1} << 40})
        EXPECT_EQ(code_of(co_await test.bus().fetch(BusContract::topic, position)), ErrorCode::not_found) << position;
}

CORO_TEST_P(BusContract, the_head_is_at_least_what_has_arrived) {
    EXPECT_EQ(test.bus().head(BusContract::topic), 0U);
    co_await test.append(7);
    GroupProgress progress;
    BusReader reader(test, progress);
    co_await reader.subscribe();
    co_await reader.catch_up();
    EXPECT_EQ(test.bus().head(BusContract::topic), 7U);
}

}  // namespace
}  // namespace tally::testing
