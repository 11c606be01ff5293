// Many callers at once: shared transactions, an outcome for each, positions without gaps.

#include <algorithm>
#include <set>

#include <boost/asio/post.hpp>

#include "tally/base/task_group.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/store_contract.hpp"
#include "tally/testing/store_contract/sections.hpp"

namespace tally::testing {

void link_concurrency_section() {}

namespace {

constexpr int callers = 64;

Task<void> append_often(StoreContract& test, int times, std::vector<Committed>& answers) {
    Position last = 0;
    for (int i = 0; i < times; ++i) {
        const std::string stream = "s-" + std::to_string(test.simulation.random().below(7));
        Changes changes = append(stream, ExpectedVersion::any(), test.events(1 + test.simulation.random().below(3)));
        answers.push_back(co_await test.accept(std::move(changes)));
        const auto& events = answers.back().events;
        if (events.empty()) continue;
        EXPECT_GT(events.front().position, last);
        EXPECT_EQ(events.back().position - events.front().position, events.size() - 1);
        last = events.back().position;
    }
}

CORO_TEST_P(StoreContract, positions_have_no_gaps_and_answers_tell_the_truth) {
    TALLY_COVERS("I1", "I4");
    std::vector<Committed> answers;
    co_await test.run_together(callers, [&] { return append_often(test, 10, answers); });

    const EventBatch log = co_await test.read(LogRead{.limit = 100'000});
    Position position = 0;
    std::map<std::string_view, Version> versions;
    for (const RecordedEvent& event : log) {
        EXPECT_EQ(event.position, ++position);
        EXPECT_EQ(event.version, ++versions[event.stream]);
    }
    std::size_t answered = 0;
    for (const Committed& committed : answers)
        for (const auto& event : committed.events) {
            ++answered;
            const RecordedEvent& stored = log.events()[event.position - 1];
            EXPECT_EQ(stored.id, event.id);
            EXPECT_EQ(stored.version, event.version);
        }
    EXPECT_EQ(answered, log.size());
}

CORO_TEST_P(StoreContract, concurrent_commits_share_transactions) {
    const StoreStatistics before = test.store().statistics();
    std::vector<Committed> answers;
    co_await test.run_together(callers, [&] { return append_often(test, 20, answers); });
    const StoreStatistics after = test.store().statistics();
    EXPECT_EQ(after.commits - before.commits, 20U * callers);
    EXPECT_GE(after.commits - before.commits, 12 * (after.batches - before.batches));
    EXPECT_EQ(after.flushes - before.flushes, after.batches - before.batches);
    EXPECT_EQ(after.events - before.events, after.head);
    EXPECT_GE(after.rows - before.rows, after.head);
    EXPECT_EQ(after.waiting, 0U);
}

CORO_TEST_P(StoreContract, a_lone_caller_is_written_alone_and_at_once) {
    const StoreStatistics before = test.store().statistics();
    const Instant start = test.simulation.clock().instant();
    std::vector<Committed> answers;
    co_await append_often(test, 20, answers);
    const StoreStatistics after = test.store().statistics();
    EXPECT_EQ(after.batches - before.batches, 20U);
    EXPECT_EQ(after.flushes - before.flushes, 20U);
    EXPECT_EQ(test.simulation.clock().instant(), start);
}

CORO_TEST_P(StoreContract, a_batch_is_bounded) {
    test.open({.max_batch = 4});
    std::vector<Changes> all;
    all.reserve(callers);
    for (int i = 0; i < callers; ++i) all.push_back(append("s", ExpectedVersion::any(), test.events(1)));
    for (const CommitResult& outcome : co_await test.commit_together(std::move(all))) EXPECT_TRUE(outcome);
    EXPECT_GE(test.store().statistics().batches, 16U);
}

CORO_TEST_P(StoreContract, a_refused_commit_disturbs_no_other) {
    TALLY_COVERS("I2", "I18");
    using namespace std::string_literals;
    std::vector<Changes> all;
    for (int i = 0; i < callers; ++i) {
        const std::string stream = i % 8 == 1 ? "a\0b"s : "s-" + std::to_string(i);
        const auto expected = i % 8 == 0 ? ExpectedVersion::exactly(9) : ExpectedVersion::none();
        all.push_back(append(stream, expected, test.events(2)));
    }
    const std::vector<CommitResult> outcomes = co_await test.commit_together(std::move(all));
    for (int i = 0; i < callers; ++i) {
        const CommitResult& outcome = outcomes[static_cast<std::size_t>(i)];
        EXPECT_EQ(outcome.has_value(), i % 8 > 1) << i;
        if (outcome) continue;
        if (i % 8 == 0) EXPECT_EQ(std::get<Conflict>(outcome.error()).actual, 0U);
        if (i % 8 == 1) EXPECT_EQ(std::get<Error>(outcome.error()).code, ErrorCode::invalid);
    }
    EXPECT_EQ((co_await test.read(LogRead{})).head, 2U * 6 * callers / 8);
}

Task<void> append_in_turn(StoreContract& test, int times) {
    for (int done = 0; done < times;) {
        const EventBatch last = co_await test.read(StreamRead{.stream = "s", .from = 0, .limit = 1, .backward = true});
        const Version version = last.empty() ? 0 : last.events().front().version;
        const auto outcome =
            co_await test.store().commit(append("s", ExpectedVersion::exactly(version), test.events(1)));
        if (outcome) {
            EXPECT_EQ(outcome->events.at(0).version, version + 1);
            ++done;
        } else {
            EXPECT_GT(std::get<Conflict>(outcome.error()).actual, version);
        }
    }
}

CORO_TEST_P(StoreContract, an_expected_version_is_met_once) {
    TALLY_COVERS("A08.10", "C01.7", "I4");
    co_await test.run_together(8, [&] { return append_in_turn(test, 5); });
    EXPECT_EQ((co_await test.read(StreamRead{.stream = "s"})).size(), 40U);
}

Task<void> tail(StoreContract& test, std::size_t until, std::vector<Position>& seen) {
    Position after = 0;
    while (seen.size() < until) {
        const auto head = co_await test.store().head_beyond(after);
        EXPECT_TRUE(head && *head > after);
        const EventBatch batch = co_await test.read(LogRead{.after = after, .limit = 5});
        EXPECT_FALSE(batch.empty());
        for (const RecordedEvent& event : batch) seen.push_back(event.position);
        EXPECT_GT(batch.scanned_to, after);
        after = batch.scanned_to;
    }
}

Task<void> append_singly(StoreContract& test, int times) {
    for (int i = 0; i < times; ++i) co_await test.accept(append("s", ExpectedVersion::any(), test.events(1)));
}

CORO_TEST_P(StoreContract, a_tailing_reader_sees_each_event_once_and_in_order) {
    TALLY_COVERS("I5");
    std::vector<Position> seen;
    std::vector<Task<void>> tasks;
    tasks.push_back(tail(test, 16 * 10, seen));
    for (int i = 0; i < 16; ++i) tasks.push_back(append_singly(test, 10));
    co_await test.run_together(std::move(tasks));
    EXPECT_EQ(seen.size(), 160U);
    for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], i + 1);
}

CORO_TEST_P(StoreContract, derived_commits_wait_for_no_flush) {
    co_await test.accept(append("s", ExpectedVersion::any(), test.events(1)));
    const StoreStatistics before = test.store().statistics();
    for (int i = 0; i < 10; ++i) {
        Changes changes = write({"view", std::to_string(i)}, ExpectedDocument::absent(), body("b"));
        changes.documents.push_back({{"progress", "p"}, ExpectedDocument::any(), body(std::to_string(i))});
        changes.derived = true;
        co_await test.accept(changes);
        EXPECT_EQ((co_await test.get({"progress", "p"})).value_or(Document{}).body, std::to_string(i));
        EXPECT_EQ((co_await test.refuse(changes)).subject, "view/" + std::to_string(i));
    }
    EXPECT_EQ(test.store().statistics().flushes, before.flushes);
    co_await test.accept(append("s", ExpectedVersion::any(), test.events(1)));
    EXPECT_EQ(test.store().statistics().flushes, before.flushes + 1);
}

CORO_TEST_P(StoreContract, too_many_waiting_commits_are_refused) {
    TALLY_COVERS("I2", "I14", "I18");
    test.open({.high_water = 8});
    std::vector<Changes> all;
    std::vector<EventId> ids;
    for (int i = 0; i < callers; ++i) {
        all.push_back(append("s", ExpectedVersion::any(), test.events(1)));
        ids.push_back(all.back().appends[0].events[0].envelope.id);
    }
    const std::vector<CommitResult> outcomes = co_await test.commit_together(std::move(all));
    std::set<EventId> accepted;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (outcomes[i])
            accepted.insert(ids[i]);
        else
            EXPECT_EQ(std::get<Error>(outcomes[i].error()).code, ErrorCode::overloaded);
    }
    EXPECT_GE(accepted.size(), 8U);
    EXPECT_LT(accepted.size(), outcomes.size());
    const EventBatch log = co_await test.read(LogRead{});
    EXPECT_EQ(log.size(), accepted.size());
    for (const RecordedEvent& event : log) EXPECT_TRUE(accepted.contains(event.id));
    co_await test.accept(append("s", ExpectedVersion::any(), test.events(1)));
}

Task<void> commit_and_tell(StoreContract& test, Changes changes, bool& answered) {
    const CommitResult outcome = co_await test.store().commit(std::move(changes));
    EXPECT_TRUE(outcome);
    answered = true;
}

CORO_TEST_P(StoreContract, a_commit_outlives_its_caller) {
    TALLY_COVERS("I18");
    // Chance may answer a caller before it can be cancelled: then the next one is tried.
    bool answered = true;
    for (int attempt = 1; answered && attempt <= 100; ++attempt) {
        answered = false;
        const std::string stream = "s-" + std::to_string(attempt);
        TaskGroup group(test.simulation.executor());
        group.spawn("caller",
                    commit_and_tell(test, append(stream, ExpectedVersion::none(), {test.event("kept")}), answered));
        while (!answered && test.store().statistics().waiting == 0)
            co_await boost::asio::post(test.simulation.executor(), boost::asio::use_awaitable);
        co_await group.close();
        co_await test.accept(append(stream, ExpectedVersion::exactly(1), test.events(1)));
        const EventBatch batch = co_await test.read(StreamRead{.stream = stream, .limit = 1});
        EXPECT_EQ(batch.size(), 1U);
        for (const RecordedEvent& event : batch) EXPECT_EQ(event.data, "kept");
    }
    EXPECT_FALSE(answered) << "no caller was cancelled in time";
}

}  // namespace
}  // namespace tally::testing
