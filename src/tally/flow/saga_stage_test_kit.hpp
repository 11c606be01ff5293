#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tally/flow/load.hpp"
#include "tally/flow/saga_test_kit.hpp"
#include "tally/testing/coroutine_test.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/saga_explorer/saga_stage.hpp"

namespace tally::trips {

/// The trip `t1`, to which one thing after another happens.
class SagaTest : public testing::CoroutineTest {
protected:
    using Done = testing::SagaStage::Done;

    [[nodiscard]] Task<Done> plan() {
        co_return co_await stage.hear(co_await stage.record(
            [](Session& session, const std::string& key) {
                session.record<Trip>(TripId::trusted(key), TripPlanned{TripId::trusted(key)});
            },
            trip.text()));
    }
    [[nodiscard]] Task<Done> cancel() {
        co_return co_await stage.hear(co_await stage.record(
            [](Session& session, const std::string& key) {
                session.record<Trip>(TripId::trusted(key), TripCancelRequested{TripId::trusted(key)});
            },
            trip.text()));
    }
    template <EventStruct E>
    [[nodiscard]] Task<Done> hear(E event, std::optional<Uuid> causation = {}) {
        return stage.hear(stage.message(event, causation));
    }
    /// An answer to the newest request of that type.
    template <EventStruct E>
    [[nodiscard]] Task<Done> answer(E event, std::string request) {
        const std::vector<Uuid> requests = co_await requests_of(std::move(request));
        if (requests.empty()) throw std::logic_error("nobody has asked");
        co_return co_await hear(event, requests.back());
    }
    /// As far as the step `hotel`, `flight` or `ticket`.
    [[nodiscard]] Task<void> reach(std::string step) {
        EXPECT_TRUE(co_await plan());
        if (step == "hotel") co_return;
        EXPECT_TRUE(co_await answer(HotelBooked{trip}, "HotelRequested"));
        if (step == "flight") co_return;
        EXPECT_TRUE(co_await answer(FlightBooked{trip}, "FlightRequested"));
    }
    [[nodiscard]] Task<Done> pass_deadline() {
        auto timer = co_await stage.timer(trip.text());
        if (!timer) throw std::logic_error("there is no deadline");
        co_return co_await stage.fire(std::move(*timer));
    }
    /// As if it had never been moved.
    [[nodiscard]] Task<Document> put_back(Document timer) {
        Changes changes;
        changes.documents.push_back({timer.key, ExpectedDocument::any(), Put{.body = timer.body}});
        EXPECT_TRUE(co_await stage.store().commit(std::move(changes)));
        co_return (co_await stage.timer(trip.text())).value();
    }
    [[nodiscard]] Task<bool> has_timer() { co_return (co_await stage.timer(trip.text())).has_value(); }

    [[nodiscard]] Task<SagaRun> run() { return stage.run(trip.text()); }
    [[nodiscard]] Task<std::vector<Uuid>> requests_of(std::string type) {
        std::vector<Uuid> found;
        for (const RecordedEvent& event : co_await stage.history(trip.text()))
            if (event.type == type) found.push_back(event.id);
        co_return found;
    }
    template <EventStruct E>
    [[nodiscard]] Task<std::vector<E>> all() {
        std::vector<E> found;
        for (const RecordedEvent& event : co_await stage.history(trip.text()))
            if (event.type == event_type<E>.name) found.push_back(decode_event<E>(event).value());
        co_return found;
    }
    /// How many events the instance has.
    [[nodiscard]] Task<std::size_t> length() { co_return (co_await stage.history(trip.text())).size(); }
    [[nodiscard]] Task<Trip> about() {
        auto loaded = co_await load_aggregate<Trip>(stage.store(), trip, {});
        co_return loaded.value().state;
    }

    TripId trip = TripId::trusted("t1");
    testing::SagaStage stage{simulation, {book_trip()}};
};

using Texts = std::vector<std::string>;

}  // namespace tally::trips
