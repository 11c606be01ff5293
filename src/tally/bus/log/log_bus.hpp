#pragma once

#include <map>
#include <memory>
#include <string>

#include "tally/bus/bus.hpp"
#include "tally/store/store.hpp"

namespace tally {

/// A bus without a broker: a subscription is a cursor on the publisher's log, and wakes on its commits.
///
/// All shards of a topic are assigned at once, so a batch is in position order. `done` does nothing. Lifetime: the
/// stores, by topic, outlive the bus and its subscriptions.
[[nodiscard]] std::unique_ptr<Bus> create_log_bus(std::map<std::string, Store*> publishers);

}  // namespace tally
