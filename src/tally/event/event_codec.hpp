#pragma once

#include "tally/event/codec.hpp"
#include "tally/event/event_type.hpp"
#include "tally/event/recorded_event.hpp"

namespace tally {

/// Reads stored data of `type` and `schema` as JSON of the `current` version, through the upcasters. Errors:
/// unsupported (a version newer than this binary, or without an upcaster), corrupt (not JSON), or what an upcaster
/// refused.
[[nodiscard]] Result<boost::json::value> upcast(const EventType& current, const std::vector<Upcaster>& upcasters,
                                                int schema, std::string_view data);

/// The event that a stored one is, in its current shape. Errors: see `upcast`; invalid (with all problems), unsupported
/// (another type).
template <EventStruct E>
[[nodiscard]] Result<E> decode_event(const RecordedEvent& event) {
    constexpr EventType type = event_type<E>;
    static const std::vector<Upcaster> upcasters = tally_upcasters(static_cast<const E*>(nullptr));
    if (event.type != type.name)
        return fail(ErrorCode::unsupported, "expected " + std::string(type.name) + ", got " + std::string(event.type));
    const auto json = upcast(type, upcasters, event.schema, event.data);
    if (!json) return std::unexpected(json.error());
    Decoded<E> decoded = decode<E>(*json, UnknownFields::ignored);
    if (!decoded) return fail(ErrorCode::invalid, std::string(type.name) + ": " + to_text(decoded.error()));
    return std::move(*decoded);
}

}  // namespace tally
