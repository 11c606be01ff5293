#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tally/base/key_ring.hpp"
#include "tally/bus/log/log_bus.hpp"
#include "tally/host/service.hpp"
#include "tally/http/application.hpp"

namespace tally {

/// Puts services together in one process: their stores, bus, consumers, projections and routes, and the administration
/// of all of them: `/`, `/health`, `/health/ready`, `/metrics`, `/openapi.json`, `/problems`, events, dead letters,
/// projections, timers and lag, and the erasure of persons.
///
/// Phases: `start` → requests → `stop` (consumers, projections and timers end, then stores close). Threads: one loop.
class Host {
public:
    struct Options {
        std::string version = "0.1.0";
        Application::Options application;
        std::string page_secret;  ///< 32 bytes; empty: made anew, so that tokens end with the process
    };
    struct Parts {
        Executor loop;
        Clock& clock;
        Random& random;
        Metrics& metrics;
        const Config& settings;   ///< of the services; outlives the host
        KeyRing* keys = nullptr;  ///< of persons; outlives the host; null: no personal data can be recorded or read
        const FileArea* files = nullptr;  ///< of the services; outlives the host; null: they leave none
    };
    /// Opens the store of a service.
    using OpenStore = std::function<Result<std::unique_ptr<Store>>(const std::string& service)>;
    /// Makes the bus of the services' topics; by default every subscription reads its publisher's log.
    using MakeBus = std::function<std::unique_ptr<Bus>(std::map<std::string, Store*> publishers)>;

    /// Errors: those of `open`; invalid (two services with one name, event or route).
    [[nodiscard]] static Result<std::unique_ptr<Host>> create(Parts parts, Options options,
                                                              const std::vector<Service>& services,
                                                              const OpenStore& open,
                                                              const MakeBus& make_bus = create_log_bus);
    ~Host();

    /// Starts consumers, projections, timers and sweepers.
    void start();
    /// Ends them, then closes the stores.
    [[nodiscard]] Task<void> stop();

    [[nodiscard]] Application& application();
    [[nodiscard]] Transport& transport();
    [[nodiscard]] const std::vector<Manifest>& manifests() const;

    /// Ready: every consumer, projection and timer runner runs, none is paused. Otherwise the reasons, one a line.
    [[nodiscard]] Result<void> ready() const;

    struct State;  // known to this folder's sources only

private:
    explicit Host(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace tally
