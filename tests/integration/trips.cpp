#include "integration/trips.hpp"

#include <stdexcept>

namespace tally::trips {
namespace {

using namespace std::chrono_literals;

/// Services are made by plain functions, so what a test tells them is found here.
SagasOverHttp* told = nullptr;

struct PlanTrip {
    TripId trip;
};
BOOST_DESCRIBE_STRUCT(PlanTrip, (), (trip))

struct AnswerDue {
    TripId trip;
    std::string to;  ///< type
    Uuid request;
};
BOOST_DESCRIBE_STRUCT(AnswerDue, (), (trip, to, request))
TALLY_TIMER(AnswerDue, "answer")

Task<Reply<PlanTrip>> plan_trip(PlanTrip command, Call& call) {
    call.session.record<Trip>(command.trip, TripPlanned{command.trip});
    co_return command;
}

Task<Reply<PlanTrip>> cancel_trip(PlanTrip command, Call& call) {
    call.session.record<Trip>(command.trip, TripCancelRequested{command.trip});
    co_return command;
}

Manifest trips_service(Platform&) {
    Manifest manifest{.name = "trips",
                      .summary = "Books trips",
                      .events = TripsEvents::describe(),
                      .routes = {},
                      .consumers = {},
                      .projections = {},
                      .collections = {}};
    for (const int version : told->versions) {
        SagaDefinition trip = book_trip(version);
        trip.patience = {.retry_least = 10s, .retry_most = 1min, .attempts = 2};
        if (version > 1 && told->change) told->change(trip);
        manifest.sagas.push_back(std::move(trip));
    }
    manifest.routes.add(post, "/api/v1/trips/{trip}",
                        {.summary = "Plan a trip", .scope = "trips:write", .idempotent = true, .success = 201},
                        &plan_trip);
    manifest.routes.add(post, "/api/v1/trips/{trip}/cancellation",
                        {.summary = "Stay at home", .scope = "trips:write", .idempotent = true, .success = 201},
                        &cancel_trip);
    return manifest;
}

template <EventStruct Request>
Task<Handled> hear(Delivery<Request> request, Session& session) {
    const std::string type(event_type<Request>.name);
    const auto after = told->answer_after.find(type);
    if (after == told->answer_after.end()) co_return Handled{};
    for (int i = 0; i < (told->answers_twice ? 2 : 1); ++i)
        session.schedule(fmt::format("{}-{}", request.envelope.id.text(), i), session.now() + after->second,
                         AnswerDue{request.event.trip, type, request.envelope.id});
    co_return Handled{};
}

Task<Handled> answer(Fired<AnswerDue> due, Session& session) {
    const AnswerDue& given = due.timer;
    const RecordOptions reply{.reply_to = given.request};
    if (given.to == "HotelRequested" && told->is_full)
        session.record<Booking>(given.trip, HotelFull{given.trip}, reply);
    else if (given.to == "HotelRequested")
        session.record<Booking>(given.trip, HotelBooked{given.trip}, reply);
    else if (given.to == "HotelCancelRequested")
        session.record<Booking>(given.trip, HotelCancelled{given.trip}, reply);
    else if (given.to == "FlightRequested")
        session.record<Booking>(given.trip, FlightBooked{given.trip}, reply);
    else if (given.to == "FlightCancelRequested")
        session.record<Booking>(given.trip, FlightCancelled{given.trip}, reply);
    else
        session.record<Booking>(given.trip, TicketSent{given.trip}, reply);
    co_return Handled{};
}

Manifest agency_service(Platform&) {
    Consumer consumer("agency", "trips.events");
    consumer.on<HotelRequested>(&hear<HotelRequested>)
        .on<HotelCancelRequested>(&hear<HotelCancelRequested>)
        .on<FlightRequested>(&hear<FlightRequested>)
        .on<FlightCancelRequested>(&hear<FlightCancelRequested>)
        .on<TicketRequested>(&hear<TicketRequested>);
    Manifest manifest{.name = "agency",
                      .summary = "Answers",
                      .events = EventList<HotelBooked, HotelFull, HotelCancelled, FlightBooked, FlightFull,
                                          FlightCancelled, TicketSent>::describe(),
                      .routes = {},
                      .consumers = {std::move(consumer)},
                      .projections = {},
                      .collections = {}};
    manifest.timers.on<AnswerDue>(&answer);
    return manifest;
}

}  // namespace

SagasOverHttp::SagasOverHttp() { told = this; }

Task<void> SagasOverHttp::forget_progress() {
    const auto store = testing::open_memory_store(simulation, disks_, "trips");
    const auto known = co_await store->find({.collection = "tally.progress", .limit = 100});
    Changes changes;
    for (const Document& document : known.value().documents)
        if (document.key.key.starts_with("book-trip/"))
            changes.documents.push_back({document.key, ExpectedDocument::any(), Remove{}});
    EXPECT_FALSE(changes.documents.empty());
    EXPECT_TRUE(co_await store->commit(std::move(changes)));
    co_await store->close();
}

void SagasOverHttp::start() {
    Host::Options options;
    options.application.access_log = false;
    auto made = Host::create({simulation.executor(), simulation.clock(), simulation.random(), *metrics_, settings_},
                             options, {{"trips", &trips_service}, {"agency", &agency_service}},
                             [this](const std::string& service) -> Result<std::unique_ptr<Store>> {
                                 return testing::open_memory_store(simulation, disks_, service);
                             });
    if (!made) throw std::runtime_error(made.error().text);
    host_ = std::move(*made);
    host_->start();
}

}  // namespace tally::trips
