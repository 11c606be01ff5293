#include "tally/event/recorded_event.hpp"

#include <algorithm>
#include <initializer_list>

namespace tally {
namespace {

constexpr std::size_t first_block = 4096;

}  // namespace

Envelope RecordedEvent::envelope() const {
    return {.id = id,
            .type = std::string(type),
            .schema = schema,
            .correlation = std::string(correlation),
            .causation = causation,
            .actor = std::string(actor),
            .key = std::string(key),
            .occurred_at = occurred_at,
            .expires_at = expires_at,
            .traceparent = std::string(traceparent),
            .subject = std::string(subject)};
}

Digest content_digest(std::string_view type, int schema, std::string_view key, std::string_view subject,
                      std::string_view data) {
    Sha256 digest;
    digest.field(type).field(static_cast<std::uint64_t>(schema)).field(key).field(subject).field(data);
    return digest.finish();
}

EventBatch::EventBatch() : texts_(std::make_unique<std::pmr::monotonic_buffer_resource>(first_block)) {}

void EventBatch::add(const RecordedEvent& event) {
    RecordedEvent& copy = events_.emplace_back(event);
    const std::initializer_list<std::string_view*> texts = {&copy.type, &copy.correlation, &copy.actor,
                                                            &copy.key,  &copy.traceparent, &copy.subject,
                                                            &copy.data, &copy.stream};
    std::size_t size = 0;
    for (const std::string_view* text : texts) size += text->size();
    char* to = static_cast<char*>(texts_->allocate(std::max<std::size_t>(size, 1), 1));
    for (std::string_view* text : texts) {
        const char* begin = to;
        to = std::ranges::copy(*text, to).out;
        *text = {begin, text->size()};
    }
}

}  // namespace tally
