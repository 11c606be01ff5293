#include "services/orders/timeline.hpp"

#include <gtest/gtest.h>

namespace tally::orders {
namespace {

Uuid uuid(std::uint8_t number) {
    Uuid id;
    id.bytes[15] = number;
    return id;
}

TimelineEntry entry(std::uint8_t number, std::string service, std::int64_t position, int at_ms,
                    std::optional<std::uint8_t> cause = {}) {
    TimelineEntry made;
    made.service = std::move(service);
    made.event = uuid(number);
    made.position = position;
    made.recorded_at = Timestamp(std::chrono::milliseconds(at_ms));
    if (cause) made.causation = uuid(*cause);
    return made;
}

std::vector<int> order_of(const std::vector<TimelineEntry>& entries) {
    std::vector<int> numbers;
    numbers.reserve(entries.size());
    for (const auto& each : entries) numbers.push_back(each.event.bytes[15]);
    return numbers;
}

TEST(Timeline, PutsCausesFirstEvenWhereClocksDisagree) {
    std::vector<TimelineEntry> entries{entry(3, "orders", 3, 20, 2), entry(2, "inventory", 1, 5, 1),
                                       entry(1, "orders", 1, 10)};
    put_in_causal_order(entries);
    EXPECT_EQ(order_of(entries), (std::vector<int>{1, 2, 3}));
}

TEST(Timeline, OrdersTheRestByTimeServiceAndPosition) {
    std::vector<TimelineEntry> entries{entry(1, "orders", 2, 10), entry(2, "orders", 1, 10),
                                       entry(3, "inventory", 9, 10), entry(4, "orders", 0, 9)};
    put_in_causal_order(entries);
    EXPECT_EQ(order_of(entries), (std::vector<int>{4, 3, 2, 1}));
}

TEST(Timeline, TellsTheTimeBetween) {
    std::vector<TimelineEntry> entries{entry(1, "a", 1, 10), entry(2, "a", 2, 12), entry(3, "a", 3, 12)};
    put_in_causal_order(entries);
    EXPECT_DOUBLE_EQ(entries[0].after_ms, 0);
    EXPECT_DOUBLE_EQ(entries[1].after_ms, 2);
    EXPECT_DOUBLE_EQ(entries[2].after_ms, 0);
}

TEST(Timeline, EndsOnACircleOfCauses) {
    std::vector<TimelineEntry> entries{entry(1, "a", 1, 10, 2), entry(2, "a", 2, 11, 1)};
    put_in_causal_order(entries);
    EXPECT_EQ(entries.size(), 2u);
}

}  // namespace
}  // namespace tally::orders
