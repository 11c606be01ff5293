#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tally/event/event_codec.hpp"

namespace tally {

/// What is known of an event type without its struct: for the catalogue, schemas, and checks of stored data.
struct EventDescription {
    EventType type;
    std::vector<Upcaster> upcasters;
    boost::json::value (*schema)(boost::json::object& definitions, std::string_view ref_prefix) = nullptr;
    Problems (*check)(const boost::json::value& data) = nullptr;  ///< of data in the current version
    /// Such data as this binary writes it.
    Decoded<std::string> (*rewrite)(const boost::json::value& data, UnknownFields unknown) = nullptr;
    bool personal = false;  ///< some of the data is about a person, and sealed
};

template <EventStruct E>
[[nodiscard]] EventDescription describe_event() {
    return {event_type<E>,
            tally_upcasters(static_cast<const E*>(nullptr)),
            [](boost::json::object& definitions, std::string_view ref_prefix) {
                return json_schema<E>(definitions, ref_prefix, UnknownFields::ignored);
            },
            [](const boost::json::value& data) {
                auto decoded = decode<E>(data, UnknownFields::ignored);
                return decoded ? Problems{} : std::move(decoded.error());
            },
            [](const boost::json::value& data, UnknownFields unknown) -> Decoded<std::string> {
                auto decoded = decode<E>(data, unknown);
                if (!decoded) return std::unexpected(std::move(decoded.error()));
                return encode(*decoded);
            },
            has_personal<E>};
}

/// A list of event types, as aggregates and services declare it.
template <EventStruct... E>
struct EventList {
    [[nodiscard]] static std::vector<EventDescription> describe() { return {describe_event<E>()...}; }
};

/// Every event type of a process by its name.
class EventRegistry {
public:
    /// Errors: invalid (another type of that name, or upcasters that do not lead from 1 to the current version).
    [[nodiscard]] Result<void> add(const EventDescription& event);
    [[nodiscard]] const EventDescription* find(std::string_view name) const;
    [[nodiscard]] std::vector<const EventDescription*> all() const;

private:
    std::map<std::string, EventDescription, std::less<>> by_name_;
};

}  // namespace tally
