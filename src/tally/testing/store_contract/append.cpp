// What an append stores, and when it is refused.

#include "tally/store/planner.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/store_contract.hpp"
#include "tally/testing/store_contract/sections.hpp"

namespace tally::testing {

void link_append_section() {}

namespace {

CORO_TEST_P(StoreContract, an_event_is_read_as_it_was_written) {
    TALLY_COVERS("A08.2", "B09.1", "B09.3", "C01.2", "C01.3", "C01.4", "C01.6");
    NewEvent written = test.event(R"({"a":1})");
    written.envelope.schema = 7;
    written.envelope.causation = test.event().envelope.id;
    written.envelope.expires_at = test.simulation.clock().now() + std::chrono::hours(1);
    written.envelope.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    written.envelope.subject = "person-1";
    const Timestamp before = test.simulation.clock().now();
    const Committed committed = co_await test.accept(append("order-1", ExpectedVersion::none(), {written}));
    EXPECT_FALSE(committed.replayed);
    EXPECT_EQ(committed.events, (std::vector<Committed::Event>{{written.envelope.id, 1, 1}}));

    const EventBatch batch = co_await test.read(StreamRead{.stream = "order-1"});
    EXPECT_EQ(batch.size(), 1U);
    EXPECT_EQ(batch.head, 1U);
    for (const RecordedEvent& event : batch) {
        EXPECT_EQ(event.envelope(), written.envelope);
        EXPECT_EQ(event.data, written.data);
        EXPECT_EQ(event.stream, "order-1");
        EXPECT_EQ(event.version, 1U);
        EXPECT_EQ(event.position, 1U);
        EXPECT_GE(event.recorded_at, before);
        EXPECT_LE(event.recorded_at, test.simulation.clock().now());
        EXPECT_EQ(event.content_digest, content_digest("Tested", 7, "key", "person-1", written.data));
    }
}

CORO_TEST_P(StoreContract, optional_fields_stay_absent) {
    co_await test.accept(append("s", ExpectedVersion::any(), {test.event("")}));
    const EventBatch batch = co_await test.read(LogRead{});
    EXPECT_EQ(batch.size(), 1U);
    for (const RecordedEvent& event : batch) {
        EXPECT_EQ(event.causation, std::nullopt);
        EXPECT_EQ(event.expires_at, std::nullopt);
        EXPECT_EQ(event.traceparent, "");
        EXPECT_EQ(event.subject, "");
        EXPECT_EQ(event.data, "");
    }
}

CORO_TEST_P(StoreContract, expected_versions_hold_or_conflict_with_the_actual_one) {
    TALLY_COVERS("A08.10", "C01.7", "I4");
    co_await test.accept(append("two", ExpectedVersion::any(), test.events(2)));
    struct Case {
        std::string stream;
        ExpectedVersion expected;
        bool holds;
        Version actual;
    };
    const std::vector<Case> cases{
        {"two", ExpectedVersion::none(), false, 2},     {"two", ExpectedVersion::exactly(0), false, 2},
        {"two", ExpectedVersion::exactly(1), false, 2}, {"two", ExpectedVersion::exactly(3), false, 2},
        {"new", ExpectedVersion::exists(), false, 0},   {"new", ExpectedVersion::exactly(1), false, 0},
        {"two", ExpectedVersion::exactly(2), true, 2},  {"two", ExpectedVersion::exists(), true, 3},
        {"two", ExpectedVersion::any(), true, 4},       {"new", ExpectedVersion::none(), true, 0},
        {"new-2", ExpectedVersion::any(), true, 0},     {"new-3", ExpectedVersion::exactly(0), true, 0},
        {"new", ExpectedVersion::none(), false, 1},
    };
    for (const Case& c : cases) {
        if (c.holds) {
            const Committed committed = co_await test.accept(append(c.stream, c.expected, test.events(1)));
            EXPECT_EQ(committed.events.size(), 1U);
            for (const auto& event : committed.events) EXPECT_EQ(event.version, c.actual + 1) << c.stream;
        } else {
            const Conflict conflict = co_await test.refuse(append(c.stream, c.expected, test.events(1)));
            EXPECT_EQ(conflict, (Conflict{Conflict::On::stream, c.stream, c.actual}));
        }
    }
}

CORO_TEST_P(StoreContract, an_append_without_events_is_a_condition) {
    co_await test.accept(append("watched", ExpectedVersion::any(), test.events(1)));
    Changes changes = append("watched", ExpectedVersion::exactly(1), {});
    changes.appends.push_back({"written", ExpectedVersion::any(), test.events(1)});
    co_await test.accept(changes);

    co_await test.accept(append("watched", ExpectedVersion::any(), test.events(1)));
    changes.appends[1].events = test.events(1);
    const Conflict conflict = co_await test.refuse(changes);
    EXPECT_EQ(conflict, (Conflict{Conflict::On::stream, "watched", 2}));
    EXPECT_EQ((co_await test.read(StreamRead{.stream = "written"})).size(), 1U);
    co_await test.accept(append("unknown", ExpectedVersion::none(), {}));
    EXPECT_EQ((co_await test.read(LogRead{})).head, 3U);
}

CORO_TEST_P(StoreContract, appends_of_one_commit_see_each_other) {
    Changes changes = append("s", ExpectedVersion::none(), test.events(2));
    changes.appends.push_back({"t", ExpectedVersion::none(), test.events(1)});
    changes.appends.push_back({"s", ExpectedVersion::exactly(2), test.events(1)});
    changes.appends.push_back({"s", ExpectedVersion::exactly(3), {}});
    const Committed committed = co_await test.accept(changes);
    std::vector<std::pair<Version, Position>> places;
    places.reserve(committed.events.size());
    for (const auto& event : committed.events) places.emplace_back(event.version, event.position);
    EXPECT_EQ(places, (std::vector<std::pair<Version, Position>>{{1, 1}, {2, 2}, {1, 3}, {3, 4}}));

    Changes wrong = append("s", ExpectedVersion::exactly(3), test.events(1));
    wrong.appends.push_back({"s", ExpectedVersion::exactly(3), test.events(1)});
    EXPECT_EQ((co_await test.refuse(wrong)).actual, 4U);
    EXPECT_EQ((co_await test.read(StreamRead{.stream = "s"})).size(), 3U);
}

CORO_TEST_P(StoreContract, a_commit_lands_whole_or_not_at_all) {
    TALLY_COVERS("I2");
    co_await test.accept(append("taken", ExpectedVersion::any(), test.events(1)));
    Changes changes = append("first", ExpectedVersion::none(), test.events(2));
    changes.appends.push_back({"taken", ExpectedVersion::none(), test.events(1)});
    changes.documents.push_back({{"c", "k"}, ExpectedDocument::any(), body("b")});
    EXPECT_EQ((co_await test.refuse(changes)).subject, "taken");
    changes.appends.pop_back();
    changes.documents[0].expected = ExpectedDocument::revision_is(5);
    EXPECT_EQ(co_await test.refuse(changes), (Conflict{Conflict::On::document, "c/k", 0}));

    EXPECT_EQ((co_await test.read(LogRead{})).size(), 1U);
    EXPECT_TRUE((co_await test.read(StreamRead{.stream = "first"})).empty());
    EXPECT_FALSE(co_await test.get({"c", "k"}));
    changes.documents[0].expected = ExpectedDocument::absent();
    const Committed committed = co_await test.accept(changes);
    EXPECT_EQ(committed.events.size(), 2U);
    for (const auto& event : committed.events) EXPECT_EQ(event.position, event.version + 1);
    EXPECT_EQ((co_await test.get({"c", "k"})).value_or(Document{}).body, "b");
}

CORO_TEST_P(StoreContract, malformed_commits_are_refused) {
    using namespace std::string_literals;
    const NewEvent event = test.event();
    std::vector<Changes> malformed{
        append("", ExpectedVersion::any(), {event}),
        append("a\0b"s, ExpectedVersion::any(), {event}),
        append("s", ExpectedVersion::any(), {event, event}),
        write({"", "k"}, ExpectedDocument::any(), body("b")),
        write({"c", ""}, ExpectedDocument::any(), body("b")),
        write({"c\0"s, "k"}, ExpectedDocument::any(), Remove{}),
        write({"c", "\0"s}, ExpectedDocument::any(), Check{}),
        write({"c", "k"}, ExpectedDocument::any(), Put{"b", {{"i\0"s, "v"}}, {}}),
        write({"c", "k"}, ExpectedDocument::any(), Put{"b", {{"", "v"}}, {}}),
        write({"c", "k"}, ExpectedDocument::any(), Put{"b", {{"i", "v"}, {"i", "v"}}, {}}),
    };
    malformed.push_back(append("s", ExpectedVersion::any(), {event}));
    malformed.back().appends.push_back({"t", ExpectedVersion::any(), {event}});
    malformed.push_back(append("s", ExpectedVersion::any(), {event}));
    malformed.back().derived = true;
    malformed.push_back(write({"c", "k"}, ExpectedDocument::any(), body("b")));
    malformed.back().documents.push_back({{"c", "k"}, ExpectedDocument::any(), Check{}});
    for (std::string Envelope::* field : {&Envelope::type, &Envelope::correlation, &Envelope::actor, &Envelope::key,
                                          &Envelope::traceparent, &Envelope::subject}) {
        NewEvent with_nul = event;
        with_nul.envelope.*field = "a\0b"s;
        malformed.push_back(append("s", ExpectedVersion::any(), {with_nul}));
    }
    for (const Changes& changes : malformed) EXPECT_EQ(co_await test.fail_with(changes), ErrorCode::invalid);
    EXPECT_TRUE((co_await test.read(LogRead{})).empty());
    EXPECT_TRUE((co_await test.find({.collection = "c"})).documents.empty());
}

CORO_TEST_P(StoreContract, an_event_may_be_large_but_not_larger) {
    co_await test.accept(append("s", ExpectedVersion::any(), {test.event(std::string(max_event_bytes, '\xFE'))}));
    Changes beyond = append("s", ExpectedVersion::any(), {test.event(std::string(max_event_bytes + 1, 'x'))});
    EXPECT_EQ(co_await test.fail_with(beyond), ErrorCode::too_large);
    const EventBatch batch = co_await test.read(LogRead{});
    EXPECT_EQ(batch.size(), 1U);
    for (const RecordedEvent& event : batch) EXPECT_EQ(event.data, std::string(max_event_bytes, '\xFE'));
}

CORO_TEST_P(StoreContract, names_and_index_values_are_bounded) {
    const auto commit_of = [](const std::string& name, const std::string& value) {
        Changes changes = append(name, ExpectedVersion::any(), {});
        changes.documents.push_back({{name, name}, ExpectedDocument::any(), Put{"b", {{name, value}}, {}}});
        return changes;
    };
    const std::string name(max_name_bytes, 'n');
    const std::string value(max_index_value_bytes, '\xFF');
    co_await test.accept(commit_of(name, value));
    EXPECT_EQ((co_await test.find({.collection = name, .index = name, .lower = value})).documents.size(), 1U);
    EXPECT_EQ(co_await test.fail_with(commit_of(name + "n", value)), ErrorCode::too_large);
    EXPECT_EQ(co_await test.fail_with(commit_of(name, value + "n")), ErrorCode::too_large);
}

CORO_TEST_P(StoreContract, an_empty_commit_is_accepted) {
    const Committed committed = co_await test.accept({});
    EXPECT_FALSE(committed.replayed);
    EXPECT_TRUE(committed.events.empty());
}

}  // namespace
}  // namespace tally::testing
