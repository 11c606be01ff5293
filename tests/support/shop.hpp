#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "tally/base/key_ring.hpp"
#include "tally/host/host.hpp"
#include "tally/store/memory/memory_store.hpp"
#include "tally/testing/simulation.hpp"

namespace tally::testing {

/// All services in one simulated process, on disks that outlive it.
class Shop {
    std::unique_ptr<Random> random_of_keys_;  // its own, so that what is drawn by a simulation stays as it was

public:
    using OpenStore = std::function<std::unique_ptr<Store>(const std::string& service)>;

    /// Stores in memory, unless `open` makes others.
    explicit Shop(Simulation& simulation, OpenStore open = {});
    ~Shop();

    std::vector<Service> services;  ///< to be changed before `start`, as what follows
    Host::Options options;
    std::vector<std::pair<std::string, std::string>> settings;  ///< of services, where they are not the defaults
    std::unique_ptr<KeyRing> keys;                              ///< in memory
    std::optional<FileArea> files;                              ///< none: services leave nothing
    void start();
    [[nodiscard]] Task<void> stop();
    [[nodiscard]] Host& host() { return *host_; }

    /// A request as a client would send it; a command gets an Idempotency-Key of its own where it names none.
    [[nodiscard]] Task<HttpResponse> send(Method method, std::string target, std::string body = {},
                                          Headers headers = {});
    /// The JSON of a GET; null for any status but 200.
    [[nodiscard]] Task<boost::json::value> read(std::string target);
    /// Waits, in virtual time, until the order is completed, cancelled or failed; returns its status, or what it is
    /// after a minute.
    [[nodiscard]] Task<std::string> settled(std::string order);

private:
    Simulation& simulation_;
    std::unique_ptr<Metrics> metrics_;
    Config config_;
    std::map<std::string, std::shared_ptr<MemoryDisk>> disks_;
    OpenStore open_;
    std::unique_ptr<Host> host_;
    int keys_ = 0;
};

/// `{"order":"o1","lines":[{"sku":"85123A","quantity":3,"unit_price":{"amount":"2.550","currency":"GBP"}}]}`
[[nodiscard]] std::string order_json(const std::string& order, const std::string& sku, int quantity);

}  // namespace tally::testing
