// Goal: a session's reads are preconditions, its writes are seen by itself and land together or not at all.
#include "tally/flow/session.hpp"

#include <gmock/gmock.h>

#include "tally/flow/load.hpp"
#include "tally/flow/timer_signal.hpp"
#include "tally/store/memory/memory_store.hpp"
#include "tally/testing/coroutine_test.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/store_decorator.hpp"

namespace tally::purses {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Filled {
    std::int64_t amount = 0;
};
BOOST_DESCRIBE_STRUCT(Filled, (), (amount))
TALLY_EVENT(Filled, "Filled", 1, published)

struct Emptied {};
BOOST_DESCRIBE_STRUCT(Emptied, (), ())
TALLY_EVENT(Emptied, "Emptied", 2, internal)
std::vector<Upcaster> tally_upcasters(const Emptied*) {
    return {[](boost::json::object old) -> Result<boost::json::object> { return old; }};
}

using PurseId = Id<struct PurseTag>;

/// Described, so that it has snapshots.
struct Purse {
    using Key = PurseId;
    using Events = EventList<Filled, Emptied>;
    static constexpr std::string_view category = "purse";
    std::int64_t balance = 0;
    std::int64_t changes = 0;
    void apply(const Filled& event) {
        balance += event.amount;
        ++changes;
    }
    void apply(const Emptied&) {
        balance = 0;
        ++changes;
    }
};
BOOST_DESCRIBE_STRUCT(Purse, (), (balance, changes))

struct Owner {
    std::string name;
};
BOOST_DESCRIBE_STRUCT(Owner, (), (name))
TALLY_DOCUMENT(Owner, "owners")
std::vector<IndexEntry> tally_indexes(const Owner& owner) { return {{"name", owner.name}}; }

struct Reminder {
    std::string text;
};
BOOST_DESCRIBE_STRUCT(Reminder, (), (text))
TALLY_TIMER(Reminder, "reminder")

const PurseId mine = PurseId::trusted("mine");
const PurseId yours = PurseId::trusted("yours");

/// Counts reads, so that a cache is seen to be one.
class CountingStore final : public testing::StoreDecorator {
public:
    using StoreDecorator::read;
    using StoreDecorator::StoreDecorator;
    int stream_reads = 0;
    int document_reads = 0;
    std::size_t events_read = 0;

    Task<Result<EventBatch>> read(StreamRead read) override {
        ++stream_reads;
        auto batch = co_await inner_.read(std::move(read));
        if (batch) events_read += batch->size();
        co_return batch;
    }
    Task<Result<std::vector<Document>>> get(std::vector<DocumentKey> keys) override {
        ++document_reads;
        return inner_.get(std::move(keys));
    }
};

class SessionTest : public testing::CoroutineTest {
protected:
    std::unique_ptr<Store> memory =
        create_memory_store(simulation.executor(), simulation.clock(), create_memory_disk(simulation.random()));
    CountingStore store{*memory};
    UuidGenerator ids{simulation.clock(), simulation.random()};

    Session command() {
        return Session(store, {.correlation = "c", .event = {}, .actor = "customer:1", .traceparent = "t"},
                       {.make_id = ids_of_command(ids), .now = simulation.clock().now()});
    }
    Session consumer(EventId cause) {
        return Session(store, {.correlation = "c", .event = cause, .actor = "service:x", .traceparent = ""},
                       {.make_id = ids_of_consumer("x"), .now = simulation.clock().now()});
    }
    Task<void> fill(PurseId purse, int times) {
        Session session = command();
        for (int i = 0; i < times; ++i) session.record<Purse>(purse, Filled{1});
        EXPECT_TRUE(co_await session.commit());
    }
    Task<std::optional<Timer>> timer(std::string id) {
        Session session = command();
        co_return (co_await session.get<Timer>(std::move(id))).value();
    }
    Task<void> name(std::string key, std::string name) {
        Session session = command();
        session.put(key, Owner{name});
        EXPECT_TRUE(co_await session.commit());
    }
};

std::optional<Conflict> conflict_of(const CommitResult& result) {
    if (result || !std::holds_alternative<Conflict>(result.error())) return std::nullopt;
    return std::get<Conflict>(result.error());
}

CORO_TEST_F(SessionTest, reads_its_own_writes) {
    TALLY_COVERS("B09.6");
    co_await fill(mine, 2);
    Session session = command();
    auto before = co_await session.load<Purse>(mine);
    EXPECT_EQ(before->state.balance, 2);
    EXPECT_EQ(before->version, 2U);
    session.record<Purse>(mine, Filled{5});
    session.record<Purse>(yours, Filled{7});
    session.record<Purse>(mine, Filled{1});
    auto after = co_await session.load<Purse>(mine);
    EXPECT_EQ(after->state.balance, 8);
    EXPECT_EQ(after->version, 4U);
    EXPECT_EQ((co_await session.load<Purse>(yours))->state.balance, 7);

    EXPECT_EQ(co_await session.get<Owner>("a"), std::nullopt);
    session.put("a", Owner{"Ann"});
    EXPECT_EQ((co_await session.get<Owner>("a"))->value().name, "Ann");
    session.put("a", Owner{"Bob"});
    EXPECT_EQ((co_await session.get<Owner>("a"))->value().name, "Bob");
    session.remove<Owner>("a");
    EXPECT_EQ(co_await session.get<Owner>("a"), std::nullopt);
    EXPECT_EQ(store.statistics().head, 2U);  // nothing is written yet
}

CORO_TEST_F(SessionTest, reads_once) {
    co_await fill(mine, 1);
    co_await name("a", "Ann");
    Session session = command();
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ((co_await session.load<Purse>(mine))->version, 1U);
        EXPECT_TRUE((co_await session.get<Owner>("a"))->has_value());
        const auto both = co_await session.get<Owner>(std::vector<std::string>{"b", "a", "b"});
        EXPECT_EQ(both->size(), 3U);
        EXPECT_FALSE(both->at(0));
        EXPECT_EQ(both->at(1)->name, "Ann");
        // What others do meanwhile is not seen: it is a conflict.
        co_await fill(mine, 1);
        co_await name("a", "Bob");
        EXPECT_EQ((co_await session.load<Purse>(mine))->version, 1U);
        if (i == 0) {
            EXPECT_EQ(store.stream_reads, 1);
            EXPECT_EQ(store.document_reads, 2);  // `a`, then only `b`
        }
    }
}

CORO_TEST_F(SessionTest, envelopes_come_from_the_cause) {
    TALLY_COVERS("C34.6", "B05.4");
    Session session = command();
    session.record<Purse>(mine, Filled{3});
    session.record<Purse>(mine, Emptied{}, {.key = "other", .subject = "Ann", .expires_at = session.now()});
    EXPECT_TRUE(co_await session.commit());
    const auto batch = co_await store.read(LogRead{});
    const auto events = batch->events();
    EXPECT_EQ(events[0].type, "Filled");
    EXPECT_EQ(events[0].correlation, "c");
    EXPECT_EQ(events[0].causation, std::nullopt);
    EXPECT_EQ(events[0].actor, "customer:1");
    EXPECT_EQ(events[0].traceparent, "t");
    EXPECT_EQ(events[0].key, "mine");
    EXPECT_EQ(events[0].data, R"({"amount":3})");
    EXPECT_EQ(events[0].occurred_at, simulation.clock().now());
    EXPECT_GE(events[0].shard, 0);
    EXPECT_EQ(events[1].key, "other");
    EXPECT_EQ(events[1].subject, "Ann");
    EXPECT_EQ(events[1].expires_at, session.now());
    EXPECT_EQ(events[1].schema, 2);
    EXPECT_EQ(events[1].shard, RecordedEvent::no_shard);
}

CORO_TEST_F(SessionTest, positions_follow_the_order_of_recording) {
    Session session = command();
    session.record<Purse>(mine, Filled{1});
    session.record<Purse>(yours, Filled{2});
    session.record<Purse>(yours, Filled{3});
    session.record<Purse>(mine, Filled{4});
    const auto committed = co_await session.commit();
    EXPECT_TRUE(committed);
    const auto batch = co_await store.read(LogRead{});
    std::vector<std::string> order;
    for (const RecordedEvent& event : *batch)
        order.push_back(std::string(event.stream) + "@" + std::to_string(event.version) + std::string(event.data));
    EXPECT_THAT(order, ElementsAre(R"(purse-mine@1{"amount":1})", R"(purse-yours@1{"amount":2})",
                                   R"(purse-yours@2{"amount":3})", R"(purse-mine@2{"amount":4})"));
}

CORO_TEST_F(SessionTest, of_two_that_decide_on_one_stream_one_loses) {
    TALLY_COVERS("I3", "I4");
    co_await fill(mine, 1);
    Session first = command();
    Session second = command();
    (void)co_await first.load<Purse>(mine);
    (void)co_await second.load<Purse>(mine);
    first.record<Purse>(mine, Emptied{});
    second.record<Purse>(mine, Emptied{});
    EXPECT_TRUE(co_await first.commit());
    const auto conflict = conflict_of(co_await second.commit());
    EXPECT_TRUE(conflict);
    EXPECT_EQ(conflict->on, Conflict::On::stream);
    EXPECT_EQ(conflict->subject, "purse-mine");
    EXPECT_EQ(conflict->actual, 2U);
}

CORO_TEST_F(SessionTest, what_was_only_read_is_a_precondition) {
    TALLY_COVERS("I3");
    co_await fill(mine, 1);
    co_await name("a", "Ann");
    for (int what = 0; what < 4; ++what) {
        Session session = command();
        (void)co_await session.load<Purse>(mine);
        (void)co_await session.load<Purse>(PurseId::trusted("none" + std::to_string(what)));
        (void)co_await session.get<Owner>("a");
        (void)co_await session.get<Owner>("none" + std::to_string(what));
        session.record<Purse>(yours, Filled{1});
        if (what == 0) co_await fill(mine, 1);
        if (what == 1) co_await fill(PurseId::trusted("none1"), 1);
        if (what == 2) co_await name("a", "Bob");
        if (what == 3) co_await name("none3", "Bob");
        const auto conflict = conflict_of(co_await session.commit());
        EXPECT_TRUE(conflict) << what;
        EXPECT_EQ(conflict->on, what < 2 ? Conflict::On::stream : Conflict::On::document) << what;
    }
    EXPECT_EQ((co_await load_aggregate<Purse>(store, yours))->version, 0U);
}

CORO_TEST_F(SessionTest, what_was_not_read_is_none) {
    Session session = command();
    session.record<Purse>(mine, Filled{1});
    session.put("a", Owner{"Ann"});
    session.remove<Owner>("b");
    co_await fill(mine, 3);
    co_await name("a", "Bob");
    co_await name("b", "Bob");
    EXPECT_TRUE(co_await session.commit());
    EXPECT_EQ((co_await load_aggregate<Purse>(store, mine))->version, 4U);
    Session reader = command();
    EXPECT_EQ((co_await reader.get<Owner>("a"))->value().name, "Ann");
    EXPECT_EQ(co_await reader.get<Owner>("b"), std::nullopt);
    const auto found = co_await store.find({.collection = "owners", .index = "name", .lower = "Ann"});
    EXPECT_EQ(found->documents.size(), 1U);
}

CORO_TEST_F(SessionTest, a_stale_document_is_not_overwritten) {
    TALLY_COVERS("I3");
    co_await name("a", "Ann");
    Session session = command();
    (void)co_await session.get<Owner>("a");
    session.put("a", Owner{"Bob"});
    session.put("a", Owner{"Carl"});
    co_await name("a", "Dora");
    EXPECT_EQ(conflict_of(co_await session.commit())->subject, "owners/a");
}

CORO_TEST_F(SessionTest, rolling_back_forgets_writes_and_keeps_reads) {
    co_await fill(mine, 1);
    Session session = command();
    session.record<Purse>(mine, Filled{10});
    session.put("a", Owner{"Ann"});
    const Session::Mark mark = session.mark();
    EXPECT_EQ((co_await session.load<Purse>(mine))->state.balance, 11);
    session.record<Purse>(mine, Filled{100});
    session.record<Purse>(yours, Filled{100});
    session.put("a", Owner{"Bob"});
    session.put("b", Owner{"Bob"});
    session.add({{"tally.x", "y"}, ExpectedDocument::any(), Put{"{}", {}, {}}});
    (void)co_await session.get<Owner>("c");
    EXPECT_EQ((co_await session.load<Purse>(mine))->state.balance, 111);
    session.rollback_to(mark);
    EXPECT_EQ((co_await session.load<Purse>(mine))->state.balance, 11);
    EXPECT_EQ((co_await session.load<Purse>(mine))->version, 2U);
    EXPECT_EQ((co_await session.get<Owner>("a"))->value().name, "Ann");
    EXPECT_EQ(co_await session.get<Owner>("b"), std::nullopt);
    EXPECT_THAT(session.added(), IsEmpty());
    const Changes changes = session.changes();
    EXPECT_EQ(changes.appends.size(), 1U);
    EXPECT_EQ(changes.appends[0].expected, ExpectedVersion::exactly(1));
    EXPECT_EQ(changes.documents.size(), 3U);  // a is put; b and c were read
    EXPECT_TRUE(co_await session.commit());
    EXPECT_EQ((co_await load_aggregate<Purse>(store, mine))->state.balance, 11);
}

CORO_TEST_F(SessionTest, a_consumer_makes_the_same_ids_again) {
    TALLY_COVERS("C10.1", "I3");
    const EventId cause = ids.next();
    for (int run = 0; run < 2; ++run) {
        Session session = consumer(cause);
        session.record<Purse>(mine, Filled{1});
        const Session::Mark mark = session.mark();
        session.record<Purse>(mine, Filled{50});
        session.rollback_to(mark);
        session.record<Purse>(mine, Filled{2});
        const auto committed = co_await session.commit();
        EXPECT_TRUE(committed);
        EXPECT_EQ(committed->replayed, run == 1);
        EXPECT_EQ(committed->events[0].id, derive(cause, "x", 0));
        EXPECT_EQ(committed->events[1].id, derive(cause, "x", 1));
    }
    EXPECT_EQ(store.statistics().head, 2U);
}

CORO_TEST_F(SessionTest, each_cause_counts_from_zero) {
    const EventId one = ids.next();
    const EventId other = ids.next();
    Session session = consumer(one);
    session.record<Purse>(mine, Filled{1});
    session.begin({.correlation = "d", .event = other, .actor = "service:x", .traceparent = ""});
    const EventId request = ids.next();
    session.record<Purse>(mine, Filled{1}, {.reply_to = request});
    const auto committed = co_await session.commit();
    EXPECT_EQ(committed->events[1].id, derive(other, "x", 0));
    const auto batch = co_await store.read(LogRead{});
    EXPECT_EQ(batch->events()[0].causation, one);
    EXPECT_EQ(batch->events()[1].causation, request);
    EXPECT_EQ(batch->events()[1].correlation, "d");
}

CORO_TEST_F(SessionTest, an_answer_may_belong_to_what_the_stream_began_with) {
    const EventId request = ids.next();
    {
        Session session = consumer(request);
        session.begin({.correlation = "d", .event = request, .actor = "service:x", .traceparent = ""});
        EXPECT_FALSE((co_await session.origin<Purse>(mine))->has_value());
        session.record<Purse>(mine, Filled{1});
        session.record<Purse>(mine, Filled{2});
        EXPECT_TRUE(co_await session.commit());
    }
    Session session = command();
    const auto origin = co_await session.origin<Purse>(mine);
    EXPECT_EQ(origin->value().causation, request);
    session.record<Purse>(mine, Filled{3}, {.reply_to = request, .correlation = origin->value().correlation});
    session.record<Purse>(mine, Filled{4});
    EXPECT_TRUE(co_await session.commit());
    const auto batch = co_await store.read(LogRead{});
    EXPECT_EQ(batch->events()[2].causation, request);
    EXPECT_EQ(batch->events()[2].correlation, "d");
    EXPECT_EQ(batch->events()[3].correlation, "c");
}

CORO_TEST_F(SessionTest, an_empty_one_commits_nothing) {
    Session session = command();
    EXPECT_TRUE(session.empty());
    EXPECT_TRUE(co_await session.commit());
    EXPECT_EQ(store.statistics().commits, 0U);
}

// Timers.

CORO_TEST_F(SessionTest, a_timer_lands_with_everything_else) {
    const Timestamp due = simulation.clock().now() + std::chrono::hours(1);
    const EventId cause = ids.next();
    Session session = consumer(cause);
    session.record<Purse>(mine, Filled{1});
    session.schedule("mine/1", due, Reminder{"empty it"});
    EXPECT_FALSE(co_await timer("reminder/mine/1"));
    EXPECT_TRUE(co_await session.commit());
    const auto stored = co_await timer("reminder/mine/1");
    EXPECT_TRUE(stored);
    EXPECT_EQ(stored->type, "reminder");
    EXPECT_EQ(stored->key, "mine/1");
    EXPECT_EQ(stored->due, due);
    EXPECT_EQ(stored->id, derive(cause, "x", 1));
    EXPECT_EQ(stored->correlation, "c");
    EXPECT_EQ(stored->causation, cause);
    EXPECT_EQ(stored->attempts, 0);
    EXPECT_EQ(stored->data.text, R"({"text":"empty it"})");

    // The commit of one that has lost schedules nothing.
    Session late = command();
    (void)co_await late.load<Purse>(mine);
    late.record<Purse>(mine, Emptied{});
    late.schedule("mine/2", due, Reminder{});
    co_await fill(mine, 1);
    EXPECT_TRUE(conflict_of(co_await late.commit()));
    EXPECT_FALSE(co_await timer("reminder/mine/2"));
}

CORO_TEST_F(SessionTest, a_timer_is_moved_and_cancelled_unread) {
    const Timestamp due = simulation.clock().now() + std::chrono::hours(1);
    Session first = command();
    first.schedule("a", due, Reminder{"one"});
    first.schedule("b", due, Reminder{"two"});
    first.schedule("raw", "a", due, "{}");
    EXPECT_TRUE(co_await first.commit());
    const auto reads = store.document_reads;
    Session second = command();
    second.schedule("a", due + std::chrono::hours(1), Reminder{"three"});
    second.cancel<Reminder>("b");
    second.cancel("raw", "a");
    second.cancel("raw", "none");
    const Session::Mark mark = second.mark();
    second.cancel<Reminder>("a");
    second.rollback_to(mark);
    EXPECT_TRUE(co_await second.commit());
    EXPECT_EQ(store.document_reads, reads);
    EXPECT_EQ((co_await timer("reminder/a"))->due, due + std::chrono::hours(1));
    EXPECT_EQ((co_await timer("reminder/a"))->data.text, R"({"text":"three"})");
    EXPECT_FALSE(co_await timer("reminder/b"));
    EXPECT_FALSE(co_await timer("raw/a"));
    const auto found = co_await store.find({.collection = "tally.timers", .index = std::string(timers_by_due)});
    EXPECT_EQ(found->documents.size(), 1U);
}

CORO_TEST_F(SessionTest, a_commit_tells_of_its_timers) {
    TimerSignal signal;
    const Timestamp due = simulation.clock().now() + std::chrono::hours(1);
    Session session(store, {}, {.make_id = ids_of_command(ids), .now = {}, .timers = &signal});
    session.schedule("a", due + std::chrono::hours(1), Reminder{});
    session.schedule("b", due, Reminder{});
    EXPECT_FALSE(signal.take());
    EXPECT_TRUE(co_await session.commit());
    EXPECT_EQ(signal.take(), due);
    EXPECT_FALSE(signal.take());
}

// Snapshots.

Task<std::optional<Document>> snapshot_of(Store& store, std::string stream) {
    auto found = co_await store.get({snapshot_key(std::move(stream))});
    if (found->empty()) co_return std::nullopt;
    co_return std::move(found->front());
}

CORO_TEST_F(SessionTest, a_long_fold_is_kept_and_used) {
    co_await fill(mine, 100);
    {
        Session session = command();
        (void)co_await session.load<Purse>(mine);
        session.record<Purse>(mine, Filled{1});
        EXPECT_TRUE(co_await session.commit());
        EXPECT_FALSE(co_await snapshot_of(store, "purse-mine"));  // of 100 events none is made
    }
    const auto flushes = store.statistics().flushes;
    {
        Session session = command();
        EXPECT_EQ((co_await session.load<Purse>(mine))->state.balance, 101);
        session.record<Purse>(mine, Filled{1});
        EXPECT_TRUE(co_await session.commit());
        EXPECT_TRUE(co_await snapshot_of(store, "purse-mine"));
        EXPECT_EQ(store.statistics().flushes, flushes + 1);  // the snapshot's commit waits for no disk
    }
    co_await fill(mine, 300);
    {
        Session session = command();
        (void)co_await session.load<Purse>(mine);
        EXPECT_TRUE(co_await session.commit());
    }
    co_await fill(mine, 2);
    store.events_read = 0;
    Session session = command();
    const auto loaded = co_await session.load<Purse>(mine);
    EXPECT_EQ(loaded->state.balance, 404);
    EXPECT_EQ(loaded->state.changes, 404);
    EXPECT_EQ(loaded->version, 404U);
    EXPECT_LT(store.events_read, 110U);
}

CORO_TEST_F(SessionTest, a_snapshot_that_does_not_fit_is_ignored) {
    co_await fill(mine, 150);
    const std::string lie = R"("state":{"balance":1000000,"changes":1}})";
    const std::string schema = snapshot_schema<Purse>();
    const std::vector<std::string> bodies{
        R"({"version":120,"schema":"another","state":{"balance":1000000,"changes":1}})",
        R"({"version":151,"schema":")" + schema + R"(",)" + lie,  // ahead of its stream
        R"({"version":120,"schema":")" + schema + R"("})", "not JSON"};
    for (const std::string& body : bodies) {
        Changes changes;
        changes.documents.push_back({snapshot_key("purse-mine"), ExpectedDocument::any(), Put{body, {}, {}}});
        EXPECT_TRUE(co_await store.commit(std::move(changes)));
        Session session = command();
        const auto loaded = co_await session.load<Purse>(mine);
        EXPECT_TRUE(loaded);
        EXPECT_EQ(loaded->state.balance, 150) << body;
        EXPECT_EQ(loaded->version, 150U) << body;
    }
    // One that fits is believed.
    Changes changes;
    changes.documents.push_back({snapshot_key("purse-mine"), ExpectedDocument::any(),
                                 Put{R"({"version":120,"schema":")" + schema + R"(",)" + lie, {}, {}}});
    EXPECT_TRUE(co_await store.commit(std::move(changes)));
    Session session = command();
    EXPECT_EQ((co_await session.load<Purse>(mine))->state.balance, 1'000'030);
}

CORO_TEST_F(SessionTest, a_reader_gets_the_state_now_or_as_it_was) {
    TALLY_COVERS("B09.6", "D15.5");
    co_await fill(mine, 130);
    const Timestamp then = simulation.clock().now();
    co_await simulation.clock().sleep_for(std::chrono::seconds(1));
    co_await fill(mine, 5);
    EXPECT_EQ((co_await load_aggregate<Purse>(store, mine))->state.balance, 135);
    EXPECT_EQ((co_await load_aggregate<Purse>(store, mine, {.version = 7, .time = {}}))->state.balance, 7);
    EXPECT_EQ((co_await load_aggregate<Purse>(store, mine, {.version = {}, .time = then}))->version, 130U);
}

CORO_TEST_F(SessionTest, streams_longer_than_a_page_are_read_whole) {
    co_await fill(mine, 10'350);
    Session session = command();
    const auto loaded = co_await session.load<Purse>(mine);
    EXPECT_EQ(loaded->version, 10'350U);
    EXPECT_EQ(loaded->state.changes, 10'350);
}

}  // namespace
}  // namespace tally::purses
