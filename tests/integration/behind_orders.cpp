#include "integration/behind_orders.hpp"

#include <boost/json.hpp>

#include "integration/parcels.hpp"

namespace tally::testing {
namespace {

Manifest told_orders(Platform&) {
    std::vector<EventDescription> events = orders::OrderEvents::describe();
    std::ranges::move(orders::OrderRequests::describe(), std::back_inserter(events));
    return {.name = "orders",
            .summary = "Says what it is told",
            .events = std::move(events),
            .routes = {},
            .consumers = {},
            .projections = {},
            .collections = {}};
}

}  // namespace

BehindOrders::BehindOrders(Service service, Front front)
    : shop(simulation,
           [this, front = std::move(front)](const std::string& name) {
               auto store = open_memory_store(simulation, disks_, name);
               if (name == "orders") orders_ = store.get();
               return front && name != "orders" ? front(std::move(store)) : std::move(store);
           }),
      service_(service.name),
      ids_(simulation.clock(), simulation.random()) {
    shop.services = {{"orders", &told_orders}, std::move(service)};
}

Task<void> BehindOrders::pause(Duration how_long) { return simulation.clock().sleep_for(how_long); }

Task<boost::json::array> BehindOrders::items(std::string path) {
    const auto page = co_await shop.read("/api/v1/services/" + service_ + "/" + path);
    if (!page.is_object()) co_return boost::json::array{};
    co_return page.at("items").as_array();
}

Task<std::vector<std::string>> BehindOrders::types(std::string stream) {
    std::vector<std::string> types;
    for (const auto& event : co_await items("streams/" + stream)) types.emplace_back(event.at("type").as_string());
    co_return types;
}

Task<std::vector<std::string>> BehindOrders::parked() {
    std::vector<std::string> errors;
    for (const auto& item : co_await items("dead-letters"))
        errors.emplace_back(item.at("letter").at("error").as_string());
    co_return errors;
}

}  // namespace tally::testing
