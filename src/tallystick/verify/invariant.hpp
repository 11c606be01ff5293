#pragma once

#include <span>
#include <string_view>

namespace tally::verify {

/// What must hold of a data folder. The numbers in their names are those of docs/reliability.md.
enum class Invariant {
    rows,
    head,
    event_ids,
    causation,
    versions,
    streams,
    revisions,
    positions,
    shards,
    chain,
    totals,
    payments,
    refunds,
    stock,
    movements,
    releases,
    commits,
    returns,
    requests,
    outcomes,
    confirmed,
    cancelled,
    shipments,
    sagas,
    in_flight,
    progress,
    read_models,
    sales,
    digests,
};

struct InvariantInfo {
    Invariant id;
    std::string_view name;     ///< `I4 versions`
    std::string_view meaning;  ///< a sentence
    bool of_the_log;           ///< where it is broken, no fold of the log proves anything
};

/// Each once, in the order of their declaration.
[[nodiscard]] std::span<const InvariantInfo> invariants();
[[nodiscard]] const InvariantInfo& info(Invariant id);

}  // namespace tally::verify
