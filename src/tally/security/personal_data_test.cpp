// From plain data to what is stored, and back: the walk of tally/event/seal.hpp over a key ring.

#include <stdexcept>

#include <gmock/gmock.h>

#include "tally/base/text.hpp"
#include "tally/event/seal.hpp"
#include "tally/security/memory_key_ring.hpp"
#include "tally/testing/coroutine_test.hpp"
#include "tally/testing/hostile_text.hpp"

namespace tally {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Address {
    std::string street;
    std::string city;
};
BOOST_DESCRIBE_STRUCT(Address, (), (street, city))

struct Child {
    std::int64_t order = 0;
    Personal<std::string> name;
};
BOOST_DESCRIBE_STRUCT(Child, (), (order, name))

struct Registered {
    std::string user;
    Personal<std::string> email;
    std::optional<Personal<Address>> address{};
    std::vector<Child> children{};
    std::map<std::string, Personal<std::string>> phones{};
};
BOOST_DESCRIBE_STRUCT(Registered, (), (user, email, address, children, phones))

Registered ann() {
    return {.user = "1",
            .email = "ann@example.org",
            .address = Address{"High Street", "Leeds"},
            .children = {{.order = 1, .name = "Bea"}, {.order = 2, .name = "Cleo"}},
            .phones = {{"at/home", "0113 4960000"}}};
}

class PersonalDataTest : public testing::CoroutineTest {
protected:
    static constexpr const char* subject = "user:1";

    /// As it is stored.
    Task<Registered> sealed(Registered event, EventId id) {
        const auto key = co_await keys->key_to_seal(subject);
        seal_personal(event, *key, subject, id);
        co_return event;
    }
    Task<Registered> opened(Registered event) {
        const auto done = co_await open_personal(event, *keys);
        EXPECT_TRUE(done) << done.error().text;
        co_return event;
    }
    /// The code of an opening that fails, having shown nothing.
    Task<ErrorCode> refusal(Registered event) {
        const auto done = co_await open_personal(event, *keys);
        EXPECT_EQ(event.email.plain(), nullptr);
        if (done) co_return ErrorCode{};
        EXPECT_THAT(done.error().text, Not(HasSubstr("ann@")));
        co_return done.error().code;
    }
    /// An event with this as its e-mail and no other personal data.
    static Registered with(Sealed email) { return {.user = "1", .email = std::move(email)}; }

    UuidGenerator ids{simulation.clock(), simulation.random()};
    std::unique_ptr<KeyRing> keys = create_memory_key_ring(simulation.random());
};

CORO_TEST_F(PersonalDataTest, is_sealed_wherever_it_stands_and_opened_again) {
    const Registered event = co_await sealed(ann(), ids.next());
    const std::string stored = encode(event);
    for (const char* plain : {"ann@", "High Street", "Leeds", "Bea", "Cleo", "4960000"})
        EXPECT_THAT(stored, Not(HasSubstr(plain)));
    EXPECT_EQ(event.children[1].name.sealed()->field, "/children/1/name");
    EXPECT_EQ(event.phones.at("at/home").sealed()->field, "/phones/at~1home");

    const auto read = decode<Registered>(stored, UnknownFields::ignored);
    EXPECT_EQ(encode(co_await opened(*read), PersonalForm::plain), encode(ann(), PersonalForm::plain));
}

CORO_TEST_F(PersonalDataTest, gives_the_same_bytes_when_it_is_sealed_again) {
    const EventId id = ids.next();
    const std::string stored = encode(co_await sealed(ann(), id));
    EXPECT_EQ(encode(co_await sealed(ann(), id)), stored);
    EXPECT_NE(encode(co_await sealed(ann(), ids.next())), stored);
}

CORO_TEST_F(PersonalDataTest, keeps_every_text) {
    for (const testing::HostileText& text : testing::hostile_texts()) {
        if (!text.clean) continue;
        const Registered event = co_await sealed({.user = "1", .email = text.text}, ids.next());
        const auto read = decode<Registered>(encode(event), UnknownFields::ignored, JsonLimits::own_events());
        EXPECT_EQ(*(co_await opened(*read)).email.plain(), text.text) << text.name;
    }
}

CORO_TEST_F(PersonalDataTest, is_erased_with_its_key) {
    const Registered event = co_await sealed(ann(), ids.next());
    EXPECT_TRUE(co_await keys->erase(subject));
    const Registered read = co_await opened(event);
    EXPECT_TRUE(read.email.erased() && read.address->erased() && read.children[0].name.erased());
    EXPECT_EQ(encode(read, PersonalForm::plain),
              R"({"user":"1","email":null,"address":null,"children":[{"order":1,"name":null},{"order":2,"name":null}],)"
              R"("phones":{"at/home":null}})");
}

CORO_TEST_F(PersonalDataTest, of_an_erased_subject_is_left_out) {
    EXPECT_TRUE(co_await keys->erase(subject));
    EXPECT_EQ(encode(co_await sealed({.user = "1", .email = "ann@example.org"}, ids.next())),
              R"({"user":"1","email":null,"children":[],"phones":{}})");
}

CORO_TEST_F(PersonalDataTest, may_be_copied_and_stays_sealed) {
    const Registered event = co_await sealed(ann(), ids.next());
    const Registered copy = co_await sealed({.user = "1", .email = event.email}, ids.next());
    EXPECT_EQ(copy.email, event.email);
    EXPECT_EQ(*(co_await opened(copy)).email.plain(), "ann@example.org");
}

CORO_TEST_F(PersonalDataTest, does_not_open_as_another_event_field_or_subject) {
    const Registered event = co_await sealed(ann(), ids.next());
    (void)co_await keys->key_to_seal("user:2");

    Sealed moved = *event.email.sealed();
    moved.event = ids.next();
    EXPECT_EQ(co_await refusal(with(moved)), ErrorCode::corrupt);
    moved = *event.email.sealed();
    moved.field = "/address";
    EXPECT_EQ(co_await refusal(with(moved)), ErrorCode::corrupt);
    moved.field = "";
    EXPECT_EQ(co_await refusal(with(moved)), ErrorCode::corrupt);
    moved = *event.email.sealed();
    moved.subject = "user:2";
    EXPECT_EQ(co_await refusal(with(moved)), ErrorCode::corrupt);
    moved.subject = "user:3";
    EXPECT_EQ(co_await refusal(with(moved)), ErrorCode::not_found);
    moved.subject = "no id";
    EXPECT_EQ(co_await refusal(with(moved)), ErrorCode::invalid);
}

CORO_TEST_F(PersonalDataTest, does_not_open_when_it_was_altered) {
    const Registered event = co_await sealed(ann(), ids.next());
    std::string bytes;
    EXPECT_TRUE(from_base64url(event.email.sealed()->sealed, bytes));
    Sealed altered = *event.email.sealed();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string other = bytes;
        other[i] = static_cast<char>(other[i] ^ 1);
        altered.sealed = to_base64url(other);
        EXPECT_EQ(co_await refusal(with(altered)), ErrorCode::corrupt) << i;
    }
    for (const testing::HostileText& text : testing::hostile_texts()) {
        altered.sealed = text.text;
        EXPECT_EQ(co_await refusal(with(altered)), ErrorCode::corrupt) << text.name;
    }
}

CORO_TEST_F(PersonalDataTest, does_not_open_as_something_else) {
    const Registered event = co_await sealed(ann(), ids.next());
    EXPECT_EQ(co_await refusal(with(*event.address->sealed())), ErrorCode::corrupt);
}

CORO_TEST_F(PersonalDataTest, is_withheld_from_who_may_not_see_it) {
    Registered event = co_await opened(co_await sealed(ann(), ids.next()));
    withhold_personal(event);
    EXPECT_TRUE(event.email.erased() && event.address->erased());
    EXPECT_EQ(event.user, "1");

    event = co_await sealed(ann(), ids.next());
    withhold_personal(event, "user:2");
    EXPECT_TRUE(event.email.erased() && event.children[0].name.erased());
}

CORO_TEST_F(PersonalDataTest, is_not_withheld_from_the_person_themselves) {
    Registered event = co_await sealed(ann(), ids.next());
    event.phones["plain"] = "of an unknown person";
    withhold_personal(event, subject);
    EXPECT_TRUE(event.phones["plain"].erased());
    EXPECT_EQ(*(co_await opened(event)).email.plain(), "ann@example.org");
}

CORO_TEST_F(PersonalDataTest, is_to_be_sealed_where_it_is_plain) {
    EXPECT_TRUE(has_plain(ann()));
    EXPECT_FALSE(has_plain(co_await sealed(ann(), ids.next())));
    EXPECT_FALSE(has_plain(Registered{}));
}

CORO_TEST_F(PersonalDataTest, belongs_to_the_subject_of_its_event) {
    const Registered copy = {.user = "1", .email = (co_await sealed(ann(), ids.next())).email};
    EXPECT_NO_THROW(require_subject(ann(), subject));
    EXPECT_NO_THROW(require_subject(copy, subject));
    EXPECT_NO_THROW(require_subject(Registered{.user = "1", .email = {}}, ""));
    EXPECT_THROW(require_subject(ann(), ""), std::logic_error);
    EXPECT_THROW(require_subject(ann(), "ann@example.org"), std::logic_error);
    EXPECT_THROW(require_subject(copy, "user:2"), std::logic_error);
    EXPECT_THROW(require_subject(copy, ""), std::logic_error);
}

}  // namespace
}  // namespace tally
