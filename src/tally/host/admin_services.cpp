// The services of this process, and where their logs stand.
#include "tally/flow/consumer_progress.hpp"
#include "tally/flow/dead_letters.hpp"
#include "tally/flow/projection_state.hpp"
#include "tally/host/admin.hpp"

namespace tally {
namespace {

struct ServiceView {
    std::string name;
    std::string summary;
    std::string topic;
    Uuid incarnation;       ///< of the log
    std::int64_t head = 0;  ///< last position of the log
    std::int64_t shards = 0;
    std::vector<std::string> collections;  ///< its own, as they are stored, and those that tell how it stands
};
BOOST_DESCRIBE_STRUCT(ServiceView, (), (name, summary, topic, incarnation, head, shards, collections))

/// A read model is stored by generations; here is the one that reads answer from.
std::vector<std::string> collections_of(const RunningService& service) {
    std::vector<std::string> names{std::string(collection_of<DeadLetter>), std::string(collection_of<ShardProgress>),
                                   std::string(collection_of<ProjectionState>), std::string(collection_of<Timer>)};
    const auto is_projection = [&](const std::string& name) {
        return std::ranges::any_of(service.projections, [&](const auto& each) { return each->name() == name; });
    };
    for (const Collection& collection : service.manifest.collections)
        if (!is_projection(collection.name)) names.push_back(collection.name);
    for (const auto& projection : service.projections)
        names.push_back(generation_collection(projection->name(), projection->status().generation));
    std::ranges::sort(names);
    return names;
}

ServiceView view(const RunningService& service) {
    return {.name = service.manifest.name,
            .summary = service.manifest.summary,
            .topic = service.topic(),
            .incarnation = service.store->incarnation(),
            .head = static_cast<std::int64_t>(service.store->statistics().head),
            .shards = service.store->shards(),
            .collections = collections_of(service)};
}

Task<Reply<Page<ServiceView>>> list(const RunningServices& all) {
    Page<ServiceView> page;
    for (const auto& service : all) page.items.push_back(view(*service));
    co_return page;
}

}  // namespace

Routes service_list_routes(const RunningServices& all) {
    Routes routes;
    routes.add(get, "/api/v1/services",
               {.summary = "Services, with their logs and collections", .scope = "operator:read", .tag = "services"},
               [&all](Nothing, Query&) { return list(all); });
    return routes;
}

}  // namespace tally
