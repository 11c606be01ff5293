#pragma once
// Parts of Host that its sources share.

#include "tally/base/task_group.hpp"
#include "tally/bus/bus.hpp"
#include "tally/host/host.hpp"
#include "tally/host/running_service.hpp"

namespace tally {

struct Host::State {
    Parts parts;
    Options options;
    std::unique_ptr<KeyRing> no_keys;  ///< in place of those that were not given
    KeyRing& keys;
    UuidGenerator ids;
    PageTokens page_tokens;
    Application application;
    std::unique_ptr<Transport> transport{};
    EventRegistry events{};
    RunningServices services{};
    std::vector<Manifest> manifests{};
    std::unique_ptr<Bus> bus{};
    TaskGroup tasks;

    State(Parts given, Options wanted);

    /// Why something does not run as it should; empty: all is well.
    [[nodiscard]] std::vector<std::string> troubles() const;
    /// Mounts what is not a typed route: front page, health, metrics, documents.
    void mount_pages();
};

/// The front page: services, what troubles them, and the tables that they show. HTML.
[[nodiscard]] Task<std::string> front_page(Host::State& state);

}  // namespace tally
