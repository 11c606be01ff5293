#include "tally/store/group_commit.hpp"

#include <stdexcept>

#include "tally/base/task_group.hpp"
#include "tally/testing/coroutine_test.hpp"
#include "tally/testing/covers.hpp"

namespace tally {
namespace {

/// Writes nothing; a batch takes a second. The stream's name comes back as the conflict's subject.
struct Recorder {
    Clock& clock;
    std::vector<std::size_t> batches{};
    int in_flight = 0;
    int fail_at = -1;
    int miscount_at = -1;

    Task<std::vector<CommitResult>> write(std::vector<Changes> batch) {
        EXPECT_EQ(++in_flight, 1);
        co_await clock.sleep_for(std::chrono::seconds(1));
        --in_flight;
        const int number = static_cast<int>(batches.size());
        batches.push_back(batch.size());
        if (number == fail_at) throw std::runtime_error("the disk is gone");
        std::vector<CommitResult> outcomes;
        outcomes.reserve(batch.size());
        for (const Changes& changes : batch)
            outcomes.push_back(std::unexpected(Conflict{Conflict::On::stream, changes.appends[0].stream, 0}));
        if (number == miscount_at) outcomes.pop_back();
        co_return outcomes;
    }
};

class GroupCommitTest : public testing::CoroutineTest {
protected:
    Recorder recorder{simulation.clock()};
    GroupCommit::Options options{};
    std::vector<std::optional<CommitResult>> answers = std::vector<std::optional<CommitResult>>(100);
    std::unique_ptr<GroupCommit> commits;
    TaskGroup callers{simulation.executor()};

    void open(GroupCommit::Options with = {}) {
        commits = std::make_unique<GroupCommit>(simulation.executor(), with, [this](std::vector<Changes> batch) {
            return recorder.write(std::move(batch));
        });
    }
    Task<void> call(std::size_t caller) {
        Changes changes;
        changes.appends.push_back({std::to_string(caller), {}, {}});
        answers[caller] = co_await commits->commit(std::move(changes));
    }
    void spawn(std::size_t from, std::size_t to) {
        for (; from < to; ++from) callers.spawn("caller", call(from));
    }
    Task<void> pass(Duration time) { return simulation.clock().sleep_for(time); }

    std::size_t answered() const {
        return static_cast<std::size_t>(
            std::ranges::count_if(answers, [](const auto& answer) { return answer.has_value(); }));
    }
    /// The subject of the caller's own outcome, or the error's code.
    std::string outcome(std::size_t caller) const {
        const auto& answer = answers[caller];
        if (!answer || *answer) return "none";
        if (const auto* conflict = std::get_if<Conflict>(&answer->error())) return conflict->subject;
        return std::string(name(std::get<Error>(answer->error()).code));
    }
};

CORO_TEST_F(GroupCommitTest, ALoneCallerIsWrittenAloneAndAtOnce) {
    open();
    for (std::size_t caller = 0; caller < 3; ++caller) co_await call(caller);
    EXPECT_EQ(recorder.batches, (std::vector<std::size_t>{1, 1, 1}));
    EXPECT_EQ(outcome(2), "2");
}

CORO_TEST_F(GroupCommitTest, WhoArrivesDuringAFlushSharesTheNext) {
    open();
    spawn(0, 1);
    co_await pass(std::chrono::milliseconds(500));
    spawn(1, 41);
    co_await pass(std::chrono::milliseconds(200));
    EXPECT_EQ(commits->waiting(), 41U);
    co_await pass(std::chrono::seconds(2));
    EXPECT_EQ(recorder.batches, (std::vector<std::size_t>{1, 40}));
    for (std::size_t caller = 0; caller < 41; ++caller) EXPECT_EQ(outcome(caller), std::to_string(caller));
    EXPECT_EQ(commits->waiting(), 0U);
    co_await callers.close();
}

CORO_TEST_F(GroupCommitTest, ABatchIsBounded) {
    open({.max_batch = 16});
    spawn(0, 1);
    co_await pass(std::chrono::milliseconds(500));
    spawn(1, 50);
    co_await pass(std::chrono::seconds(10));
    EXPECT_EQ(recorder.batches, (std::vector<std::size_t>{1, 16, 16, 16, 1}));
    EXPECT_EQ(answered(), 50U);
    co_await callers.close();
}

CORO_TEST_F(GroupCommitTest, BeyondTheHighWaterMarkCallersAreRefusedAtOnce) {
    TALLY_COVERS("I14");
    open({.high_water = 10});
    spawn(0, 13);
    co_await pass(std::chrono::milliseconds(500));
    EXPECT_EQ(commits->waiting(), 10U);
    EXPECT_EQ(answered(), 3U);
    for (std::size_t caller = 0; caller < 13; ++caller)
        if (answers[caller]) EXPECT_EQ(outcome(caller), "overloaded");
    co_await pass(std::chrono::seconds(3));
    EXPECT_EQ(answered(), 13U);
    co_await call(20);
    EXPECT_EQ(outcome(20), "20");
    co_await callers.close();
}

CORO_TEST_F(GroupCommitTest, ACancelledCallerIsWrittenAllTheSame) {
    TALLY_COVERS("I18");
    open();
    spawn(0, 5);
    co_await pass(std::chrono::milliseconds(500));
    co_await callers.close();
    EXPECT_EQ(answered(), 0U);
    EXPECT_EQ(commits->waiting(), 5U);
    co_await pass(std::chrono::seconds(3));
    std::size_t written = 0;
    for (const std::size_t size : recorder.batches) written += size;
    EXPECT_EQ(written, 5U);
    EXPECT_EQ(commits->waiting(), 0U);
    co_await call(7);
    EXPECT_EQ(outcome(7), "7");
}

CORO_TEST_F(GroupCommitTest, CloseWritesWhatWaitsAndThenRefuses) {
    open({.max_batch = 4});
    spawn(0, 20);
    co_await pass(std::chrono::milliseconds(500));
    co_await commits->close();
    co_await pass(std::chrono::milliseconds(1));
    EXPECT_EQ(answered(), 20U);
    for (std::size_t caller = 0; caller < 20; ++caller) EXPECT_EQ(outcome(caller), std::to_string(caller));
    co_await call(30);
    EXPECT_EQ(outcome(30), "cancelled");
    co_await commits->close();
    co_await callers.close();
}

CORO_TEST_F(GroupCommitTest, AfterAFailedWriteNothingIsAcceptedAnyMore) {
    TALLY_COVERS("I18");
    open({.max_batch = 8});
    recorder.fail_at = 1;
    spawn(0, 1);
    co_await pass(std::chrono::milliseconds(500));
    spawn(1, 21);
    co_await pass(std::chrono::seconds(5));
    EXPECT_EQ(outcome(0), "0");
    for (std::size_t caller = 1; caller < 21; ++caller) EXPECT_EQ(outcome(caller), "io");
    EXPECT_NE(std::get<Error>(answers[1]->error()).text.find("the disk is gone"), std::string::npos);
    EXPECT_EQ(recorder.batches.size(), 2U);
    EXPECT_EQ(commits->waiting(), 0U);
    co_await call(30);
    EXPECT_EQ(outcome(30), "io");
    co_await commits->close();
    co_await callers.close();
}

CORO_TEST_F(GroupCommitTest, AMiscountedBatchIsAFailure) {
    open();
    recorder.miscount_at = 0;
    co_await call(0);
    EXPECT_EQ(outcome(0), "io");
}

}  // namespace
}  // namespace tally
