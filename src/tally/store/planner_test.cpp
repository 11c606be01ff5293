#include "tally/store/planner.hpp"

#include <gtest/gtest.h>

#include "tally/testing/covers.hpp"

namespace tally {
namespace {

NewEvent event(std::uint8_t id, std::string key = "key", std::string data = "{}") {
    NewEvent made;
    made.envelope.id.bytes[15] = id;
    made.envelope.type = "Tested";
    made.envelope.key = std::move(key);
    made.data = std::move(data);
    return made;
}

Changes append(std::string stream, std::vector<NewEvent> events, ExpectedVersion expected = {}) {
    Changes changes;
    changes.appends.push_back({std::move(stream), expected, std::move(events)});
    return changes;
}

Changes write(std::string key, std::variant<Put, Remove, Check> what, ExpectedDocument expected = {}) {
    Changes changes;
    changes.documents.push_back({{"c", std::move(key)}, expected, std::move(what)});
    return changes;
}

Heads heads(std::size_t shards = 4) {
    Heads empty;
    empty.shard_heads.resize(shards);
    return empty;
}

Conflict conflict_of(const CommitResult& outcome) {
    EXPECT_FALSE(outcome);
    return outcome ? Conflict{} : std::get<Conflict>(outcome.error());
}

TEST(Planner, NothingIsPlannedForNothing) {
    const Plan planned = plan({}, heads());
    EXPECT_TRUE(planned.outcomes.empty());
    EXPECT_FALSE(planned.flush);
}

TEST(Planner, EventsGetThePlacesAfterTheHeads) {
    TALLY_COVERS("I4", "I5");
    Heads before = heads();
    before.head = 10;
    before.streams["s"] = 3;
    const auto shard = static_cast<std::size_t>(shard_of("key", 4));
    before.shard_heads[shard] = 7;
    std::vector<Changes> batch{append("s", {event(1), event(2)}), append("t", {event(3)})};
    batch[1].appends[0].events[0].visibility = Visibility::internal;
    const Plan planned = plan(batch, before);

    ASSERT_EQ(planned.events.size(), 3U);
    EXPECT_EQ(planned.events[0].version, 4U);
    EXPECT_EQ(planned.events[0].position, 11U);
    EXPECT_EQ(planned.events[0].previous, 7U);
    EXPECT_EQ(planned.events[0].shard, static_cast<int>(shard));
    EXPECT_EQ(planned.events[1].version, 5U);
    EXPECT_EQ(planned.events[1].previous, 11U);
    EXPECT_EQ(planned.events[2].shard, RecordedEvent::no_shard);
    EXPECT_EQ(planned.events[2].previous, 0U);
    EXPECT_EQ(planned.events[2].event, &batch[1].appends[0].events[0]);
    EXPECT_EQ(*planned.events[2].stream, "t");
    EXPECT_EQ(planned.after.head, 13U);
    EXPECT_EQ(planned.after.shard_heads[shard], 12U);
    EXPECT_EQ(planned.after.streams.at("s"), 5U);
    EXPECT_TRUE(planned.flush);
}

TEST(Planner, AnEntrySeesTheAcceptedOnesBeforeItAndNoOthers) {
    TALLY_COVERS("I2");
    Changes refused = append("s", {event(2)}, ExpectedVersion::exactly(1));
    refused.documents.push_back({{"c", "k"}, ExpectedDocument::revision_is(5), Put{}});
    const std::vector<Changes> batch{
        append("s", {event(1)}, ExpectedVersion::none()),
        refused,
        append("s", {event(2)}, ExpectedVersion::exactly(1)),
        append("s", {event(1)}, ExpectedVersion::none()),
        append("s", {event(1), event(9)}),
        append("t", {event(2, "key", "other")}),
        write("k", Put{}, ExpectedDocument::absent()),
        write("k", Put{}, ExpectedDocument::revision_is(1)),
        write("k", Remove{}, ExpectedDocument::revision_is(2)),
        write("k", Check{}, ExpectedDocument::absent()),
    };
    const Plan planned = plan(batch, heads());
    EXPECT_TRUE(planned.outcomes[0]);
    EXPECT_EQ(conflict_of(planned.outcomes[1]), (Conflict{Conflict::On::document, "c/k", 0}));
    EXPECT_TRUE(planned.outcomes[2] && !planned.outcomes[2]->replayed);
    EXPECT_TRUE(planned.outcomes[3] && planned.outcomes[3]->replayed);
    EXPECT_EQ(planned.outcomes[3]->events, planned.outcomes[0]->events);
    EXPECT_EQ(conflict_of(planned.outcomes[4]).actual, 1U);
    EXPECT_EQ(conflict_of(planned.outcomes[5]), (Conflict{Conflict::On::event_id, event(2).envelope.id.text(), 2}));
    for (std::size_t i = 6; i < batch.size(); ++i) EXPECT_TRUE(planned.outcomes[i]) << i;
    EXPECT_EQ(planned.events.size(), 2U);
}

TEST(Planner, ADocumentHasOneRowOfItsFinalState) {
    Heads before = heads();
    before.documents[{"c", "old"}] = 4;
    before.documents[{"c", "kept"}] = 5;
    before.revision = 9;
    const std::vector<Changes> batch{
        write("old", Put{.body = "1"}),   write("old", Put{.body = "2"}),   write("new", Put{.body = "3"}),
        write("new", Remove{}),           write("none", Remove{}),          write("kept", Remove{}),
        write("kept", Check{}),           write("again", Put{.body = "4"}), write("again", Remove{}),
        write("again", Put{.body = "5"}),
    };
    const Plan planned = plan(batch, before);
    std::map<std::string, const PlannedDocument*> rows;
    for (const PlannedDocument& row : planned.documents) EXPECT_TRUE(rows.emplace(row.key->key, &row).second);
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows.at("old")->put->body, "2");
    EXPECT_EQ(rows.at("old")->revision, 11U);
    EXPECT_TRUE(rows.at("old")->existed);
    EXPECT_EQ(rows.at("kept")->put, nullptr);
    EXPECT_TRUE(rows.at("kept")->existed);
    EXPECT_EQ(rows.at("again")->put->body, "5");
    EXPECT_EQ(rows.at("again")->revision, 14U);
    EXPECT_FALSE(rows.at("again")->existed);
    EXPECT_EQ(planned.after.revision, 14U);
    EXPECT_EQ(planned.after.documents, (std::map<DocumentKey, Revision>{{{"c", "old"}, 11}, {{"c", "again"}, 14}}));
}

TEST(Planner, OnlyAcceptedEntriesThatAreNotDerivedNeedAFlush) {
    Changes derived = write("k", Put{});
    derived.derived = true;
    const Changes stale = write("k", Put{}, ExpectedDocument::revision_is(99));
    EXPECT_FALSE(plan(std::vector{derived}, heads()).flush);
    EXPECT_FALSE(plan(std::vector{derived, stale}, heads()).flush);
    EXPECT_TRUE(plan(std::vector{derived, write("k", Put{})}, heads()).flush);

    const std::vector<Changes> once{append("s", {event(1)})};
    EXPECT_FALSE(plan(once, plan(once, heads()).after).flush);
}

TEST(Planner, ShardsNeverMove) {
    // SHA-256("") begins e3b0c44298fc1c14, SHA-256("abc") ba7816bf8f01cfea.
    EXPECT_EQ(shard_of("", 8), 0x14 % 8);
    EXPECT_EQ(shard_of("abc", 8), 0xEA % 8);
    EXPECT_EQ(shard_of("abc", 1'000), static_cast<int>(0xBA7816BF8F01CFEAU % 1'000));
    EXPECT_EQ(shard_of("abc", 1), 0);
}

TEST(Planner, WhatABatchTouchesIsNamedOnce) {
    std::vector<Changes> batch{append("t", {event(2), event(1)}), append("s", {}), append("t", {event(2)})};
    batch[0].documents = write("l", Check{}).documents;
    batch[2].documents = {write("k", Put{}).documents[0], write("l", Remove{}).documents[0]};
    const Touched all = touched(batch);
    EXPECT_EQ(all.events, (std::vector{event(1).envelope.id, event(2).envelope.id}));
    EXPECT_EQ(all.streams, (std::vector<std::string>{"s", "t"}));
    EXPECT_EQ(all.documents, (std::vector<DocumentKey>{{"c", "k"}, {"c", "l"}}));
}

TEST(Conflict, SaysWhatWasFound) {
    EXPECT_EQ((Conflict{Conflict::On::stream, "s", 4}).text(), "stream s is at version 4");
    EXPECT_EQ((Conflict{Conflict::On::stream, "s", 0}).text(), "stream s does not exist");
    EXPECT_EQ((Conflict{Conflict::On::document, "c/k", 2}).text(), "document c/k is at revision 2");
    EXPECT_EQ((Conflict{Conflict::On::document, "c/k", 0}).text(), "document c/k does not exist");
    EXPECT_EQ((Conflict{Conflict::On::event_id, "e", 8}).text(),
              "event e is stored already, at position 8, and is not the same");
}

}  // namespace
}  // namespace tally
