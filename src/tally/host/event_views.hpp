#pragma once

#include <optional>
#include <string>

#include <boost/describe.hpp>

#include "tally/event/json_reader.hpp"
#include "tally/event/recorded_event.hpp"

namespace tally {

/// A stored event as the API shows it.
struct EventView {
    Uuid id;
    std::string service;
    std::string type;
    int schema = 1;
    std::string stream;
    std::int64_t version = 0;
    std::int64_t position = 0;
    std::optional<int> shard;              ///< none: internal
    std::optional<std::int64_t> previous;  ///< position of the one before it in its shard
    std::string correlation_id;
    std::optional<Uuid> causation_id;
    std::string actor;
    std::string key;
    Timestamp occurred_at{};
    Timestamp recorded_at{};
    std::optional<Timestamp> expires_at;
    std::optional<std::string> traceparent;
    std::optional<std::string> subject;
    std::string content_digest;  ///< SHA-256, hex
    RawJson data;
};
BOOST_DESCRIBE_STRUCT(EventView, (),
                      (id, service, type, schema, stream, version, position, shard, previous, correlation_id,
                       causation_id, actor, key, occurred_at, recorded_at, expires_at, traceparent, subject,
                       content_digest, data))
[[nodiscard]] EventView view(const RecordedEvent& event, std::string_view service);

}  // namespace tally
