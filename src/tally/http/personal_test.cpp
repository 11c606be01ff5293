// Goal: personal data comes in plain and goes out plain to whom it concerns, and nothing between holds it plain.
#include "tally/http/personal.hpp"

#include <gmock/gmock.h>

#include "tally/http/application_test_kit.hpp"
#include "tally/security/memory_key_ring.hpp"
#include "tally/testing/store_decorator.hpp"

namespace tally::members {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using MemberId = Id<struct MemberTag>;

struct Joined {
    MemberId member;
    Personal<std::string> email;
};
BOOST_DESCRIBE_STRUCT(Joined, (), (member, email))
TALLY_EVENT(Joined, "Joined", 1, published)

struct Member {
    using Key = MemberId;
    using Events = EventList<Joined>;
    static constexpr std::string_view category = "member";
    Personal<std::string> email;
    void apply(const Joined& event) { email = event.email; }
};

struct Join {
    MemberId member;
    Personal<std::string> email;
};
BOOST_DESCRIBE_STRUCT(Join, (), (member, email))

struct JoinedView {
    MemberId member;
};
BOOST_DESCRIBE_STRUCT(JoinedView, (), (member))

struct GetMember {
    MemberId member;
};
BOOST_DESCRIBE_STRUCT(GetMember, (), (member))

struct MemberView {
    MemberId member;
    Personal<std::string> email;
};
BOOST_DESCRIBE_STRUCT(MemberView, (), (member, email))

Task<Reply<JoinedView>> join(Join command, Call& call) {
    call.session.record<Member>(command.member, Joined{command.member, command.email},
                                {.subject = "user:" + command.member.text()});
    co_return JoinedView{command.member};
}

Task<Reply<MemberView>> show(GetMember wanted, Query& query) {
    auto member = co_await query.load<Member>(wanted.member);
    if (!member) co_return member.error();
    co_return MemberView{wanted.member, member->state.email};
}

/// Keeps all that is handed to the store.
class WatchedStore final : public testing::StoreDecorator {
public:
    using StoreDecorator::StoreDecorator;
    std::string written;

    Task<CommitResult> commit(Changes changes) override {
        for (const Append& append : changes.appends)
            for (const NewEvent& event : append.events) written += event.data;
        for (const DocumentWrite& write : changes.documents)
            if (const Put* put = std::get_if<Put>(&write.write)) written += put->body;
        return inner_.commit(std::move(changes));
    }
};

class PersonalAnswerTest : public testing::CoroutineTest {
protected:
    PersonalAnswerTest() {
        application.authenticate([](const HttpRequest& request) {
            const std::string name(request.headers.find("X-Principal").value_or("user:stranger"));
            return Principal{name, name == "user:clerk" ? std::set<std::string>{"members", "personal:read"}
                                                        : std::set<std::string>{"members"}};
        });
        Routes routes;
        routes.add(post, "/members", {.summary = "Join", .scope = "members", .idempotent = true}, &join);
        routes.add(get, "/members/{member}", {.summary = "A member", .scope = "members"}, &show);
        const auto mounted =
            application.mount("members", routes, Sources{.store = store, .projections = {}, .keys = keys.get()});
        EXPECT_TRUE(mounted);
    }

    Task<HttpResponse> post_member(std::string body) {
        HttpRequest request{.method = Method::post, .target = "/members", .headers = {}, .body = std::move(body)};
        request.headers.set("Host", "localhost");
        request.headers.set("Idempotency-Key", "key");
        request.headers.set("Content-Type", "application/json");
        co_return co_await application.handle(std::move(request));
    }
    Task<HttpResponse> get_member(std::string principal) {
        HttpRequest request{.method = Method::get, .target = "/members/ann", .headers = {}, .body = {}};
        request.headers.set("Host", "localhost");
        request.headers.set("X-Principal", std::move(principal));
        co_return co_await application.handle(std::move(request));
    }
    Task<std::string> email_for(std::string principal) {
        const HttpResponse response = co_await get_member(std::move(principal));
        EXPECT_EQ(response.status, 200) << response.body;
        co_return response.body;
    }
    Task<void> join_ann() {
        const HttpResponse response = co_await post_member(R"({"member":"ann","email":"ann@example.org"})");
        EXPECT_EQ(response.status, 200) << response.body;
    }

    std::unique_ptr<Store> memory =
        create_memory_store(simulation.executor(), simulation.clock(), create_memory_disk(simulation.random()));
    WatchedStore store{*memory};
    std::unique_ptr<Metrics> metrics = create_metrics();
    UuidGenerator ids{simulation.clock(), simulation.random()};
    PageTokens page_tokens{std::string(32, 's'), simulation.clock()};
    std::unique_ptr<KeyRing> keys = create_memory_key_ring(simulation.random());
    Application application{{simulation.clock(), simulation.random(), ids, *metrics, page_tokens},
                            testing::Jars::quiet()};
};

constexpr const char* shown = R"({"member":"ann","email":"ann@example.org"})";
constexpr const char* withheld = R"({"member":"ann","email":null})";

CORO_TEST_F(PersonalAnswerTest, is_stored_sealed_with_the_answer_and_its_key) {
    co_await join_ann();
    EXPECT_THAT(store.written, HasSubstr("sealed"));
    EXPECT_THAT(store.written, Not(HasSubstr("example")));
}

CORO_TEST_F(PersonalAnswerTest, is_shown_to_the_person_and_to_those_with_the_scope) {
    co_await join_ann();
    EXPECT_EQ(co_await email_for("user:ann"), shown);
    EXPECT_EQ(co_await email_for("user:clerk"), shown);
    EXPECT_EQ(co_await email_for("user:ann2"), withheld);
}

CORO_TEST_F(PersonalAnswerTest, is_kept_by_no_cache) {
    co_await join_ann();
    EXPECT_EQ((co_await get_member("user:ann")).headers.find("Cache-Control"), "no-store");
}

CORO_TEST_F(PersonalAnswerTest, is_null_when_the_person_was_erased) {
    co_await join_ann();
    EXPECT_TRUE(co_await keys->erase("user:ann"));
    EXPECT_EQ(co_await email_for("user:ann"), withheld);
}

CORO_TEST_F(PersonalAnswerTest, cannot_be_sent_sealed_or_as_null) {
    for (const char* email : {"null", R"({"sealed":"AAEC","subject":"user:bea","event":"x","field":"/email"})"}) {
        const HttpResponse response = co_await post_member(R"({"member":"ann","email":)" + std::string(email) + "}");
        EXPECT_EQ(response.status, 422) << response.body;
        EXPECT_EQ(testing::pointers_of(response), std::vector<std::string>{"/email"});
    }
    EXPECT_TRUE(store.written.empty());
}

CORO_TEST_F(PersonalAnswerTest, stands_plain_in_the_api_document) {
    const std::string document = application.openapi("Members", "1");
    EXPECT_THAT(document, Not(HasSubstr("sealed")));
    EXPECT_THAT(document, HasSubstr(R"("email":{"type":["string","null"]})"));
    co_return;
}

}  // namespace
}  // namespace tally::members
