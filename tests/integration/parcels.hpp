#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "tally/host/host.hpp"
#include "tally/store/memory/memory_store.hpp"
#include "tally/testing/coroutine_test.hpp"

namespace tally::testing {

/// A host of two services that go wrong when told to: a post office that sends parcels, and a depot that shelves them.
///
///     POST /api/v1/parcels {parcel, to}    one aggregate a parcel; its partition key is `to`
///     GET  /api/v1/parcels                 a read model, also on the front page
///     GET  /api/v1/shelves/{parcel}        what the depot's consumer has made of it
class Parcels : public CoroutineTest {
public:
    Parcels();

    void start();
    [[nodiscard]] Task<void> stop();
    [[nodiscard]] Task<HttpResponse> send(Method method, std::string target, std::string body = {},
                                          Headers headers = {});
    /// The JSON of a GET, whatever its status.
    [[nodiscard]] Task<boost::json::value> read(std::string target);
    [[nodiscard]] Task<int> post_parcel(std::string parcel, std::string to);
    /// Lets virtual time pass, for consumers and projections to get on.
    [[nodiscard]] Task<void> pause(Duration how_long = std::chrono::seconds(5));
    [[nodiscard]] Task<bool> shelved(std::string parcel);

    std::set<std::string> poisonous;       ///< parcels that the depot refuses
    std::optional<Error> depot_trouble;    ///< what its handler answers instead
    std::optional<std::string> illegible;  ///< a parcel at which the read model throws
    std::optional<Duration> keep_for;      ///< after so long the depot's timer `return` takes a parcel off its shelf
    std::set<std::string> stuck;           ///< parcels at which that timer fails
    std::optional<Duration> remind_after;  ///< after so long the post's timer `reminder` notes its firing below
    bool reminds = true;                   ///< whether the post handles it
    std::map<std::string, Timestamp> reminded;
    std::unique_ptr<Host> host;

private:
    std::unique_ptr<Metrics> metrics_ = create_metrics();
    Config settings_;
    std::map<std::string, std::shared_ptr<MemoryDisk>> disks_;
    int keys_ = 0;
};

/// Opens a store in memory for a service, on a disk of `disks` that outlives it.
[[nodiscard]] std::unique_ptr<Store> open_memory_store(Simulation& simulation,
                                                       std::map<std::string, std::shared_ptr<MemoryDisk>>& disks,
                                                       const std::string& service);

}  // namespace tally::testing
