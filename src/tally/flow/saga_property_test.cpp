// Whatever happens to an instance, in whatever order: an instance ends at most once, and undoes what it must.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "tally/flow/saga_happenings_test_kit.hpp"
#include "tally/testing/covers.hpp"

namespace tally::trips {
namespace {

using Names = std::vector<std::string>;
using testing::SagaMessage;
using testing::SagaStage;
using testing::Simulation;

/// What a history must be, whatever led to it.
class Examination {
public:
    explicit Examination(const SagaDefinition& definition) : definition_(definition) {}

    void examine(const EventBatch& history) {
        for (const RecordedEvent& event : history) {
            if (has_ended_) EXPECT_EQ(event.type, "SagaReplyIgnored") << "an instance ends once";
            take(event);
        }
    }

private:
    void take(const RecordedEvent& event) {
        if (event.type == "SagaStepStarted") started(decode_event<SagaStepStarted>(event).value());
        if (event.type == "SagaCompensating") compensating(decode_event<SagaCompensating>(event).value());
        if (event.type == "SagaUndoStarted") undo_started(decode_event<SagaUndoStarted>(event).value());
        if (event.type == "SagaCompensated") {
            undone(decode_event<SagaCompensated>(event).value().undone);
            EXPECT_TRUE(is_compensating_);
            EXPECT_EQ(undone_, to_undo_) << "all of it, in that order";
        }
        if (event.type == "SagaStepSkipped" && is_compensating_)
            undone({decode_event<SagaStepSkipped>(event).value().step});
        if (event.type == "SagaCompleted") EXPECT_FALSE(is_compensating_);
        if (event.type == "SagaCompleted" || event.type == "SagaCompensated" || event.type == "SagaResolved")
            has_ended_ = true;
        if (!event.type.starts_with("Saga")) recorded_.insert(event.id);
    }

    void started(const SagaStepStarted& event) {
        EXPECT_FALSE(is_compensating_);
        begun_.insert(event.done.begin(), event.done.end());
        begun_.insert(event.step);
        if (event.request) requested(*event.request);
    }

    void compensating(const SagaCompensating& event) {
        EXPECT_FALSE(std::exchange(is_compensating_, true)) << "there is one way back";
        begun_.insert(event.done.begin(), event.done.end());
        for (auto step = definition_.steps.rbegin(); step != definition_.steps.rend(); ++step) {
            const bool is_refused = event.reason == SagaFailureReason::refused && event.step == step->name;
            if (step->undo && begun_.contains(step->name) && !is_refused) to_undo_.push_back(step->name);
        }
        EXPECT_EQ(event.undo, to_undo_);
    }

    void undo_started(const SagaUndoStarted& event) {
        EXPECT_TRUE(is_compensating_);
        undone(event.undone);
        EXPECT_EQ(event.step, to_undo_.at(undone_.size()));
        requested(event.request);
    }

    void undone(const Names& names) { undone_.insert(undone_.end(), names.begin(), names.end()); }
    void requested(const Uuid& request) {
        EXPECT_TRUE(recorded_.contains(request)) << "it names its request";
        EXPECT_TRUE(requests_.insert(request).second) << "each has its own";
    }

    const SagaDefinition& definition_;
    std::set<std::string> begun_;
    std::set<Uuid> recorded_;
    std::set<Uuid> requests_;
    Names to_undo_;
    Names undone_;
    bool is_compensating_ = false;
    bool has_ended_ = false;
};

Task<void> live(Simulation& simulation, std::map<SagaStatus, int>& ends) {
    const SagaDefinition definition = impatient_trip();
    SagaStage stage(simulation, {definition});
    Random& random = simulation.random();
    Happenings happenings(definition, random, stage.ids());
    EXPECT_TRUE(co_await stage.hear(co_await stage.record(&plan, trip)));
    for (int i = 0; i < 40; ++i) {
        const std::uint64_t what = random.below(8);
        auto timer = co_await stage.timer(trip);
        if (what == 0 && timer)
            EXPECT_TRUE(co_await stage.fire(std::move(*timer)));
        else if (what == 1)
            co_await act(stage, random);
        else
            EXPECT_TRUE(co_await stage.hear(happenings.message(co_await stage.run(trip))));
    }
    const SagaRun run = co_await stage.run(trip);
    EXPECT_EQ((co_await stage.timer(trip)).has_value(),
              run.is_open() && !(run.status == SagaStatus::running && run.operator_called));
    Examination(definition).examine(co_await stage.history(trip));
    ++ends[run.status];
    co_await stage.store().close();
}

TEST(SagaPropertyTest, WhateverHappensItEndsOnceAndUndoesWhatItMust) {
    TALLY_COVERS("I10");
    std::map<SagaStatus, int> ends;
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Simulation simulation(seed);
        simulation.run(live(simulation, ends));
        if (::testing::Test::HasFailure()) return;
    }
    for (const SagaStatus status : {SagaStatus::completed, SagaStatus::compensated, SagaStatus::resolved})
        EXPECT_GT(ends[status], 10) << "too few of them to say so";
}

/// Two instances of one history: one hears of each event in a commit of its own, the other of several in one.
Task<void> compare(Simulation& simulation) {
    const SagaDefinition definition = impatient_trip();
    SagaStage singly(simulation, {definition});
    SagaStage together(simulation, {definition});
    Random& random = simulation.random();
    Happenings happenings(definition, random, singly.ids());
    std::vector<SagaMessage> waiting{co_await singly.record(&plan, trip)};
    (void)co_await together.record(&plan, trip);
    EXPECT_TRUE(co_await singly.hear(waiting.front()));
    for (int i = 0; i < 30; ++i) {
        if (random.below(3) == 0) EXPECT_TRUE(co_await together.hear_all(std::exchange(waiting, {})));
        auto timer = co_await singly.timer(trip);
        if (waiting.empty() && timer && random.below(2) == 0) {
            EXPECT_TRUE(co_await singly.fire(std::move(*timer)));
            EXPECT_TRUE(co_await together.fire((co_await together.timer(trip)).value()));
        } else {
            waiting.push_back(happenings.message(co_await singly.run(trip)));
            EXPECT_TRUE(co_await singly.hear(waiting.back()));
        }
    }
    EXPECT_TRUE(co_await together.hear_all(std::move(waiting)));
    const EventBatch one = co_await singly.history(trip);
    const EventBatch other = co_await together.history(trip);
    EXPECT_TRUE(std::ranges::equal(one, other, [](const RecordedEvent& left, const RecordedEvent& right) {
        return left.id == right.id && left.content_digest == right.content_digest;
    }));
    EXPECT_EQ((co_await singly.timer(trip)).has_value(), (co_await together.timer(trip)).has_value());
    co_await singly.store().close();
    co_await together.store().close();
}

TEST(SagaPropertyTest, StandsWhereItsHistoryPutsItAlsoBeforeTheCommit) {
    TALLY_COVERS("I3");
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Simulation simulation(seed);
        simulation.run(compare(simulation));
        if (::testing::Test::HasFailure()) return;
    }
}

}  // namespace
}  // namespace tally::trips
