#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "tally/base/clock.hpp"

namespace tally {

struct RunningService;

/// Instances that have not ended, of a version that this binary lacks: they wait for one that has it.
struct MissingSagaVersion {
    std::string saga;
    int version = 1;
    std::int64_t instances = 0;
    bool or_more = false;  ///< no more than 1,000 are counted
};
BOOST_DESCRIBE_STRUCT(MissingSagaVersion, (), (saga, version, instances, or_more))

/// What is known of the versions that a service's instances run under.
struct SagaWatch {
    std::optional<std::string> unknown = "not looked at yet";  ///< why nothing is known
    std::vector<MissingSagaVersion> missing{};

    /// What keeps the service from being ready, one a line, without its name.
    [[nodiscard]] std::vector<std::string> troubles() const;
};

/// Keeps `service.saga_watch` up to date, from its read model, until it is cancelled. Lifetime: both outlive it.
[[nodiscard]] Task<void> watch_sagas(RunningService& service, Clock& clock, Duration every = std::chrono::seconds(10));

}  // namespace tally
