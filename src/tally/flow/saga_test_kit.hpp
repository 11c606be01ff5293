#pragma once
// A saga of three steps about a trip, for the tests of the engine and of the explorer.

#include <expected>

#include "tally/flow/saga.hpp"

namespace tally::trips {

using TripId = Id<struct TripTag>;

struct TripPlanned {
    TripId trip;
};
BOOST_DESCRIBE_STRUCT(TripPlanned, (), (trip))
TALLY_EVENT(TripPlanned, "TripPlanned", 1, published)
struct TripCancelRequested {
    TripId trip;
};
BOOST_DESCRIBE_STRUCT(TripCancelRequested, (), (trip))
TALLY_EVENT(TripCancelRequested, "TripCancelRequested", 1, published)
struct TripBooked {
    TripId trip;
};
BOOST_DESCRIBE_STRUCT(TripBooked, (), (trip))
TALLY_EVENT(TripBooked, "TripBooked", 1, published)
struct TripCalledOff {
    TripId trip;
    std::string why;
};
BOOST_DESCRIBE_STRUCT(TripCalledOff, (), (trip, why))
TALLY_EVENT(TripCalledOff, "TripCalledOff", 1, published)

#define TALLY_TRIP_MESSAGE(Name)            \
    struct Name {                           \
        TripId trip;                        \
    };                                      \
    BOOST_DESCRIBE_STRUCT(Name, (), (trip)) \
    TALLY_EVENT(Name, #Name, 1, published)
TALLY_TRIP_MESSAGE(HotelRequested)
TALLY_TRIP_MESSAGE(HotelBooked)
TALLY_TRIP_MESSAGE(HotelFull)
TALLY_TRIP_MESSAGE(HotelCancelRequested)
TALLY_TRIP_MESSAGE(HotelCancelled)
TALLY_TRIP_MESSAGE(FlightRequested)
TALLY_TRIP_MESSAGE(FlightBooked)
TALLY_TRIP_MESSAGE(FlightFull)
TALLY_TRIP_MESSAGE(FlightCancelRequested)
TALLY_TRIP_MESSAGE(FlightCancelled)
TALLY_TRIP_MESSAGE(TicketRequested)
TALLY_TRIP_MESSAGE(TicketSent)
#undef TALLY_TRIP_MESSAGE

/// All that the service which runs the saga records itself.
using TripsEvents = EventList<TripPlanned, TripCancelRequested, TripBooked, TripCalledOff, HotelRequested,
                              HotelCancelRequested, FlightRequested, FlightCancelRequested, TicketRequested>;

/// What an agency has answered about a trip.
struct Booking {
    using Key = TripId;
    using Events =
        EventList<HotelBooked, HotelFull, HotelCancelled, FlightBooked, FlightFull, FlightCancelled, TicketSent>;
    static constexpr std::string_view category = "booking";
    void apply(const auto&) {}
};

struct Trip {
    using Key = TripId;
    using Events = EventList<TripPlanned, TripCancelRequested, TripBooked, TripCalledOff>;
    static constexpr std::string_view category = "trip";

    TripId id;
    bool cancel_requested = false;
    bool booked = false;
    std::string called_off;

    void apply(const TripPlanned& event) { id = event.trip; }
    void apply(const TripCancelRequested&) { cancel_requested = true; }
    void apply(const TripBooked&) { booked = true; }
    void apply(const TripCalledOff& event) { called_off = event.why; }
};

inline HotelRequested hotel(const Trip& trip) { return {trip.id}; }
inline HotelCancelRequested no_hotel(const Trip& trip) { return {trip.id}; }
inline FlightRequested flight(const Trip& trip) { return {trip.id}; }
inline FlightCancelRequested no_flight(const Trip& trip) { return {trip.id}; }
inline TicketRequested ticket(const Trip& trip) { return {trip.id}; }
inline std::expected<TripBooked, Rejection> book(const Trip& trip) {
    if (trip.cancel_requested) return std::unexpected(Rejection{"trip-cancelled", "the traveller stays at home"});
    return TripBooked{trip.id};
}
inline std::expected<TripCalledOff, Rejection> call_off(const Trip& trip, const SagaCompensating& failure) {
    return TripCalledOff{trip.id, failure.step};
}

/// Hotel and flight, the pivot, then the ticket.
[[nodiscard]] inline SagaDefinition book_trip(int version = 1) {
    using std::chrono::seconds;
    return saga<Trip>("book-trip", version)
        .starts_on(&TripPlanned::trip)
        .cancelled_by(&TripCancelRequested::trip)
        .step("hotel")
        .request(&hotel)
        .expect(&HotelBooked::trip)
        .refused_by(&HotelFull::trip)
        .within(seconds(30))
        .undo(&no_hotel)
        .undone_by(&HotelCancelled::trip)
        .step("flight")
        .request(&flight)
        .expect(&FlightBooked::trip)
        .refused_by(&FlightFull::trip)
        .within(seconds(60))
        .undo(&no_flight)
        .undone_by(&FlightCancelled::trip)
        .step("book")
        .decide(&book)
        .pivot()
        .step("ticket")
        .request(&ticket)
        .expect(&TicketSent::trip)
        .within(seconds(90))
        .compensated(&call_off)
        .done();
}

}  // namespace tally::trips
