// Goal: whoever has left a mail address is told of each thing that happens to an order, once, whatever fails.
//
// All services are real; the mail goes through a post office of the test, which loses and refuses when told to.
#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "integration/parcels.hpp"
#include "services/notifications/memory_mailer.hpp"
#include "services/notifications/notifications_service.hpp"
#include "support/shop.hpp"
#include "tally/testing/coroutine_test.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/faults.hpp"

namespace tally::testing {
namespace {

using namespace std::chrono_literals;
using notifications::Mail;
using notifications::Mailbox;
using notifications::Mailer;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

/// A post office that outlives the processes of the shop.
struct PostOffice {
    std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>();
    int deliveries = 0;
    bool closed = false;        ///< takes nothing
    bool is_forgetful = false;  ///< takes it, and does not say so
};

class PostOfficeMailer final : public Mailer {
public:
    explicit PostOfficeMailer(PostOffice& office)
        : office_(office), inner_(notifications::create_memory_mailer(office.mailbox)) {}

    Task<Result<void>> deliver(Mail mail) override {
        if (office_.closed) co_return fail(ErrorCode::unavailable, "the post office is closed");
        ++office_.deliveries;
        auto delivered = co_await inner_->deliver(std::move(mail));
        if (office_.is_forgetful) co_return fail(ErrorCode::unavailable, "the post office does not answer");
        co_return delivered;
    }

private:
    PostOffice& office_;
    std::unique_ptr<Mailer> inner_;
};

/// Services are made by plain functions, so what they are made with is found here.
PostOffice* office = nullptr;
bool hears_orders = true;
Manifest notifications_by_post(Platform& platform) {
    Manifest made = notifications::notifications_service(platform, std::make_shared<PostOfficeMailer>(*office));
    if (!hears_orders)
        std::erase_if(made.consumers, [](const Consumer& consumer) { return consumer.topic() == "orders.events"; });
    return made;
}

class Notifications : public CoroutineTest {
public:
    Notifications() {
        office = &post_office;
        hears_orders = true;
        *std::ranges::find(shop.services, "notifications", &Service::name) = {"notifications", &notifications_by_post};
    }
    ~Notifications() override { office = nullptr; }

    Task<void> start() {
        shop.start();
        (void)co_await shop.send(Method::post, "/api/v1/stock/MUG:receive", R"({"receipt":"r","quantity":100})");
    }
    Task<void> restart() {
        co_await shop.stop();
        shop.start();
    }
    Task<void> pause(Duration how_long = 2s) { return simulation.clock().sleep_for(how_long); }

    Task<void> place(std::string order, std::string email = "ann@example.org", std::string payment_method = "card") {
        auto body = boost::json::parse(order_json(order, "MUG", 2)).as_object();
        body["customer"] = "c-" + order;
        body["payment_method"] = payment_method;
        if (!email.empty())
            body["contact"] = {{"name", "Ann Qwyx"},
                               {"email", email},
                               {"address", {{"street", "1 Way"}, {"city", "Town"}, {"country", "France"}}}};
        const auto placed = co_await shop.send(Method::post, "/api/v1/orders", boost::json::serialize(body));
        EXPECT_EQ(placed.status, 201) << placed.body;
        (void)co_await shop.settled(order);
        co_await pause();
    }
    /// Of the letters that have arrived.
    std::vector<std::string> subjects() const {
        std::vector<std::string> all;
        for (const auto& [id, message] : *post_office.mailbox) {
            const auto from = message.find("\nSubject: ") + 10;
            all.push_back(message.substr(from, message.find('\n', from) - from));
        }
        return all;
    }
    /// The items of a list of notifications, each as `kind status`, with the reason where there is one.
    Task<std::vector<std::string>> listed(std::string query) {
        std::vector<std::string> all;
        const auto page = co_await shop.read("/api/v1/notifications" + query);
        for (const auto& item : page.at("items").as_array()) {
            std::string line = fmt::format("{} {}", std::string_view(item.at("kind").as_string()),
                                           std::string_view(item.at("status").as_string()));
            if (const auto* reason = item.as_object().if_contains("reason"))
                line += " " + std::string(reason->as_string());
            all.push_back(std::move(line));
        }
        co_return all;
    }
    /// The items of a page of the service's administration.
    Task<boost::json::array> items(std::string path) {
        const auto page = co_await shop.read("/api/v1/services/notifications/" + path);
        co_return page.at("items").as_array();
    }
    Task<std::string> seen_by(std::string id, std::set<std::string> scopes, std::string notification) {
        shop.host().application().authenticate([=](const HttpRequest&) { return Principal{id, scopes}; });
        co_return boost::json::serialize((co_await shop.read("/api/v1/notifications/" + notification)).at("recipient"));
    }

    PostOffice post_office;
    std::map<std::string, std::shared_ptr<MemoryDisk>> disks;
    Faults faults{simulation.random(), simulation.clock()};  ///< of the service's store
    Shop shop{simulation, [this](const std::string& service) {
                  auto store = open_memory_store(simulation, disks, service);
                  return service == "notifications" ? create_faulty_store(std::move(store), faults) : std::move(store);
              }};
};

const auto told_of_o1 =
    UnorderedElementsAre("We have your order o1", "Your order o1 is confirmed", "Your order o1 is on its way");

CORO_TEST_F(Notifications, FollowAnOrderToItsCustomer) {
    TALLY_COVERS("E06.1", "E11.5", "E17.1", "E17.2", "E17.5", "B07.1", "B07.4", "B08.1", "B08.2");
    co_await start();
    co_await place("o1");
    EXPECT_THAT(subjects(), told_of_o1);
    for (const auto& [id, message] : *post_office.mailbox)
        EXPECT_THAT(message, AllOf(HasSubstr("To: \"Ann Qwyx\" <ann@example.org>\n"), HasSubstr("Dear Ann Qwyx,\n")));
    EXPECT_THAT(co_await listed("?order=o1"),
                UnorderedElementsAre("order_created sent", "order_confirmed sent", "shipment_shipped sent"));

    const auto timeline = co_await shop.read("/api/v1/orders/o1/timeline");
    std::map<std::string, int> told;
    for (const auto& item : timeline.at("items").as_array()) {
        if (item.at("service") != "notifications") continue;
        ++told[std::string(item.at("type").as_string())];
        if (item.at("type") == "NotificationRequested")
            EXPECT_EQ(item.at("causation"), item.at("data").at("event")) << "it answers the event that it tells of";
    }
    EXPECT_EQ(told, (std::map<std::string, int>{{"NotificationRequested", 3}, {"NotificationSent", 3}}));
    co_await shop.stop();
}

CORO_TEST_F(Notifications, SayWhatWentWrong) {
    TALLY_COVERS("E17.3", "E17.4");
    co_await start();
    co_await place("o1", "ann@example.org", "sim_decline");
    EXPECT_THAT(subjects(), UnorderedElementsAre("We have your order o1", "Your order o1 is cancelled",
                                                 "The payment for your order o1 has failed"));
    co_await shop.stop();
}

CORO_TEST_F(Notifications, OfAnOrderWithoutAContactAreNotEvenWrittenDown) {
    co_await start();
    co_await place("o1", "");
    co_await place("o2", "", "sim_decline");
    EXPECT_THAT(co_await items("events"), IsEmpty());
    EXPECT_THAT(co_await items("documents?collection=order-contacts"), IsEmpty());
    EXPECT_THAT(co_await items("documents?collection=tally.timers"), IsEmpty());
    EXPECT_EQ(post_office.deliveries, 0);
    co_await shop.stop();
}

CORO_TEST_F(Notifications, ArriveOnceThoughTheProcessDiesBeforeItHasNotedThem) {
    TALLY_COVERS("E06.6", "I3");
    co_await start();
    post_office.is_forgetful = true;
    co_await place("o1");
    EXPECT_GE(post_office.deliveries, 1);
    EXPECT_THAT(co_await items("documents?collection=tally.timers"), ::testing::SizeIs(3));
    co_await restart();
    post_office.is_forgetful = false;
    co_await pause(1min);
    EXPECT_GT(post_office.deliveries, 3) << "one was handed over again";
    EXPECT_THAT(subjects(), told_of_o1);
    EXPECT_THAT(co_await listed("?status=sent"), ::testing::SizeIs(3));
    EXPECT_THAT(co_await items("documents?collection=tally.timers"), IsEmpty());
    co_await shop.stop();
}

CORO_TEST_F(Notifications, ArriveOnceThoughTheirStoreFails) {
    TALLY_COVERS("E06.6", "I3");
    co_await start();
    faults.refuse = faults.forget = 0.3;
    for (const char* order : {"o1", "o2", "o3"}) co_await place(order);
    faults.heal();
    co_await pause(1min);
    EXPECT_GT(faults.hits["refuse"] + faults.hits["forget"], 0u);
    EXPECT_EQ(post_office.mailbox->size(), 9u);
    EXPECT_THAT(co_await listed("?status=sent"), ::testing::SizeIs(9));
    EXPECT_EQ((co_await items("events")).size(), 18u);
    co_await shop.stop();
}

CORO_TEST_F(Notifications, ArriveOnceThoughAllEventsAreDeliveredAgain) {
    TALLY_COVERS("E06.6", "I3", "F30");
    co_await start();
    co_await place("o1");
    const auto events = co_await items("events");
    co_await shop.stop();
    auto store = open_memory_store(simulation, disks, "notifications");
    auto progress = co_await store->find(DocumentQuery{.collection = "tally.progress", .limit = 1'000});
    EXPECT_FALSE(progress->documents.empty());
    Changes forgotten;
    for (Document& document : progress->documents)
        forgotten.documents.push_back({document.key, ExpectedDocument::any(), Remove{}});
    EXPECT_TRUE(co_await store->commit(std::move(forgotten)));
    co_await store->close();

    const int before = post_office.deliveries;
    shop.start();
    co_await pause(1min);
    EXPECT_EQ(co_await items("events"), events);
    EXPECT_EQ(post_office.deliveries, before);
    EXPECT_TRUE(shop.host().ready()) << shop.host().ready().error().text;
    co_await shop.stop();
}

CORO_TEST_F(Notifications, OfWhatWasHeardBeforeTheOrderAreMadeUpFor) {
    TALLY_COVERS("E17.4", "E17.5");
    hears_orders = false;
    co_await start();
    co_await place("o1");
    co_await place("o2", "ann@example.org", "sim_decline");
    EXPECT_EQ(post_office.deliveries, 0);
    hears_orders = true;
    co_await restart();
    co_await pause(1min);
    EXPECT_THAT(subjects(),
                UnorderedElementsAre("We have your order o1", "Your order o1 is confirmed",
                                     "Your order o1 is on its way", "We have your order o2",
                                     "Your order o2 is cancelled", "The payment for your order o2 has failed"));
    for (const auto& event : co_await items("events"))
        if (event.at("type") == "NotificationRequested")
            EXPECT_EQ(event.at("causation_id"), event.at("data").at("event"));
    co_await shop.stop();
}

CORO_TEST_F(Notifications, WaitWhileThePostOfficeIsClosedAndReadinessSaysSo) {
    co_await start();
    post_office.closed = true;
    co_await place("o1");
    EXPECT_FALSE(shop.host().ready());
    EXPECT_THAT(shop.host().ready().error().text,
                AllOf(HasSubstr("send-notification"), HasSubstr("the post office is closed")));
    EXPECT_THAT(co_await listed("?status=requested"), ::testing::SizeIs(3));
    post_office.closed = false;
    co_await pause(1min);
    EXPECT_TRUE(shop.host().ready()) << shop.host().ready().error().text;
    EXPECT_THAT(subjects(), told_of_o1);
    co_await shop.stop();
}

CORO_TEST_F(Notifications, ToWhomeverIsErasedAreGivenUpAndShown) {
    co_await start();
    post_office.closed = true;
    co_await place("o1");
    const auto erased = co_await shop.send(Method::post, "/api/v1/persons/customer:c-o1:erase",
                                           R"({"reason":"asked","for_ever":true})");
    EXPECT_EQ(erased.status, 200) << erased.body;
    post_office.closed = false;
    co_await pause(1min);
    EXPECT_EQ(post_office.deliveries, 0);
    EXPECT_THAT(co_await listed("?status=failed"), AllOf(::testing::SizeIs(3), Each(HasSubstr("failed erased"))));
    EXPECT_THAT((co_await shop.send(Method::get, "/", "", {{"Accept", "text/html"}})).body,
                AllOf(HasSubstr("Notifications that were not sent"), HasSubstr("shipment_shipped")));
    EXPECT_TRUE(shop.host().ready()) << shop.host().ready().error().text;
    co_await shop.stop();
}

CORO_TEST_F(Notifications, ToAnAddressThatIsNoneAreGivenUp) {
    co_await start();
    co_await place("o1", "a>,<b@example.org");
    EXPECT_TRUE(post_office.mailbox->empty());
    EXPECT_THAT(co_await listed(""), AllOf(::testing::SizeIs(3), Each(HasSubstr("failed refused"))));
    co_await shop.stop();
}

CORO_TEST_F(Notifications, ListsShowThemByOrderAndStatusLatestFirst) {
    co_await start();
    co_await place("o1");
    co_await place("o2", "a>,<b@example.org", "sim_decline");
    EXPECT_THAT(co_await listed("?page_size=1"), ElementsAre(HasSubstr("failed")));
    EXPECT_EQ((co_await listed("")).size(), 6u);
    EXPECT_THAT(co_await listed("?order=o2&status=sent"), IsEmpty());
    EXPECT_EQ((co_await listed("?order=o2&status=failed")).size(), 3u);
    EXPECT_EQ((co_await listed("?status=sent")).size(), 3u);
    EXPECT_THAT(co_await listed("?order=o9"), IsEmpty());
    const auto page = co_await shop.read("/api/v1/notifications?page_size=4");
    const std::string next(page.at("next_page_token").as_string());
    EXPECT_EQ((co_await listed("?page_size=4&page_token=" + next)).size(), 2u);
    co_await shop.stop();
}

CORO_TEST_F(Notifications, ShowTheirRecipientToNobodyElse) {
    co_await start();
    co_await place("o1");
    const auto list = co_await shop.send(Method::get, "/api/v1/notifications");
    EXPECT_FALSE(list.body.contains("Qwyx") || list.body.contains("example.org")) << list.body;
    const auto page = boost::json::parse(list.body);
    const std::string id(page.at("items").at(0).at("notification").as_string());
    constexpr const char* open = R"({"name":"Ann Qwyx","email":"ann@example.org"})";
    EXPECT_EQ(co_await seen_by("user:clerk", {"notifications:read"}, id), R"({"name":null,"email":null})");
    EXPECT_EQ(co_await seen_by("customer:c-o1", {"notifications:read"}, id), open);
    EXPECT_EQ(co_await seen_by("user:clerk", {"notifications:read", "personal:read"}, id), open);
    co_await shop.stop();
}

}  // namespace
}  // namespace tally::testing
