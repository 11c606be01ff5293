#pragma once

#include <string>
#include <vector>

#include "tally/host/event_views.hpp"
#include "tally/http/transport.hpp"

namespace tally {

/// All events of a correlation in the log of a service, in their order. Errors: those of Transport::send; unavailable
/// (the service gives another answer).
[[nodiscard]] Task<Result<std::vector<EventView>>> events_of_correlation(Transport& transport, std::string service,
                                                                         std::string correlation);

}  // namespace tally
