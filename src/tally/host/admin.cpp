#include "tally/host/admin.hpp"

#include <charconv>

namespace tally {

std::string admin_path(const RunningService& service, std::string_view rest) {
    return "/api/v1/services/" + service.manifest.name + std::string(rest);
}

Result<std::uint64_t> start_of(const Query& query, const PageRequest& page, std::optional<std::int64_t> given) {
    auto place = query.place_of(page);
    if (!place) return std::unexpected(std::move(place.error()));
    if (given && *given < 0) return fail(ErrorCode::invalid, "positions count from 1");
    if (place->empty()) return static_cast<std::uint64_t>(given.value_or(0));
    std::uint64_t number = 0;
    std::from_chars(place->data(), place->data() + place->size(), number);
    return number;
}

Routes admin_routes(RunningService& service, const RunningServices& all) {
    Routes routes;
    add_event_routes(routes, service);
    add_document_routes(routes, service);
    add_dead_letter_routes(routes, service);
    add_dead_letter_group_routes(routes, service);
    add_projection_routes(routes, service);
    add_timer_routes(routes, service);
    add_saga_routes(routes, service);
    add_what_if_routes(routes, service, all);
    add_lag_routes(routes, service, all);
    return routes;
}

}  // namespace tally
