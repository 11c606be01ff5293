#pragma once
// What may happen to a trip, drawn at random.

#include <algorithm>
#include <utility>

#include "tally/flow/saga_test_kit.hpp"
#include "tally/testing/saga_explorer/saga_stage.hpp"

namespace tally::trips {

inline const std::string trip = "t1";

[[nodiscard]] inline SagaDefinition impatient_trip() {
    SagaDefinition definition = book_trip();
    definition.patience.attempts = 2;
    return definition;
}

inline void plan(Session& session, const std::string& key) {
    session.record<Trip>(TripId::trusted(key), TripPlanned{TripId::trusted(key)});
}

/// Things that happen, half of them what the instance waits for.
class Happenings {
public:
    Happenings(SagaDefinition definition, Random& random, UuidGenerator& ids)
        : definition_(std::move(definition)), random_(random), ids_(ids) {}

    [[nodiscard]] testing::SagaMessage message(const SagaRun& run) {
        const SagaTrigger& trigger = random_.below(2) == 0 ? expected(run) : any();
        auto [type, data] = trigger.sample(trip);
        return {ids_.next(), std::string(type.name), type.schema, std::move(data), causation(trigger, run)};
    }

private:
    [[nodiscard]] const SagaTrigger& any() { return definition_.triggers[random_.below(definition_.triggers.size())]; }

    [[nodiscard]] const SagaTrigger& expected(const SagaRun& run) {
        const auto kind =
            run.status == SagaStatus::compensating ? SagaTrigger::Kind::undone : SagaTrigger::Kind::success;
        const auto found = std::ranges::find_if(definition_.triggers, [&](const SagaTrigger& trigger) {
            return trigger.kind == kind && definition_.steps[trigger.step].name == run.current;
        });
        return found == definition_.triggers.end() ? any() : *found;
    }

    [[nodiscard]] std::optional<Uuid> causation(const SagaTrigger& trigger, const SagaRun& run) {
        const std::uint64_t way = random_.below(8);
        if (way == 0) return std::nullopt;
        if (way == 1) return ids_.next();
        std::vector<Uuid> requests;
        for (const auto& [id, request] : run.requests)
            if (way == 2 || request.step == definition_.steps[trigger.step].name) requests.push_back(id);
        if (requests.empty()) return std::nullopt;
        return requests[random_.below(requests.size())];
    }

    SagaDefinition definition_;
    Random& random_;
    UuidGenerator& ids_;
};

/// An operator does something, whether or not it can be done.
inline Task<void> act(testing::SagaStage& stage, Random& random) {
    const std::uint64_t what = random.below(16);
    if (what == 0)
        (void)co_await stage.resolve(trip, "enough");
    else if (what < 4)
        (void)co_await stage.skip(trip, "never mind");
    else
        (void)co_await stage.retry(trip);
}

}  // namespace tally::trips
