// Goal: personal data goes through a command, an event, another service's events, documents and timers, and out by a
// GET; no byte of it is found in any file on the way, and after an erasure nobody reads it anywhere.
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include <gmock/gmock.h>

#include "tally/base/file.hpp"
#include "tally/event/seal.hpp"
#include "tally/host/host.hpp"
#include "tally/security/file/file_key_ring.hpp"
#include "tally/store/sqlite/sqlite_store.hpp"
#include "tally/testing/coroutine_test.hpp"

namespace tally::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using MemberId = Id<struct MemberTag>;

struct MemberJoined {
    MemberId member;
    Personal<std::string> email;
};
BOOST_DESCRIBE_STRUCT(MemberJoined, (), (member, email))
TALLY_EVENT(MemberJoined, "MemberJoined", 1, published)

struct MemberLeft {
    MemberId member;
};
BOOST_DESCRIBE_STRUCT(MemberLeft, (), (member))
TALLY_EVENT(MemberLeft, "MemberLeft", 1, published)

struct Member {
    using Key = MemberId;
    using Events = EventList<MemberJoined, MemberLeft>;
    static constexpr std::string_view category = "member";
    void apply(const MemberJoined&) {}
    void apply(const MemberLeft&) {}
};

struct MemberEntry {
    using Events = EventList<MemberJoined>;
    MemberId member;
    Personal<std::string> email;
    static std::string key(const MemberJoined& event) { return event.member.text(); }
    void apply(const MemberJoined& event, const Envelope&) {
        member = event.member;
        email = event.email;
    }
};
BOOST_DESCRIBE_STRUCT(MemberEntry, (), (member, email))
TALLY_DOCUMENT(MemberEntry, "members")

struct LetterWritten {
    MemberId member;
    Personal<std::string> to;
    Personal<std::string> text;
};
BOOST_DESCRIBE_STRUCT(LetterWritten, (), (member, to, text))
TALLY_EVENT(LetterWritten, "LetterWritten", 1, published)

struct Letters {
    using Key = MemberId;
    using Events = EventList<LetterWritten>;
    static constexpr std::string_view category = "letters";
    Personal<std::string> last;
    void apply(const LetterWritten& event) { last = event.text; }
};

struct Card {
    Personal<std::string> email;
};
BOOST_DESCRIBE_STRUCT(Card, (), (email))
TALLY_DOCUMENT(Card, "cards")

struct Remind {
    MemberId member;
    Personal<std::string> email;
};
BOOST_DESCRIBE_STRUCT(Remind, (), (member, email))
TALLY_TIMER(Remind, "remind")

struct Join {
    MemberId member;
    Personal<std::string> email;
};
BOOST_DESCRIBE_STRUCT(Join, (), (member, email))

struct OfMember {
    MemberId member;
};
BOOST_DESCRIBE_STRUCT(OfMember, (), (member))

struct LetterView {
    Personal<std::string> text;
};
BOOST_DESCRIBE_STRUCT(LetterView, (), (text))

std::string subject_of(const MemberId& member) { return "user:" + member.text(); }

Task<Reply<Nothing>> join(Join command, Call& call) {
    call.session.record<Member>(command.member, MemberJoined{command.member, command.email},
                                {.subject = subject_of(command.member)});
    co_return Nothing{};
}

Task<Reply<Nothing>> leave(OfMember command, Call& call) {
    call.session.record<Member>(command.member, MemberLeft{command.member});
    co_return Nothing{};
}

Task<Reply<Page<MemberEntry>>> list(Nothing, Query& query) {
    auto page = co_await query.find<MemberEntry>({}, {});
    if (!page) co_return page.error();
    co_return std::move(*page);
}

Task<Reply<LetterView>> last_letter(OfMember wanted, Query& query) {
    auto letters = co_await query.load<Letters>(wanted.member);
    if (!letters) co_return letters.error();
    co_return LetterView{letters->state.last};
}

Task<Result<void>> write_letter(KeyRing& keys, Session& session, MemberId member, Personal<std::string> to,
                                std::string greeting) {
    Personal<std::string> address = to;
    if (auto opened = co_await open_personal(address, keys); !opened) co_return opened;
    const std::string name = address.plain() != nullptr ? *address.plain() : "Nobody";
    session.record<Letters>(member, LetterWritten{member, to, greeting + name}, {.subject = subject_of(member)});
    co_return Result<void>{};
}

Task<Handled> welcome(KeyRing& keys, Delivery<MemberJoined> joined, Session& session) {
    const MemberJoined& event = joined.event;
    session.put(event.member.text(), Card{event.email});
    session.schedule(event.member.text(), session.now() + std::chrono::hours(1), Remind{event.member, event.email});
    auto written = co_await write_letter(keys, session, event.member, event.email, "Welcome ");
    if (!written) co_return std::unexpected(written.error());
    co_return Handled{};
}

Task<Handled> remind(KeyRing& keys, Fired<Remind> due, Session& session) {
    auto written = co_await write_letter(keys, session, due.timer.member, due.timer.email, "Remember us, ");
    if (!written) co_return std::unexpected(written.error());
    co_return Handled{};
}

Task<Handled> forget(KeyRing& keys, Delivery<MemberLeft> left) {
    auto erased = co_await keys.erase(subject_of(left.event.member));
    if (!erased) co_return std::unexpected(erased.error());
    co_return Handled{};
}

Manifest club(Platform& platform) {
    Consumer consumer("forget", "club.events");
    consumer.on<MemberLeft>(
        [&keys = platform.keys](Delivery<MemberLeft> left, Session&) { return forget(keys, std::move(left)); });
    Manifest manifest{.name = "club",
                      .summary = "Has members",
                      .events = EventList<MemberJoined, MemberLeft>::describe(),
                      .routes = {},
                      .consumers = {std::move(consumer)},
                      .projections = {make_projection<MemberEntry>()},
                      .collections = {{"members", {}}}};
    manifest.routes.add(post, "/api/v1/members", {.summary = "Join", .scope = "club", .idempotent = true}, &join);
    manifest.routes.add(delete_, "/api/v1/members/{member}", {.summary = "Leave", .scope = "club"}, &leave);
    manifest.routes.add(get, "/api/v1/members", {.summary = "Members", .scope = "club"}, &list);
    return manifest;
}

Manifest mail(Platform& platform) {
    Consumer consumer("mail", "club.events");
    consumer.on<MemberJoined>([&keys = platform.keys](Delivery<MemberJoined> joined, Session& session) {
        return welcome(keys, std::move(joined), session);
    });
    Manifest manifest{.name = "mail",
                      .summary = "Writes letters",
                      .events = EventList<LetterWritten>::describe(),
                      .routes = {},
                      .consumers = {std::move(consumer)},
                      .projections = {},
                      .collections = {{"cards", {}}}};
    manifest.timers.on<Remind>(
        [&keys = platform.keys](Fired<Remind> due, Session& session) { return remind(keys, std::move(due), session); });
    manifest.routes.add(get, "/api/v1/letters/{member}", {.summary = "The last letter", .scope = "mail"}, &last_letter);
    return manifest;
}

class PersonalDataOfServices : public CoroutineTest {
protected:
    PersonalDataOfServices() {
        std::string name = (fs::temp_directory_path() / "tally-personal-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder can be made");
        folder = name;
    }
    ~PersonalDataOfServices() override { fs::remove_all(folder); }

    void start() {
        auto ring = open_file_key_ring(folder / "keys", simulation.executor(), simulation.random());
        keys = std::move(ring.value());
        Host::Options options;
        options.application.access_log = false;
        auto made = Host::create(
            {simulation.executor(), simulation.clock(), simulation.random(), *metrics, settings, keys.get()}, options,
            {{"club", &club}, {"mail", &mail}}, [this](const std::string& service) {
                return open_sqlite_store({.file = folder / (service + ".db")},
                                         {simulation.executor(), simulation.executor(), simulation.executor()},
                                         simulation.clock(), simulation.random());
            });
        host = std::move(made.value());
        host->start();
    }
    Task<void> stop() {
        co_await host->stop();
        host.reset();
        keys.reset();
    }
    Task<std::string> send(Method method, std::string target, std::string body = {}) {
        HttpRequest request{.method = method, .target = std::move(target), .headers = {}, .body = std::move(body)};
        if (method == Method::post) {
            request.headers.set("Content-Type", "application/json");
            request.headers.set("Idempotency-Key", "key-" + std::to_string(++posts));
        }
        const HttpResponse response = co_await host->application().handle(std::move(request));
        EXPECT_EQ(response.status, 200) << response.body;
        co_await simulation.clock().sleep_for(std::chrono::seconds(5));  // for consumers and projections to get on
        co_return response.body;
    }
    /// The files that hold the text.
    std::vector<std::string> files_with(std::string_view text) const {
        std::vector<std::string> found;
        for (const auto& entry : fs::recursive_directory_iterator(folder))
            if (entry.is_regular_file() && read_file(entry.path())->contains(text))
                found.push_back(entry.path().filename());
        return found;
    }

    fs::path folder;
    std::unique_ptr<Metrics> metrics = create_metrics();
    Config settings;
    std::unique_ptr<KeyRing> keys;
    std::unique_ptr<Host> host;
    int posts = 0;
};

constexpr const char* member = R"([{"member":"ann","email":"ann@example.org"}])";
constexpr const char* member_erased = R"([{"member":"ann","email":null}])";

CORO_TEST_F(PersonalDataOfServices, is_nowhere_plain_and_is_gone_with_its_key) {
    start();
    co_await send(post, "/api/v1/members", R"({"member":"ann","email":"ann@example.org"})");
    EXPECT_THAT(co_await send(get, "/api/v1/members"), HasSubstr(member));
    EXPECT_EQ(co_await send(get, "/api/v1/letters/ann"), R"({"text":"Welcome ann@example.org"})");
    co_await simulation.clock().sleep_for(std::chrono::hours(2));
    EXPECT_EQ(co_await send(get, "/api/v1/letters/ann"), R"({"text":"Remember us, ann@example.org"})");
    EXPECT_THAT(files_with("example"), IsEmpty());
    EXPECT_THAT(files_with("\"sealed\""), Not(IsEmpty()));
    co_await stop();
    EXPECT_THAT(files_with("example"), IsEmpty());

    start();
    EXPECT_THAT(co_await send(get, "/api/v1/members"), HasSubstr(member));
    co_await send(delete_, "/api/v1/members/ann");
    EXPECT_THAT(co_await send(get, "/api/v1/members"), HasSubstr(member_erased));
    EXPECT_EQ(co_await send(get, "/api/v1/letters/ann"), R"({"text":null})");

    co_await send(post, "/api/v1/members", R"({"member":"ann","email":"back@example.org"})");
    EXPECT_THAT(co_await send(get, "/api/v1/members"), HasSubstr(member_erased));
    EXPECT_THAT(files_with("example"), IsEmpty());
    EXPECT_TRUE(host->ready()) << host->ready().error().text;
    co_await stop();
}

}  // namespace
}  // namespace tally::testing
