#pragma once

#include <string>
#include <vector>

#include "tally/base/clock.hpp"
#include "tally/base/config.hpp"
#include "tally/base/metrics.hpp"
#include "tally/event/event_registry.hpp"
#include "tally/flow/consumer.hpp"
#include "tally/flow/projection.hpp"
#include "tally/flow/saga_definition.hpp"
#include "tally/flow/timer_handlers.hpp"
#include "tally/http/routes.hpp"
#include "tally/http/transport.hpp"

namespace tally {

/// Where a service leaves files for others to read, such as mail; what it keeps for itself is in its store.
struct FileArea {
    std::string folder;
    Executor blocking;  ///< for calls that block: it runs one at a time
};

/// What a service is given.
struct Platform {
    Store& store;  ///< its own, nobody else's
    Clock& clock;
    Random& random;
    Metrics& metrics;
    Transport& transport;    ///< to the other services
    const Config& settings;  ///< those that it declares among them
    KeyRing& keys;           ///< of persons, for all services: what opens personal data, and erases
    const FileArea* files;   ///< null: there are none, everything is in memory
};

/// A collection that a service keeps, with the indexes that it declares.
struct Collection {
    std::string name;
    std::vector<std::string> indexes;
};

/// A table of the front page: the first items of one of the service's lists.
struct FrontTable {
    std::string title;
    std::string path;                  ///< `/api/v1/orders?page_size=10`
    std::vector<std::string> columns;  ///< members of the items
    std::string link;                  ///< of each row: `/api/v1/orders/{order}/timeline`; empty: none
};

/// What a service is: data, readable without running it.
struct Manifest {
    std::string name;  ///< `orders`; its topic is `orders.events`
    std::string summary;
    std::vector<EventDescription> events;  ///< that it publishes or keeps
    Routes routes;
    std::vector<Consumer> consumers;
    std::vector<Projection> projections;
    TimerHandlers timers{};
    std::vector<SagaDefinition> sagas{};  ///< every version that instances may still run under
    std::vector<Collection> collections;
    std::vector<FrontTable> front_page{};
};

/// A row of the table of services. `make` wires the service's parts; it starts nothing.
struct Service {
    std::string name;
    Manifest (*make)(Platform& platform);
    std::vector<Setting> (*settings)() = nullptr;  ///< that it reads; null: none
};

/// What all services of a table read.
[[nodiscard]] std::vector<Setting> settings_of(const std::vector<Service>& services);

}  // namespace tally
