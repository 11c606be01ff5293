#include "tally/event/recorded_event.hpp"

#include <gtest/gtest.h>

#include "tally/testing/hostile_text.hpp"

namespace tally {
namespace {

Envelope envelope_of(const std::string& text) {
    return {.id = {{1, 2, 3}},
            .type = "T" + text,
            .schema = 2,
            .correlation = "c" + text,
            .causation = Uuid{{4, 5, 6}},
            .actor = "a" + text,
            .key = "k" + text,
            .occurred_at = Timestamp(Duration(7)),
            .expires_at = Timestamp(Duration(8)),
            .traceparent = "t" + text,
            .subject = "s" + text};
}

/// Views into `envelope` and `data`.
RecordedEvent recorded(const Envelope& envelope, std::string_view data) {
    return {.id = envelope.id,
            .type = envelope.type,
            .schema = envelope.schema,
            .correlation = envelope.correlation,
            .causation = envelope.causation,
            .actor = envelope.actor,
            .key = envelope.key,
            .occurred_at = envelope.occurred_at,
            .expires_at = envelope.expires_at,
            .traceparent = envelope.traceparent,
            .subject = envelope.subject,
            .data = data,
            .stream = envelope.key,
            .version = 3,
            .position = 4};
}

TEST(RecordedEvent, GivesItsEnvelope) {
    const Envelope envelope = envelope_of("x");
    EXPECT_EQ(recorded(envelope, "{}").envelope(), envelope);
}

TEST(ContentDigest, DependsOnEachOfItsFields) {
    const Digest digest = content_digest("T", 1, "k", "s", "d");
    EXPECT_EQ(content_digest("T", 1, "k", "s", "d"), digest);
    EXPECT_NE(content_digest("U", 1, "k", "s", "d"), digest);
    EXPECT_NE(content_digest("T", 2, "k", "s", "d"), digest);
    EXPECT_NE(content_digest("T", 1, "l", "s", "d"), digest);
    EXPECT_NE(content_digest("T", 1, "k", "t", "d"), digest);
    EXPECT_NE(content_digest("T", 1, "k", "s", "e"), digest);
    EXPECT_NE(content_digest("T", 1, "ks", "", "d"), digest);
}

TEST(EventBatch, KeepsItsTextsWhenTheSourceIsGoneAndTheBatchMoves) {
    EventBatch batch;
    EXPECT_TRUE(batch.empty());
    std::vector<Envelope> expected;
    for (const auto& hostile : testing::hostile_texts()) {
        const auto envelope = std::make_unique<Envelope>(envelope_of(hostile.text));
        const auto data = std::make_unique<std::string>("data" + hostile.text);
        batch.add(recorded(*envelope, *data));
        expected.push_back(*envelope);
    }
    batch.scanned_to = 17;

    EventBatch moved = std::move(batch);
    EventBatch assigned;
    assigned.add(recorded(expected.front(), "old"));
    assigned = std::move(moved);

    ASSERT_EQ(assigned.size(), expected.size());
    EXPECT_EQ(assigned.scanned_to, 17U);
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const RecordedEvent& event = assigned.events()[i];
        EXPECT_EQ(event.envelope(), expected[i]);
        EXPECT_EQ(event.data, "data" + testing::hostile_texts()[i].text);
        EXPECT_EQ(event.stream, expected[i].key);
        EXPECT_EQ(event.version, 3U);
    }
}

TEST(EventBatch, TakesEventsWithoutText) {
    EventBatch batch;
    batch.add({});
    ASSERT_EQ(batch.size(), 1U);
    EXPECT_EQ(batch.begin()->data, "");
}

}  // namespace
}  // namespace tally
