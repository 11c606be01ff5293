#pragma once

#include <optional>
#include <string>

#include "tally/base/clock.hpp"
#include "tally/base/strong_id.hpp"
#include "tally/base/uuid.hpp"

namespace tally {

using EventId = Uuid;

/// Ties together all that one request from outside has brought about, over all services: 1–128 visible ASCII
/// characters.
using CorrelationId = std::string;

/// What an event says of itself beside its data; a writer states it, and it never changes.
struct Envelope {
    EventId id;
    std::string type;  ///< wire name, from the catalogue: `OrderCreated`
    int schema = 1;    ///< version of the data's shape
    CorrelationId correlation;
    std::optional<EventId> causation;  ///< the event that this one answers; none for a command from outside
    std::string actor;                 ///< who: `customer:17850`, `service:inventory`
    std::string key;                   ///< partition key: events of one key keep their order everywhere
    Timestamp occurred_at{};
    std::optional<Timestamp> expires_at;  ///< a request past this is recorded, not carried out
    std::string traceparent;              ///< W3C, of the origin; may be empty
    std::string subject;                  ///< the person whom the data is about; may be empty

    friend bool operator==(const Envelope&, const Envelope&) = default;
};

/// Why a unit of work is done: what its events inherit.
struct Cause {
    CorrelationId correlation;
    std::optional<EventId> event;  ///< the event being handled; none for a command from outside
    std::string actor;
    std::string traceparent;
};

}  // namespace tally
