#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tally/flow/consumer_runner.hpp"
#include "tally/flow/projection_runner.hpp"
#include "tally/flow/saga_engine.hpp"
#include "tally/flow/timer_runner.hpp"
#include "tally/host/saga_watch.hpp"
#include "tally/host/service.hpp"

namespace tally {

/// A service that is wired and runs: its manifest and what the host has made of it. Lifetime: the host's.
struct RunningService {
    Manifest manifest;
    std::unique_ptr<Store> store;
    std::unique_ptr<Platform> platform;  // stable: handlers refer to it
    std::vector<std::unique_ptr<ConsumerRunner>> consumers;
    std::vector<std::unique_ptr<ProjectionRunner>> projections;
    Sagas sagas;
    SagaWatch saga_watch;  // of a service that has any
    TimerSignal timer_signal;
    std::unique_ptr<TimerRunner> timers;  // also where nobody handles any, so that leftover ones are noticed

    [[nodiscard]] std::string topic() const { return manifest.name + ".events"; }
};

using RunningServices = std::vector<std::unique_ptr<RunningService>>;

}  // namespace tally
