// The services of a binary that books trips, under the versions of the saga that it is built with: `TRIP_VERSIONS`. Its
// agency sends tickets where `TRIP_TICKETS` says so.
#include "tally/flow/saga_test_kit.hpp"
#include "tallystick/composition.hpp"

namespace tally {
namespace trips {
namespace {

struct PlanTrip {
    TripId trip;
};
BOOST_DESCRIBE_STRUCT(PlanTrip, (), (trip))

/// What the agency has answered about a trip.
struct Booking {
    using Key = TripId;
    using Events =
        EventList<HotelBooked, HotelFull, HotelCancelled, FlightBooked, FlightFull, FlightCancelled, TicketSent>;
    static constexpr std::string_view category = "booking";
    void apply(const auto&) {}
};

Task<Reply<PlanTrip>> plan_trip(PlanTrip command, Call& call) {
    call.session.record<Trip>(command.trip, TripPlanned{command.trip});
    co_return command;
}

Manifest trips_service(Platform&) {
    Manifest manifest{
        .name = "trips",
        .summary = "Books trips",
        .events = EventList<TripPlanned, TripCancelRequested, TripBooked, TripCalledOff, HotelRequested,
                            HotelCancelRequested, FlightRequested, FlightCancelRequested, TicketRequested>::describe(),
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
