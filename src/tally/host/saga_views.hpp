#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "tally/flow/saga_run.hpp"
#include "tally/host/saga_watch.hpp"

/// How the API shows sagas.
namespace tally {

struct SagaStepView {
    std::string name;
    SagaStepStatus status = SagaStepStatus::started;
    int attempts = 1;
    int undo_attempts = 0;
};
BOOST_DESCRIBE_STRUCT(SagaStepView, (), (name, status, attempts, undo_attempts))

struct SagaFailureView {
    SagaFailureReason reason = SagaFailureReason::refused;
    std::string step;    ///< that failed, or that was open
    std::string detail;  ///< in the words of who refused
};
BOOST_DESCRIBE_STRUCT(SagaFailureView, (), (reason, step, detail))

struct SagaView {
    std::string saga;
    int version = 1;  ///< of the definition
    std::string instance;
    SagaStatus status = SagaStatus::none;
    std::vector<SagaStepView> steps;     ///< that were reached
    std::optional<std::string> waiting;  ///< the step whose answer is waited for, or that of its undo
    std::vector<std::string> to_undo;    ///< next first
    std::optional<SagaFailureView> failure;
    std::optional<std::string> operator_called;  ///< why a person must look
    std::int64_t events = 0;                     ///< of its stream
};
BOOST_DESCRIBE_STRUCT(SagaView, (),
                      (saga, version, instance, status, steps, waiting, to_undo, failure, operator_called, events))
[[nodiscard]] SagaView view(const SagaRun& run, Version events);

struct SagaStatusView {
    std::string service;
    std::vector<std::string> sagas;
    std::optional<std::string> unknown;  ///< why it is not known which versions are missing
    std::vector<MissingSagaVersion> missing;
};
BOOST_DESCRIBE_STRUCT(SagaStatusView, (), (service, sagas, unknown, missing))

}  // namespace tally
