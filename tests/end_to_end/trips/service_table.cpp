// The services of a binary that books trips, under the versions of the saga that it is built with: `TRIP_VERSIONS`. Its
// agency sends tickets where `TRIP_TICKETS` says so.
#include "tallystick/service_table.hpp"

#include "tally/flow/saga_test_kit.hpp"

namespace tally {
namespace trips {
namespace {

struct PlanTrip {
    TripId trip;
};
BOOST_DESCRIBE_STRUCT(PlanTrip, (), (trip))

Task<Reply<PlanTrip>> plan_trip(PlanTrip command, Call& call) {
    call.session.record<Trip>(command.trip, TripPlanned{command.trip});
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
    for (const int version : {TRIP_VERSIONS}) manifest.sagas.push_back(book_trip(version));
    manifest.routes.add(post, "/api/v1/trips/{trip}",
                        {.summary = "Plan a trip", .scope = "trips:write", .idempotent = true, .success = 201},
                        &plan_trip);
    return manifest;
}

template <EventStruct Request, EventStruct Answer>
Task<Handled> answer(Delivery<Request> request, Session& session) {
    session.record<Booking>(request.event.trip, Answer{request.event.trip}, {.reply_to = request.envelope.id});
    co_return Handled{};
}

Manifest agency_service(Platform&) {
    Consumer consumer("agency", "trips.events");
    consumer.on<HotelRequested>(&answer<HotelRequested, HotelBooked>);
    consumer.on<FlightRequested>(&answer<FlightRequested, FlightBooked>);
    if (TRIP_TICKETS) consumer.on<TicketRequested>(&answer<TicketRequested, TicketSent>);
    return {.name = "agency",
            .summary = "Answers",
            .events = Booking::Events::describe(),
            .routes = {},
            .consumers = {std::move(consumer)},
            .projections = {},
            .collections = {}};
}

}  // namespace
}  // namespace trips

const std::vector<Service>& service_table() {
    static const std::vector<Service> table{{"trips", &trips::trips_service}, {"agency", &trips::agency_service}};
    return table;
}

}  // namespace tally
