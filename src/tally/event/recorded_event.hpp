#pragma once

#include <memory>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

#include "tally/base/sha256.hpp"
#include "tally/event/envelope.hpp"

namespace tally {

/// Place in a stream, from 1; 0 is "no event yet".
using Version = std::uint64_t;
/// Place in a log, from 1, without gaps; 0 is "before the first".
using Position = std::uint64_t;

/// A stored event; the views live as long as the batch that holds it.
struct RecordedEvent {
    EventId id;
    std::string_view type;
    int schema = 1;
    std::string_view correlation;
    std::optional<EventId> causation;
    std::string_view actor;
    std::string_view key;
    Timestamp occurred_at{};
    std::optional<Timestamp> expires_at;
    std::string_view traceparent;
    std::string_view subject;
    std::string_view data;  ///< opaque bytes to the store; JSON to everybody else

    std::string_view stream;
    Version version = 0;
    Position position = 0;
    int shard = no_shard;   ///< of the topic; no_shard for an internal event
    Position previous = 0;  ///< position of the event before it in its shard; 0 for the first
    Timestamp recorded_at{};
    Digest content_digest{};  ///< see content_digest()

    static constexpr int no_shard = -1;

    [[nodiscard]] Envelope envelope() const;
};

/// SHA-256 of the fields type, schema, key, subject, data: what must be equal for an event to be the same event again
/// (a repetition has another time and trace).
[[nodiscard]] Digest content_digest(std::string_view type, int schema, std::string_view key, std::string_view subject,
                                    std::string_view data);

/// Events as read, with the memory that they point into. Moving keeps the views valid.
class EventBatch {
public:
    EventBatch();

    /// Copies the event and its texts.
    void add(const RecordedEvent& event);

    [[nodiscard]] std::span<const RecordedEvent> events() const noexcept { return events_; }
    [[nodiscard]] bool empty() const noexcept { return events_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return events_.size(); }
    [[nodiscard]] auto begin() const noexcept { return events_.begin(); }
    [[nodiscard]] auto end() const noexcept { return events_.end(); }

    Position scanned_to = 0;  ///< the reader has seen everything up to here that matched; go on from here
    Position head = 0;        ///< last position of the log when it was read

private:
    std::unique_ptr<std::pmr::monotonic_buffer_resource> texts_;
    std::vector<RecordedEvent> events_;
};

}  // namespace tally
