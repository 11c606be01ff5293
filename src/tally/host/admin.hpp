#pragma once

#include "tally/host/running_service.hpp"

namespace tally {

/// What an operator may ask of one service, below `/api/v1/services/<name>`: events, streams, documents, dead letters,
/// projections, timers, sagas, consumers and lag. Lifetime: `all` outlives the routes.
[[nodiscard]] Routes admin_routes(RunningService& service, const RunningServices& all);

// Its parts, each in a file of its own.
void add_event_routes(Routes& routes, RunningService& service);
void add_document_routes(Routes& routes, RunningService& service);
void add_dead_letter_routes(Routes& routes, RunningService& service);
void add_dead_letter_group_routes(Routes& routes, RunningService& service);
void add_projection_routes(Routes& routes, RunningService& service);
void add_timer_routes(Routes& routes, RunningService& service);
void add_saga_routes(Routes& routes, RunningService& service);
void add_what_if_routes(Routes& routes, RunningService& service, const RunningServices& all);
void add_lag_routes(Routes& routes, RunningService& service, const RunningServices& all);

/// `/api/v1/services`: which there are. Lifetime: `all` outlives the routes.
[[nodiscard]] Routes service_list_routes(const RunningServices& all);

/// `/api/v1/persons/{subject}:erase`. Lifetime: the keys outlive it.
[[nodiscard]] Routes person_routes(KeyRing& keys);

/// `/api/v1/services/orders/events`.
[[nodiscard]] std::string admin_path(const RunningService& service, std::string_view rest);

/// The position or version after which a page begins: that in its token, otherwise `given`, otherwise 0. Errors:
/// invalid.
[[nodiscard]] Result<std::uint64_t> start_of(const Query& query, const PageRequest& page,
                                             std::optional<std::int64_t> given);

}  // namespace tally
