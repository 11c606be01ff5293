// Documents: expectations, revisions, conditions, and what expires.

#include <algorithm>

#include "tally/testing/covers.hpp"
#include "tally/testing/store_contract.hpp"
#include "tally/testing/store_contract/sections.hpp"

namespace tally::testing {

void link_documents_section() {}

namespace {

const DocumentKey key{"carts", "1"};

CORO_TEST_P(StoreContract, a_document_is_read_as_it_was_written) {
    const Timestamp expiry = test.simulation.clock().now() + std::chrono::hours(1);
    const Committed committed =
        co_await test.accept(write(key, ExpectedDocument::absent(), Put{"body", {{"owner", "a"}}, expiry}));
    const auto document = co_await test.get(key);
    EXPECT_TRUE(document);
    if (!document) co_return;
    EXPECT_EQ(document->key, key);
    EXPECT_EQ(document->body, "body");
    EXPECT_EQ(document->expires_at, expiry);
    EXPECT_EQ(committed.revisions, std::vector<Revision>{document->revision});
    EXPECT_GT(document->revision, 0U);

    co_await test.accept(write(key, ExpectedDocument::revision_is(document->revision), body("")));
    const auto empty = co_await test.get(key);
    EXPECT_EQ(empty.value_or(Document{}).body, "");
    EXPECT_EQ(empty.value_or(Document{{}, 0, {}, expiry}).expires_at, std::nullopt);
}

CORO_TEST_P(StoreContract, expected_documents_hold_or_conflict_with_the_actual_revision) {
    const Revision revision = (co_await test.accept(write(key, ExpectedDocument::absent(), body("1")))).revisions.at(0);
    const DocumentKey other{"carts", "2"};
    struct Case {
        DocumentKey key;
        ExpectedDocument expected;
        Revision actual;
    };
    const std::vector<Case> refused{
        {key, ExpectedDocument::absent(), revision},
        {key, ExpectedDocument::revision_is(revision + 1), revision},
        {other, ExpectedDocument::revision_is(revision), 0},
    };
    const std::vector<std::variant<Put, Remove, Check>> writes{body("2"), Remove{}, Check{}};
    for (const Case& c : refused)
        for (const auto& what : writes) {
            const Conflict conflict = co_await test.refuse(write(c.key, c.expected, what));
            EXPECT_EQ(conflict, (Conflict{Conflict::On::document, c.key.collection + "/" + c.key.key, c.actual}));
        }
    EXPECT_EQ((co_await test.get(key)).value_or(Document{}).revision, revision);
    EXPECT_FALSE(co_await test.get(other));

    co_await test.accept(write(key, ExpectedDocument::revision_is(revision), Check{}));
    co_await test.accept(write(other, ExpectedDocument::absent(), Check{}));
    co_await test.accept(write(other, ExpectedDocument::any(), Remove{}));
    EXPECT_FALSE(co_await test.get(other));
    EXPECT_EQ((co_await test.get(key)).value_or(Document{}).revision, revision);
    co_await test.accept(write(key, ExpectedDocument::revision_is(revision), Remove{}));
    EXPECT_FALSE(co_await test.get(key));
}

CORO_TEST_P(StoreContract, a_check_guards_the_rest_of_its_commit) {
    const Revision revision = (co_await test.accept(write(key, ExpectedDocument::any(), body("1")))).revisions.at(0);
    Changes guarded = append("s", ExpectedVersion::any(), test.events(1));
    guarded.documents.push_back({key, ExpectedDocument::revision_is(revision), Check{}});
    EXPECT_EQ((co_await test.accept(guarded)).revisions, std::vector<Revision>{0});
    co_await test.accept(write(key, ExpectedDocument::any(), body("2")));
    guarded.appends[0].events = test.events(1);
    EXPECT_EQ((co_await test.refuse(guarded)).on, Conflict::On::document);
    EXPECT_EQ((co_await test.read(LogRead{})).head, 1U);
}

CORO_TEST_P(StoreContract, revisions_rise_and_never_repeat) {
    std::vector<Revision> seen;
    for (int round = 0; round < 4; ++round) {
        for (const std::string name : {"1", "2"}) {
            const auto revisions =
                (co_await test.accept(write({"carts", name}, ExpectedDocument::any(), body("b")))).revisions;
            seen.insert(seen.end(), revisions.begin(), revisions.end());
        }
        co_await test.accept(write({"carts", "2"}, ExpectedDocument::any(), Remove{}));
        co_await test.accept(write({"carts", "1"}, ExpectedDocument::any(), Remove{}));
        if (round == 1) co_await test.reopen();
    }
    EXPECT_EQ(seen.size(), 8U);
    EXPECT_TRUE(std::ranges::is_sorted(seen, std::less_equal()));
    co_await test.refuse(write({"carts", "1"}, ExpectedDocument::revision_is(seen.back()), body("stale")));
}

CORO_TEST_P(StoreContract, several_documents_of_one_commit_have_a_revision_each) {
    Changes changes;
    changes.documents.push_back({{"c", "a"}, ExpectedDocument::absent(), body("a")});
    changes.documents.push_back({{"c", "b"}, ExpectedDocument::absent(), Check{}});
    changes.documents.push_back({{"c", "c"}, ExpectedDocument::absent(), body("c")});
    changes.documents.push_back({{"c", "d"}, ExpectedDocument::any(), Remove{}});
    const std::vector<Revision> revisions = (co_await test.accept(changes)).revisions;
    EXPECT_EQ(revisions.size(), 4U);
    if (revisions.size() != 4) co_return;
    EXPECT_GT(revisions[0], 0U);
    EXPECT_EQ(revisions[1], 0U);
    EXPECT_GT(revisions[2], revisions[0]);
    EXPECT_EQ(revisions[3], 0U);
}

CORO_TEST_P(StoreContract, get_keeps_the_order_of_the_keys) {
    for (const std::string name : {"a", "b", "c"})
        co_await test.accept(write({"c", name}, ExpectedDocument::any(), body(name)));
    std::vector<DocumentKey> keys{{"c", "c"}, {"c", "none"}, {"other", "a"}, {"c", "a"}};
    const auto found = co_await test.store().get(std::move(keys));
    EXPECT_TRUE(found);
    std::string bodies;
    if (found)
        for (const Document& document : *found) bodies += document.body;
    EXPECT_EQ(bodies, "ca");
    const auto none = co_await test.store().get({});
    EXPECT_TRUE(none && none->empty());
}

CORO_TEST_P(StoreContract, of_many_who_create_one_document_one_succeeds) {
    TALLY_COVERS("I3");
    std::vector<Changes> all;
    for (int i = 0; i < 64; ++i) {
        all.push_back(append("s-" + std::to_string(i), ExpectedVersion::none(), test.events(1)));
        all.back().documents.push_back({{"keys", "k"}, ExpectedDocument::absent(), body(std::to_string(i))});
    }
    const std::vector<CommitResult> outcomes = co_await test.commit_together(std::move(all));
    const auto winner = std::ranges::find_if(outcomes, [](const CommitResult& outcome) { return outcome.has_value(); });
    EXPECT_EQ(std::ranges::count_if(outcomes, [](const CommitResult& outcome) { return outcome.has_value(); }), 1);
    EXPECT_EQ((co_await test.read(LogRead{})).head, 1U);
    EXPECT_EQ((co_await test.get({"keys", "k"})).value_or(Document{}).body, std::to_string(winner - outcomes.begin()));
}

Task<void> count_up(StoreContract& test, int times) {
    for (int done = 0; done < times;) {
        const auto document = co_await test.get({"counters", "c"});
        const int value = document ? std::stoi(document->body) : 0;
        const auto expected = document ? ExpectedDocument::revision_is(document->revision) : ExpectedDocument::absent();
        const auto outcome =
            co_await test.store().commit(write({"counters", "c"}, expected, body(std::to_string(value + 1))));
        if (outcome) ++done;
    }
}

CORO_TEST_P(StoreContract, compare_and_set_loses_no_update) {
    co_await test.run_together(8, [&] { return count_up(test, 10); });
    EXPECT_EQ((co_await test.get({"counters", "c"})).value_or(Document{}).body, "80");
}

CORO_TEST_P(StoreContract, expired_documents_are_told_in_order_and_count_until_removed) {
    const Timestamp now = test.simulation.clock().now();
    for (int i = 5; i > 0; --i)
        co_await test.accept(write({"c-" + std::to_string(i % 2), std::to_string(i)}, ExpectedDocument::any(),
                                   Put{"b", {}, now + std::chrono::seconds(i)}));
    co_await test.accept(write({"c-0", "forever"}, ExpectedDocument::any(), body("b")));
    const auto keys = [](const Result<std::vector<Document>>& documents) {
        std::string all;
        if (documents)
            for (const Document& document : *documents) all += document.key.key;
        return all;
    };
    EXPECT_EQ(keys(co_await test.store().expired(now, 10)), "");
    EXPECT_EQ(keys(co_await test.store().expired(now + std::chrono::seconds(3), 10)), "123");
    EXPECT_EQ(keys(co_await test.store().expired(now + std::chrono::seconds(9), 2)), "12");

    EXPECT_TRUE(co_await test.get({"c-1", "1"}));
    co_await test.refuse(write({"c-1", "1"}, ExpectedDocument::absent(), Check{}));
    co_await test.accept(write({"c-1", "1"}, ExpectedDocument::any(), Remove{}));
    co_await test.accept(write({"c-0", "2"}, ExpectedDocument::any(), body("kept for ever now")));
    co_await test.accept(write({"c-1", "3"}, ExpectedDocument::any(), Put{"b", {}, now + std::chrono::seconds(8)}));
    EXPECT_EQ(keys(co_await test.store().expired(now + std::chrono::seconds(9), 10)), "453");
}

}  // namespace
}  // namespace tally::testing
