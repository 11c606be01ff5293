#include "tally/http/turns.hpp"

#include "tally/base/task_group.hpp"
#include "tally/testing/coroutine_test.hpp"

namespace tally::detail {
namespace {

class TurnsTest : public testing::CoroutineTest {
public:
    Turns turns;
    TaskGroup tasks{simulation.executor()};
    int inside = 0;
    int most = 0;
    int done = 0;

    Task<void> work(std::string name) {
        const auto turn = co_await turns.take(std::move(name));
        most = std::max(most, ++inside);
        co_await simulation.clock().sleep_for(std::chrono::seconds(1));
        --inside;
        ++done;
    }
};

CORO_TEST_F(TurnsTest, OneAtATimeByName) {
    for (int i = 0; i < 10; ++i) tasks.spawn("work", work("a"));
    co_await simulation.clock().sleep_for(std::chrono::milliseconds(9'500));
    EXPECT_EQ(done, 9);
    co_await simulation.clock().sleep_for(std::chrono::seconds(1));
    EXPECT_EQ(done, 10);
    EXPECT_EQ(most, 1);
    EXPECT_TRUE(turns.try_take("a"));
    co_await tasks.close();
}

CORO_TEST_F(TurnsTest, OtherNamesDoNotWait) {
    for (int i = 0; i < 10; ++i) tasks.spawn("work", work(std::to_string(i)));
    co_await simulation.clock().sleep_for(std::chrono::milliseconds(1'500));
    EXPECT_EQ(done, 10);
    EXPECT_EQ(most, 10);
    co_await tasks.close();
}

CORO_TEST_F(TurnsTest, ATurnEndsWithItsHolder) {
    auto turn = turns.try_take("a");
    EXPECT_TRUE(turn);
    EXPECT_FALSE(turns.try_take("a"));
    {
        const Turns::Turn moved = std::move(*turn);
        turn.reset();  // what was moved from ends nothing
        EXPECT_FALSE(turns.try_take("a"));
    }
    EXPECT_TRUE(turns.try_take("a"));
    co_return;
}

CORO_TEST_F(TurnsTest, WhoIsCancelledWhileWaitingLeavesNothingBehind) {
    {
        auto turn = turns.try_take("a");
        TaskGroup others(simulation.executor());
        others.spawn("work", work("a"));
        co_await simulation.clock().sleep_for(std::chrono::seconds(1));
        co_await others.close();
    }
    EXPECT_EQ(done, 0);
    EXPECT_TRUE(turns.try_take("a"));
    co_await tasks.close();
}

}  // namespace
}  // namespace tally::detail
