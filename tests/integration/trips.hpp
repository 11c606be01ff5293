#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "integration/parcels.hpp"
#include "tally/flow/saga_test_kit.hpp"
#include "tally/store/memory/memory_disk.hpp"

namespace tally::trips {

inline const std::string sagas = "/api/v1/services/trips/sagas";

/// A host of the service that runs the saga, and of an agency, which answers after a time.
class SagasOverHttp : public testing::CoroutineTest {
public:
    SagasOverHttp();

    void start();
    Task<void> stop() {
        co_await host_->stop();
        host_.reset();
    }
    Task<void> restart(std::vector<int> with_versions) {
        co_await stop();
        versions = std::move(with_versions);
        start();
    }
    Task<HttpResponse> send(Method method, std::string target, std::string body = {}, std::string key = {}) {
        HttpRequest request{.method = method, .target = std::move(target), .headers = {}, .body = std::move(body)};
        if (!request.body.empty()) request.headers.set("Content-Type", "application/json");
        if (key.empty()) key = fmt::format("test-{}", ++keys_);
        if (method == Method::post) request.headers.set("Idempotency-Key", key);
        return host_->application().handle(std::move(request));
    }
    Task<boost::json::value> read(std::string target) {
        const HttpResponse response = co_await send(Method::get, std::move(target));
        EXPECT_EQ(response.status, 200) << response.body;
        co_return boost::json::parse(response.body);
    }
    Task<void> pause(Duration how_long) { return simulation.clock().sleep_for(how_long); }

    static std::string path_of(const std::string& trip) { return sagas + "/book-trip/" + trip; }
    /// Plans a trip, and gives it the time to come as far as it does.
    Task<void> plan(std::string trip) {
        EXPECT_EQ((co_await send(Method::post, "/api/v1/trips/" + trip)).status, 201);
        co_await pause(std::chrono::seconds(5));
    }
    /// As far as the ticket, which nobody sends, until an operator is called.
    Task<void> plan_stuck(std::string trip) {
        answer_after.erase("TicketRequested");
        co_await plan(std::move(trip));
        co_await pause(std::chrono::minutes(4));
    }
    Task<void> cancel(std::string trip) {
        EXPECT_EQ((co_await send(Method::post, "/api/v1/trips/" + trip + "/cancellation")).status, 201);
        co_await pause(std::chrono::seconds(5));
    }
    Task<HttpResponse> act(std::string trip, std::string verb, std::string body = {}, std::string key = {}) {
        return send(Method::post, path_of(trip) + ":" + verb, std::move(body), std::move(key));
    }
    Task<boost::json::value> state(std::string trip) { co_return (co_await read(path_of(trip))).at("state"); }
    Task<std::string> status(std::string trip) {
        co_return std::string((co_await state(std::move(trip))).at("status").as_string());
    }
    Task<std::vector<std::string>> ids(std::string query = {}) {
        std::vector<std::string> found;
        for (const auto& item : (co_await read(sagas + query)).at("items").as_array())
            found.emplace_back(item.at("id").as_string());
        co_return found;
    }
    Task<std::vector<std::string>> history(std::string trip) {
        std::vector<std::string> types;
        for (const auto& event : (co_await read(path_of(trip))).at("history").as_array())
            types.emplace_back(event.at("type").as_string());
        co_return types;
    }
    Task<std::vector<std::string>> troubles() {
        std::vector<std::string> all;
        const auto response = co_await send(Method::get, "/health/ready");
        const auto body = boost::json::parse(response.body);
        for (const auto& reason : body.at("reasons").as_array()) all.emplace_back(reason.as_string());
        EXPECT_EQ(response.status, all.empty() ? 200 : 503);
        co_return all;
    }

    /// As an operator may who restores a backup: all that was heard is heard again. Not while the host runs.
    Task<void> forget_progress();
    /// Of a service: changes with every event and with every write of a document.
    std::pair<Position, Revision> state_of_store(const std::string& service) {
        const Heads heads = disks_.at(service)->heads({});
        return {heads.head, heads.revision};
    }

    std::vector<int> versions{1};
    std::function<void(SagaDefinition&)> change;  ///< makes version 2 another one; null: only its number is
    bool is_full = false;                         ///< the hotel
    bool answers_twice = false;
    std::map<std::string, Duration> answer_after{///< by type of request; none: never
                                                 {"HotelRequested", Duration(0)},
                                                 {"HotelCancelRequested", Duration(0)},
                                                 {"FlightRequested", Duration(0)},
                                                 {"FlightCancelRequested", Duration(0)},
                                                 {"TicketRequested", Duration(0)}};

private:
    std::unique_ptr<Metrics> metrics_ = create_metrics();
    Config settings_;
    std::map<std::string, std::shared_ptr<MemoryDisk>> disks_;
    std::unique_ptr<Host> host_;
    int keys_ = 0;
};

}  // namespace tally::trips
