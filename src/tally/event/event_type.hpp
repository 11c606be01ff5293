#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "tally/base/error.hpp"

namespace tally {

/// Whether other services get to see events of a type.
enum class Visibility : std::uint8_t {
    published,  ///< part of the service's topic
    internal,   ///< stays in the service's log
};

/// What stands beside an event's struct: see TALLY_EVENT.
struct EventType {
    std::string_view name;
    int schema = 1;
    Visibility visibility = Visibility::published;
};

/// Turns data of one schema version into the next; pure.
using Upcaster = Result<boost::json::object> (*)(boost::json::object);

/// The `n`-th entry turns version n+1 into n+2. A type that has had more than one version declares, beside its struct,
/// `std::vector<Upcaster> tally_upcasters(const OrderCreated*)`; it must lead to the current version.
inline std::vector<Upcaster> tally_upcasters(const void*) { return {}; }

template <class T>
concept EventStruct = requires(const T* event) {
    { tally_event_type(event) } -> std::same_as<EventType>;
};

/// The event type of a struct: `event_type<OrderCreated>.name`.
template <EventStruct E>
inline constexpr EventType event_type = tally_event_type(static_cast<const E*>(nullptr));

}  // namespace tally

/// Gives a struct its wire name, its schema version and its visibility, beside BOOST_DESCRIBE_STRUCT and in the
/// struct's namespace. The name lives for ever; renaming the struct changes no history.
///
///     TALLY_EVENT(OrderCreated, "OrderCreated", 1, published)
#define TALLY_EVENT(Struct, Name, Schema, Seen)                                     \
    [[maybe_unused]] constexpr ::tally::EventType tally_event_type(const Struct*) { \
        return {Name, Schema, ::tally::Visibility::Seen};                           \
    }
