#include "tally/host/admin.hpp"

namespace tally {

std::string admin_path(const RunningService& service, std::string_view rest) {
    return "/api/v1/services/" + service.manifest.name + std::string(rest);
}

Routes admin_routes(RunningService& service, const RunningServices& all) {
    Routes routes;
    add_event_routes(routes, service);
    add_document_routes(routes, service);
    add_dead_letter_routes(routes, service);
    add_projection_routes(routes, service);
    add_lag_routes(routes, service, all);
    return routes;
}

}  // namespace tally
