// Projections: where they stand, rebuild, cancel.
#include "tally/host/admin.hpp"
#include "tally/host/status_views.hpp"

namespace tally {
namespace {

struct NamedProjection {
    std::string projection;
};
BOOST_DESCRIBE_STRUCT(NamedProjection, (), (projection))

ProjectionRunner* find(RunningService& service, const std::string& name) {
    for (const auto& projection : service.projections)
        if (projection->name() == name) return projection.get();
    return nullptr;
}

HttpProblem unknown(const std::string& name) { return problem("not-found", "there is no projection " + name); }

Task<Reply<Page<ProjectionView>>> list(RunningService& service) {
    Page<ProjectionView> page;
    for (const auto& projection : service.projections)
        page.items.push_back(view(projection->status(), service.manifest.name));
    co_return page;
}

Task<Reply<ProjectionView>> show(RunningService& service, NamedProjection wanted) {
    const ProjectionRunner* projection = find(service, wanted.projection);
    if (projection == nullptr) co_return unknown(wanted.projection);
    co_return view(projection->status(), service.manifest.name);
}

using Act = Task<Result<void>> (ProjectionRunner::*)();

Task<Reply<ProjectionView>> act(RunningService& service, std::string name, Act act) {
    ProjectionRunner* projection = find(service, name);
    if (projection == nullptr) co_return unknown(name);
    auto done = co_await (projection->*act)();
    if (!done) co_return done.error();
    co_return view(projection->status(), service.manifest.name);
}

}  // namespace

void add_projection_routes(Routes& routes, RunningService& service) {
    routes.add(get, admin_path(service, "/projections"),
               {.summary = "Projections, with lag and rebuilds", .scope = "operator:read", .tag = "projections"},
               [&service](Nothing, Query&) { return list(service); });
    routes.add(get, admin_path(service, "/projections/{projection}"),
               {.summary = "One projection", .scope = "operator:read", .tag = "projections"},
               [&service](NamedProjection wanted, Query&) { return show(service, std::move(wanted)); });
    const RouteOptions options{.summary = "Fold the log anew beside the live view, then swap",
                               .scope = "operator:write",
                               .success = 202,
                               .problems = {"rejected"},
                               .tag = "projections"};
    routes.add(post, admin_path(service, "/projections/{projection}:rebuild"), options,
               [&service](NamedProjection wanted, Call&) {
                   return act(service, std::move(wanted.projection), &ProjectionRunner::rebuild);
               });
    RouteOptions cancel = options;
    cancel.summary = "End a rebuild and remove what it has made";
    routes.add(post, admin_path(service, "/projections/{projection}:cancel-rebuild"), cancel,
               [&service](NamedProjection wanted, Call&) {
                   return act(service, std::move(wanted.projection), &ProjectionRunner::cancel_rebuild);
               });
}

}  // namespace tally
