// Goal: whatever a session records about a person, no byte of it is stored plain, and without the person's key nobody
// reads it again.
#include <gmock/gmock.h>

#include "tally/flow/load.hpp"
#include "tally/flow/session.hpp"
#include "tally/security/memory_key_ring.hpp"
#include "tally/store/memory/memory_store.hpp"
#include "tally/testing/coroutine_test.hpp"
#include "tally/testing/store_decorator.hpp"

namespace tally::people {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Registered {
    Personal<std::string> email;
};
BOOST_DESCRIBE_STRUCT(Registered, (), (email))
TALLY_EVENT(Registered, "Registered", 1, published)

struct Greeted {
    Personal<std::string> email;
    std::int64_t times = 0;
};
BOOST_DESCRIBE_STRUCT(Greeted, (), (email, times))
TALLY_EVENT(Greeted, "Greeted", 1, published)

using PersonId = Id<struct PersonTag>;

/// Described, so that it has snapshots.
struct Person {
    using Key = PersonId;
    using Events = EventList<Registered, Greeted>;
    static constexpr std::string_view category = "person";
    Personal<std::string> email;
    std::int64_t greetings = 0;
    void apply(const Registered& event) { email = event.email; }
    void apply(const Greeted& event) { greetings += event.times; }
};
BOOST_DESCRIBE_STRUCT(Person, (), (email, greetings))

struct Card {
    Personal<std::string> email;
};
BOOST_DESCRIBE_STRUCT(Card, (), (email))
TALLY_DOCUMENT(Card, "cards")

const PersonId ann = PersonId::trusted("ann");
constexpr const char* ann_email = "ann@example.org";

/// Keeps all that is handed to the store.
class WatchedStore final : public testing::StoreDecorator {
public:
    using StoreDecorator::StoreDecorator;
    std::string written;

    Task<CommitResult> commit(Changes changes) override {
        for (const Append& append : changes.appends)
            for (const NewEvent& event : append.events) written += event.data + "\n";
        for (const DocumentWrite& write : changes.documents)
            if (const Put* put = std::get_if<Put>(&write.write)) written += put->body + "\n";
        return inner_.commit(std::move(changes));
    }
};

class SessionPersonalTest : public testing::CoroutineTest {
protected:
    std::unique_ptr<Store> memory =
        create_memory_store(simulation.executor(), simulation.clock(), create_memory_disk(simulation.random()));
    WatchedStore store{*memory};
    UuidGenerator ids{simulation.clock(), simulation.random()};
    std::unique_ptr<KeyRing> keys = create_memory_key_ring(simulation.random());
    const EventId request = ids.next();

    Session session(KeyRing* ring, EventId cause) {
        return Session(store, {.correlation = "c", .event = cause, .actor = "service:x", .traceparent = ""},
                       {.make_id = ids_of_consumer("x"), .now = simulation.clock().now(), .keys = ring});
    }
    Session session() { return session(keys.get(), ids.next()); }
    /// Brought about by the same request each time.
    Task<Committed> register_ann() {
        Session work = session(keys.get(), request);
        work.record<Person>(ann, Registered{.email = ann_email}, {.subject = "user:ann"});
        co_return (co_await work.commit()).value();
    }
    Task<Person> person() { co_return (co_await load_aggregate<Person>(store, ann)).value().state; }
    /// The e-mail address as a reader gets it; `erased`.
    Task<std::string> email() {
        Person read = co_await person();
        EXPECT_TRUE(co_await open_personal(read, *keys));
        co_return read.email.plain() != nullptr ? *read.email.plain() : "erased";
    }
};

CORO_TEST_F(SessionPersonalTest, what_is_recorded_is_stored_sealed_and_can_be_opened) {
    co_await register_ann();
    EXPECT_THAT(store.written, HasSubstr("sealed"));
    EXPECT_THAT(store.written, Not(HasSubstr("example")));
    const Person read = co_await person();
    EXPECT_EQ(read.email.sealed()->subject, "user:ann");
    EXPECT_EQ(read.email.sealed()->field, "/email");
    EXPECT_EQ(co_await email(), ann_email);
}

CORO_TEST_F(SessionPersonalTest, the_same_unit_of_work_done_again_is_replayed) {
    const Committed first = co_await register_ann();
    const Committed again = co_await register_ann();
    EXPECT_FALSE(first.replayed);
    EXPECT_TRUE(again.replayed);
    EXPECT_EQ(again.events.front().position, first.events.front().position);
}

CORO_TEST_F(SessionPersonalTest, an_erased_person_cannot_be_read_again) {
    co_await register_ann();
    EXPECT_TRUE(co_await keys->erase("user:ann"));
    EXPECT_EQ(co_await email(), "erased");
}

CORO_TEST_F(SessionPersonalTest, data_that_comes_after_the_erasure_is_left_out_and_the_event_stands) {
    EXPECT_TRUE(co_await keys->erase("user:ann"));
    co_await register_ann();
    EXPECT_EQ(store.written, "{\"email\":null}\n");
    EXPECT_TRUE((co_await person()).email.erased());
}

CORO_TEST_F(SessionPersonalTest, copies_stay_sealed_in_other_events_documents_and_snapshots) {
    co_await register_ann();
    const Person read = co_await person();
    {
        Session work = session(nullptr, ids.next());  // a copy needs no key
        for (int i = 0; i < 150; ++i) work.record<Person>(ann, Greeted{.email = read.email, .times = 1});
        work.put("ann", Card{.email = read.email});
        EXPECT_TRUE(co_await work.commit());
    }
    {
        Session work = session();
        EXPECT_EQ((co_await work.load<Person>(ann))->state.greetings, 150);
        EXPECT_TRUE(co_await work.commit());
    }
    const auto last = co_await store.read(StreamRead{.stream = "person-ann", .from = 0, .limit = 1, .backward = true});
    EXPECT_EQ(last->begin()->subject, "user:ann");
    EXPECT_FALSE((co_await store.get({snapshot_key("person-ann")}))->empty());
    EXPECT_THAT(store.written, Not(HasSubstr("example")));
    EXPECT_EQ(co_await email(), ann_email);
}

CORO_TEST_F(SessionPersonalTest, several_events_and_persons_are_sealed_in_one_commit) {
    Session work = session();
    work.record<Person>(ann, Registered{.email = ann_email}, {.subject = "user:ann"});
    const Session::Mark mark = work.mark();
    work.record<Person>(PersonId::trusted("cy"), Registered{.email = "cy@example.org"}, {.subject = "user:cy"});
    work.rollback_to(mark);
    work.record<Person>(ann, Greeted{.email = ann_email, .times = 1}, {.subject = "user:ann"});
    work.record<Person>(PersonId::trusted("bea"), Registered{.email = "bea@example.org"}, {.subject = "user:bea"});
    EXPECT_TRUE(co_await work.commit());
    EXPECT_THAT(store.written, Not(HasSubstr("example")));
    EXPECT_EQ(co_await email(), ann_email);
    EXPECT_TRUE(*co_await keys->key_to_open("user:bea"));
    EXPECT_FALSE(co_await keys->key_to_open("user:cy"));
}

CORO_TEST_F(SessionPersonalTest, plain_data_is_refused_without_subject_without_keys_and_in_documents) {
    Session work = session();
    EXPECT_THROW(work.record<Person>(ann, Registered{.email = ann_email}), std::logic_error);
    EXPECT_THROW(work.put("ann", Card{.email = ann_email}), std::logic_error);
    work.record<Person>(ann, Registered{.email = ann_email}, {.subject = "user:ann"});
    const Person own = (co_await work.load<Person>(ann))->state;
    EXPECT_THROW(work.put("ann", Card{.email = own.email}), std::logic_error);
    Session keyless = session(nullptr, ids.next());
    EXPECT_THROW(keyless.record<Person>(ann, Registered{.email = ann_email}, {.subject = "user:ann"}),
                 std::logic_error);
    EXPECT_TRUE(store.written.empty());
}

/// A ring that cannot be reached.
class LostKeyRing final : public KeyRing {
public:
    Task<Result<SubjectKey>> key_to_seal(std::string) override { co_return fail(ErrorCode::unavailable, "away"); }
    Task<Result<SubjectKey>> key_to_open(std::string) override { co_return fail(ErrorCode::unavailable, "away"); }
    Task<Result<void>> erase(std::string) override { co_return fail(ErrorCode::unavailable, "away"); }
    Task<Result<Digest>> fingerprint(std::string) override { co_return fail(ErrorCode::unavailable, "away"); }
};

CORO_TEST_F(SessionPersonalTest, nothing_is_stored_while_the_keys_are_away) {
    LostKeyRing lost;
    Session work = session(&lost, ids.next());
    work.record<Person>(ann, Registered{.email = ann_email}, {.subject = "user:ann"});
    const CommitResult result = co_await work.commit();
    EXPECT_EQ(std::get<Error>(result.error()).code, ErrorCode::unavailable);
    EXPECT_TRUE(store.written.empty());
}

}  // namespace
}  // namespace tally::people
