// An event id names one event for ever: the same event again is seen to be the same, another one is refused.

#include "tally/testing/covers.hpp"
#include "tally/testing/store_contract.hpp"
#include "tally/testing/store_contract/sections.hpp"

namespace tally::testing {

void link_identity_section() {}

namespace {

CORO_TEST_P(StoreContract, a_repeated_commit_is_answered_with_its_original_places) {
    TALLY_COVERS("I3", "F30", "C01.8");
    Changes changes = append("s", ExpectedVersion::none(), test.events(2));
    changes.appends.push_back({"t", ExpectedVersion::none(), test.events(1)});
    changes.documents.push_back({{"c", "k"}, ExpectedDocument::absent(), body("first")});
    const Committed first = co_await test.accept(changes);
    EXPECT_EQ(first.revisions.size(), 1U);
    co_await test.accept(append("s", ExpectedVersion::any(), test.events(3)));

    // A re-run has another time and another trace, and its expectations fail by now.
    for (Append& again : changes.appends)
        for (NewEvent& event : again.events) {
            event.envelope.occurred_at += std::chrono::seconds(5);
            event.envelope.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        }
    std::get<Put>(changes.documents[0].write).body = "second";
    co_await test.reopen();
    const Committed second = co_await test.accept(changes);
    EXPECT_TRUE(second.replayed);
    EXPECT_EQ(second.events, first.events);
    EXPECT_EQ(second.revisions, std::vector<Revision>{0});
    EXPECT_EQ((co_await test.get({"c", "k"})).value_or(Document{}).body, "first");
    EXPECT_EQ((co_await test.read(LogRead{})).size(), 6U);
}

CORO_TEST_P(StoreContract, other_content_under_a_known_id_conflicts) {
    TALLY_COVERS("F30");
    co_await test.accept(append("s", ExpectedVersion::any(), test.events(1)));
    NewEvent stored = test.event("{}");
    stored.envelope.subject = "person-1";
    co_await test.accept(append("s", ExpectedVersion::any(), {stored}));

    std::vector<NewEvent> others(5, stored);
    others[0].envelope.type = "Other";
    others[1].envelope.schema = 2;
    others[2].envelope.key = "other";
    others[3].envelope.subject = "person-2";
    others[4].data = "{} ";
    for (const NewEvent& other : others) {
        const Conflict conflict = co_await test.refuse(append("s", ExpectedVersion::any(), {other}));
        EXPECT_EQ(conflict, (Conflict{Conflict::On::event_id, stored.envelope.id.text(), 2}));
    }
    EXPECT_EQ((co_await test.read(LogRead{})).head, 2U);
}

CORO_TEST_P(StoreContract, a_commit_of_known_and_new_events_conflicts) {
    co_await test.accept(append("s", ExpectedVersion::any(), test.events(1)));
    const NewEvent known = test.event();
    co_await test.accept(append("s", ExpectedVersion::any(), {known}));
    const Conflict conflict =
        co_await test.refuse(append("s", ExpectedVersion::any(), {test.event(), known, test.event()}));
    EXPECT_EQ(conflict, (Conflict{Conflict::On::event_id, known.envelope.id.text(), 2}));
    EXPECT_EQ((co_await test.read(LogRead{})).head, 2U);
}

CORO_TEST_P(StoreContract, ids_are_decided_before_streams_and_documents) {
    const NewEvent known = test.event();
    co_await test.accept(append("s", ExpectedVersion::any(), {known}));
    Changes changes = append("s", ExpectedVersion::exactly(9), {known, test.event()});
    changes.documents.push_back({{"c", "k"}, ExpectedDocument::revision_is(9), Check{}});
    EXPECT_EQ((co_await test.refuse(changes)).on, Conflict::On::event_id);
    changes.appends[0].events = test.events(1);
    EXPECT_EQ((co_await test.refuse(changes)).on, Conflict::On::stream);
    changes.appends[0].expected = ExpectedVersion::exactly(1);
    EXPECT_EQ((co_await test.refuse(changes)).on, Conflict::On::document);
}

CORO_TEST_P(StoreContract, events_of_several_commits_are_replayed_together) {
    const NewEvent first = test.event();
    const NewEvent second = test.event();
    co_await test.accept(append("s", ExpectedVersion::any(), {first}));
    co_await test.accept(append("t", ExpectedVersion::any(), {second}));
    Changes both = append("t", ExpectedVersion::any(), {second});
    both.appends.push_back({"s", ExpectedVersion::any(), {first}});
    const Committed committed = co_await test.accept(both);
    EXPECT_TRUE(committed.replayed);
    EXPECT_EQ(committed.events, (std::vector<Committed::Event>{{second.envelope.id, 1, 2}, {first.envelope.id, 1, 1}}));
}

CORO_TEST_P(StoreContract, the_same_commit_twice_at_once_happens_once) {
    TALLY_COVERS("I3");
    const Changes changes = append("s", ExpectedVersion::none(), test.events(3));
    std::vector<Changes> same(8, changes);
    const std::vector<CommitResult> outcomes = co_await test.commit_together(std::move(same));
    int originals = 0;
    for (const CommitResult& outcome : outcomes) {
        EXPECT_TRUE(outcome);
        if (!outcome) continue;
        originals += outcome->replayed ? 0 : 1;
        EXPECT_EQ(outcome->events.size(), 3U);
        for (const auto& event : outcome->events) EXPECT_EQ(event.version, event.position);
    }
    EXPECT_EQ(originals, 1);
    EXPECT_EQ((co_await test.read(LogRead{})).head, 3U);
}

CORO_TEST_P(StoreContract, one_id_with_two_contents_at_once_happens_once) {
    NewEvent one = test.event("1");
    NewEvent two = one;
    two.data = "2";
    std::vector<Changes> all;
    all.push_back(append("s", ExpectedVersion::any(), {one}));
    all.push_back(append("t", ExpectedVersion::any(), {two}));
    const std::vector<CommitResult> outcomes = co_await test.commit_together(std::move(all));
    EXPECT_NE(outcomes[0].has_value(), outcomes[1].has_value());
    for (const CommitResult& outcome : outcomes)
        if (!outcome)
            EXPECT_EQ(std::get<Conflict>(outcome.error()),
                      (Conflict{Conflict::On::event_id, one.envelope.id.text(), 1}));
    EXPECT_EQ((co_await test.read(LogRead{})).head, 1U);
}

CORO_TEST_P(StoreContract, an_id_in_a_refused_commit_stays_free) {
    TALLY_COVERS("I2");
    Changes changes = append("s", ExpectedVersion::exists(), test.events(1));
    co_await test.refuse(changes);
    changes.appends[0].expected = ExpectedVersion::none();
    EXPECT_FALSE((co_await test.accept(changes)).replayed);
}

CORO_TEST_P(StoreContract, a_commit_without_events_is_never_replayed) {
    const Changes changes = write({"c", "k"}, ExpectedDocument::any(), body("b"));
    const Committed first = co_await test.accept(changes);
    const Committed second = co_await test.accept(changes);
    EXPECT_FALSE(first.replayed);
    EXPECT_FALSE(second.replayed);
    EXPECT_LT(first.revisions, second.revisions);
}

}  // namespace
}  // namespace tally::testing
