// Groups do not know of each other; the instances of one group have all events between them.

#include <gmock/gmock.h>

#include "tally/base/task_group.hpp"
#include "tally/testing/bus_contract.hpp"
#include "tally/testing/bus_contract/sections.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {

void link_bus_groups_section() {}

namespace {

using namespace std::chrono_literals;
using ::testing::UnorderedElementsAreArray;

CORO_TEST_P(BusContract, groups_are_independent) {
    co_await test.append(30);
    GroupProgress stock;
    BusReader fast(test, stock, "stock");
    co_await fast.subscribe();
    co_await fast.catch_up();

    GroupProgress mail;
    BusReader slow(test, mail, "mail");
    co_await slow.subscribe();
    EXPECT_TRUE(co_await test.ends_within(slow.step(1), 1min));
    EXPECT_TRUE(co_await test.ends_within(slow.step(1), 1min));
    EXPECT_LT(mail.taken.size(), stock.taken.size());

    co_await test.append(10);
    co_await fast.catch_up();
    co_await slow.catch_up();
    EXPECT_THAT(stock.taken, UnorderedElementsAreArray(co_await test.published()));
    EXPECT_THAT(mail.taken, UnorderedElementsAreArray(co_await test.published()));
}

CORO_TEST_P(BusContract, two_instances_of_a_group_see_everything_between_them) {
    co_await test.append(30);
    GroupProgress progress;
    BusReader first(test, progress);
    BusReader second(test, progress);
    co_await first.subscribe();
    co_await second.subscribe();
    TaskGroup following(test.simulation.executor());
    following.spawn("first", first.follow());
    following.spawn("second", second.follow());
    co_await test.append_by_and_by(40);
    co_await test.simulation.clock().sleep_for(1min);
    co_await following.close();
    EXPECT_FALSE(first.error() || second.error());
    EXPECT_THAT(progress.taken, UnorderedElementsAreArray(co_await test.published()));
}

CORO_TEST_P(BusContract, a_new_subscription_continues_where_the_old_one_was) {
    TALLY_COVERS("I5");
    co_await test.append_by_and_by(30);
    GroupProgress progress;
    for (int instance = 0; instance < 6; ++instance) {
        BusReader reader(test, progress);
        co_await reader.subscribe();
        for (std::uint64_t steps = 1 + test.simulation.random().below(5); steps > 0; --steps)
            (void)co_await test.ends_within(reader.step(4), 1s);
        EXPECT_FALSE(reader.error());
        co_await test.append_by_and_by(2);
    }
    BusReader last(test, progress);
    co_await last.subscribe();
    co_await last.catch_up();
    EXPECT_THAT(progress.taken, UnorderedElementsAreArray(co_await test.published()));
}

}  // namespace
}  // namespace tally::testing
