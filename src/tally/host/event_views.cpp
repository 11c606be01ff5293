#include "tally/host/event_views.hpp"

namespace tally {

EventView view(const RecordedEvent& event, std::string_view service) {
    const auto some = [](std::string_view text) {
        return text.empty() ? std::nullopt : std::optional(std::string(text));
    };
    const bool published = event.shard != RecordedEvent::no_shard;
    return {.id = event.id,
            .service = std::string(service),
            .type = std::string(event.type),
            .schema = event.schema,
            .stream = std::string(event.stream),
            .version = static_cast<std::int64_t>(event.version),
            .position = static_cast<std::int64_t>(event.position),
            .shard = published ? std::optional(event.shard) : std::nullopt,
            .previous = published ? std::optional(static_cast<std::int64_t>(event.previous)) : std::nullopt,
            .correlation_id = std::string(event.correlation),
            .causation_id = event.causation,
            .actor = std::string(event.actor),
            .key = std::string(event.key),
            .occurred_at = event.occurred_at,
            .recorded_at = event.recorded_at,
            .expires_at = event.expires_at,
            .traceparent = some(event.traceparent),
            .subject = some(event.subject),
            .content_digest = to_hex(event.content_digest),
            .data = RawJson{std::string(event.data)}};
}

}  // namespace tally
