// What a store keeps over its end, and what waits for its head or for its close.

#include <algorithm>

#include <boost/asio/post.hpp>

#include "tally/base/task_group.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/store_contract.hpp"
#include "tally/testing/store_contract/sections.hpp"

namespace tally::testing {

void link_lifetime_section() {}

namespace {

CORO_TEST_P(StoreContract, a_reopened_store_is_the_same) {
    TALLY_COVERS("I1", "B09.1");
    const Uuid incarnation = test.store().incarnation();
    EXPECT_FALSE(incarnation.is_nil());
    const NewEvent event = test.event("kept");
    Changes changes = append("s", ExpectedVersion::none(), {event});
    changes.documents.push_back({{"c", "k"}, ExpectedDocument::absent(), Put{"b", {{"i", "v"}}, Timestamp{}}});
    const Committed committed = co_await test.accept(changes);
    Changes derived = write({"view", "v"}, ExpectedDocument::absent(), body("b"));
    derived.derived = true;
    co_await test.accept(derived);

    co_await test.reopen();
    EXPECT_EQ(test.store().incarnation(), incarnation);
    EXPECT_EQ(test.store().statistics().head, 1U);
    EXPECT_EQ(test.store().statistics().commits, 0U);
    const EventBatch log = co_await test.read(LogRead{});
    EXPECT_EQ(log.size(), 1U);
    for (const RecordedEvent& stored : log) {
        EXPECT_EQ(stored.envelope(), event.envelope);
        EXPECT_EQ(stored.data, "kept");
    }
    EXPECT_EQ((co_await test.get({"c", "k"})).value_or(Document{}).revision, committed.revisions.at(0));
    EXPECT_EQ((co_await test.find({.collection = "c", .index = "i"})).documents.size(), 1U);
    const auto expired = co_await test.store().expired(Timestamp{}, 10);
    EXPECT_TRUE(expired && expired->size() == 1);
    EXPECT_TRUE(co_await test.get({"view", "v"}));

    const Committed next = co_await test.accept(append("s", ExpectedVersion::exactly(1), test.events(1)));
    EXPECT_EQ(next.events.at(0).position, 2U);
}

CORO_TEST_P(StoreContract, another_log_has_another_incarnation) {
    const Uuid incarnation = test.store().incarnation();
    co_await test.store().close();
    test.open({});
    EXPECT_NE(test.store().incarnation(), incarnation);
    EXPECT_TRUE((co_await test.read(LogRead{})).empty());
}

Task<void> wait_for_head(StoreContract& test, Position seen, std::optional<Result<Position>>& head) {
    head = co_await test.store().head_beyond(seen);
}

Task<void> settle(StoreContract& test) { co_await test.simulation.clock().sleep_for(std::chrono::seconds(1)); }

CORO_TEST_P(StoreContract, a_commit_wakes_who_waits_for_the_head) {
    std::optional<Result<Position>> first;
    std::optional<Result<Position>> third;
    TaskGroup group(test.simulation.executor());
    group.spawn("first", wait_for_head(test, 0, first));
    group.spawn("third", wait_for_head(test, 2, third));
    co_await settle(test);
    EXPECT_FALSE(first);
    co_await test.accept(write({"c", "k"}, ExpectedDocument::any(), body("no event")));
    co_await settle(test);
    EXPECT_FALSE(first);

    co_await test.accept(append("s", ExpectedVersion::any(), test.events(2)));
    co_await settle(test);
    EXPECT_EQ(first, Result<Position>(2));
    EXPECT_FALSE(third);
    co_await test.accept(append("s", ExpectedVersion::any(), test.events(1)));
    co_await settle(test);
    EXPECT_EQ(third, Result<Position>(3));
    EXPECT_EQ(co_await test.store().head_beyond(1), Result<Position>(3));
    co_await group.close();
}

CORO_TEST_P(StoreContract, close_ends_who_waits_for_the_head) {
    std::optional<Result<Position>> head;
    TaskGroup group(test.simulation.executor());
    group.spawn("waiter", wait_for_head(test, 0, head));
    co_await settle(test);
    co_await test.store().close();
    co_await settle(test);
    EXPECT_TRUE(head && !*head && head->error().code == ErrorCode::cancelled);
    co_await group.close();
}

Task<void> commit_into(StoreContract& test, Changes changes, std::optional<CommitResult>& outcome) {
    outcome = co_await test.store().commit(std::move(changes));
}

CORO_TEST_P(StoreContract, close_answers_what_waits) {
    TALLY_COVERS("I1", "I2", "I18");
    constexpr std::size_t callers = 32;
    std::vector<std::optional<CommitResult>> outcomes(callers);
    std::vector<EventId> ids;
    TaskGroup group(test.simulation.executor());
    for (auto& outcome : outcomes) {
        const NewEvent event = test.event();
        ids.push_back(event.envelope.id);
        group.spawn("caller", commit_into(test, append("s", ExpectedVersion::any(), {event}), outcome));
    }
    const auto all_answered = [&] { return std::ranges::all_of(outcomes, [](const auto& one) { return bool(one); }); };
    while (test.store().statistics().waiting < callers / 2 && !all_answered())
        co_await boost::asio::post(test.simulation.executor(), boost::asio::use_awaitable);
    co_await test.store().close();
    co_await settle(test);
    co_await test.reopen();

    std::size_t committed = 0;
    for (std::size_t i = 0; i < callers; ++i) {
        const auto& outcome = outcomes[i];
        EXPECT_TRUE(outcome) << "caller " << i << " was not answered";
        if (!outcome) continue;
        const EventBatch stored = co_await test.read(LogRead{.id = ids[i]});
        EXPECT_EQ(stored.size(), outcome->has_value() ? 1U : 0U);
        committed += stored.size();
        if (!*outcome) EXPECT_EQ(std::get<Error>(outcome->error()).code, ErrorCode::cancelled);
    }
    EXPECT_GE(committed, callers / 2);
    EXPECT_EQ((co_await test.read(LogRead{})).head, committed);
    co_await group.close();
}

template <class T>
bool is_cancelled(const Result<T>& result) {
    return !result && result.error().code == ErrorCode::cancelled;
}

CORO_TEST_P(StoreContract, a_closed_store_refuses_everything) {
    Store& store = test.store();
    co_await store.close();
    co_await store.close();
    EXPECT_EQ(co_await test.fail_with(append("s", ExpectedVersion::any(), test.events(1))), ErrorCode::cancelled);
    EXPECT_TRUE(is_cancelled(co_await store.read(StreamRead{.stream = "s"})));
    EXPECT_TRUE(is_cancelled(co_await store.read(LogRead{})));
    std::vector<DocumentKey> keys{{"c", "k"}};
    EXPECT_TRUE(is_cancelled(co_await store.get(std::move(keys))));
    EXPECT_TRUE(is_cancelled(co_await store.find({.collection = "c"})));
    EXPECT_TRUE(is_cancelled(co_await store.expired(Timestamp{}, 1)));
    EXPECT_TRUE(is_cancelled(co_await store.head_beyond(0)));
}

}  // namespace
}  // namespace tally::testing
