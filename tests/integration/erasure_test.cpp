// Goal: every customer and every guest of a shop is erased, its orders in every state: nobody reads a name, a mail
// address or an address again, in no view, no rebuilt view and no file, and everything else goes on.
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "support/shop.hpp"
#include "tally/base/file.hpp"
#include "tally/security/file/file_key_ring.hpp"
#include "tally/store/sqlite/sqlite_store.hpp"
#include "tally/testing/coroutine_test.hpp"
#include "tally/testing/covers.hpp"
#include "tallystick/verify/verify.hpp"

namespace tally::testing {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

constexpr std::string_view mark = "qwyx";  // in every personal text, and in nothing else
constexpr const char* erased_contact = R"({"name":null,"email":null,"address":null})";
constexpr const char* erased_recipient = R"({"name":null,"address":null})";
constexpr const char* erased_addressee = R"({"name":null,"email":null})";
constexpr const char* asked = R"({"reason":"asked","for_ever":true})";

boost::json::object contact_of(const std::string& person) {
    return {{"name", person + " Qqwyx"},
            {"email", person + "@qwyx.example"},
            {"address", {{"street", "1 qwyx Road"}, {"city", person + " qwyx"}, {"country", "France"}}}};
}

struct Wanted {
    std::string order;
    std::string customer;  ///< empty: a guest
    std::string payment_method = "card";
    int quantity = 1;
    bool contact = true;

    [[nodiscard]] std::string subject() const { return customer.empty() ? "order:" + order : "customer:" + customer; }
    [[nodiscard]] std::string person() const { return customer.empty() ? order : customer; }
    [[nodiscard]] std::string body() const {
        auto json = boost::json::parse(order_json(order, "MUG", quantity)).as_object();
        if (!customer.empty()) json["customer"] = customer;
        json["payment_method"] = payment_method;
        if (contact) json["contact"] = contact_of(person());
        return boost::json::serialize(json);
    }
};

class Erasure : public CoroutineTest {
protected:
    Erasure() {
        std::string name = (fs::temp_directory_path() / "tally-erasure-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder can be made");
        folder = name;
        shop.settings = {{"shipping.transit_ms", "60000"}, {"payments.sim_late_ms", "60000"}};
    }
    ~Erasure() override { fs::remove_all(folder); }

    void start() {
        shop.files = FileArea{folder, simulation.executor()};
        shop.keys = open_file_key_ring(folder / "keys", simulation.executor(), simulation.random()).value();
        shop.start();
    }
    Task<void> restart() {
        co_await shop.stop();
        start();
    }
    Task<HttpResponse> post(std::string target, std::string body = "{}") {
        return shop.send(Method::post, std::move(target), std::move(body));
    }
    Task<void> pass(Duration time) { return simulation.clock().sleep_for(time); }

    /// Places orders of all states, which differ by when and how they are placed.
    Task<void> trade() {
        EXPECT_EQ((co_await post("/api/v1/stock/MUG:receive", R"({"quantity":1000})")).status, 201);
        co_await place_all("old", "card");
        co_await place_all("scarce", "card", 5'000);
        co_await pass(90s);
        co_await place_all("sent", "card");
        co_await place_all("late", "sim_late");
        co_await place_all("held", "sim_hold");
        co_await pass(5s);
        co_await place_all("new", "card");
    }
    Task<void> place_all(std::string name, std::string payment_method, int quantity = 1) {
        for (int i = 0; i < 4; ++i) {
            co_await place({fmt::format("{}-c{}", name, i), fmt::format("c{}", i), payment_method, quantity});
            co_await place({fmt::format("{}-g{}", name, i), "", payment_method, quantity});
        }
    }
    Task<void> place(Wanted wanted) {
        const auto placed = co_await post("/api/v1/orders", wanted.body());
        EXPECT_EQ(placed.status, 201) << placed.body;
        EXPECT_FALSE(placed.body.contains(mark)) << placed.body;
        orders.push_back(std::move(wanted));
    }
    Task<std::set<std::string>> statuses() {
        std::set<std::string> all;
        for (const Wanted& wanted : orders)
            all.emplace((co_await shop.read("/api/v1/orders/" + wanted.order)).at("status").as_string());
        co_return all;
    }
    Task<void> erase_all() {
        std::set<std::string> subjects;
        for (const Wanted& wanted : orders) subjects.insert(wanted.subject());
        for (const std::string& subject : subjects) {
            const auto erased = co_await post("/api/v1/persons/" + subject + ":erase", asked);
            EXPECT_EQ(erased.status, 200) << erased.body;
        }
    }
    /// Every view of every service, folded anew from the log.
    Task<void> rebuild_all() {
        for (const Service& service : shop.services) {
            const std::string path = "/api/v1/services/" + service.name + "/projections";
            const auto page = co_await shop.read(path);
            for (const auto& projection : page.at("items").as_array()) {
                const std::string one = path + "/" + std::string(projection.at("name").as_string());
                EXPECT_EQ((co_await post(one + ":rebuild")).status, 202) << one;
                co_await pass(5s);
                EXPECT_GT((co_await shop.read(one)).at("generation").as_int64(),
                          projection.at("generation").as_int64());
            }
        }
    }
    /// All that is answered about the orders and their parcels.
    Task<std::vector<std::string>> contacts() {
        std::vector<std::string> all;
        for (const Wanted& wanted : orders)
            all.push_back(boost::json::serialize((co_await shop.read("/api/v1/orders/" + wanted.order)).at("contact")));
        co_return all;
    }
    Task<std::vector<std::string>> recipients() {
        std::vector<std::string> all;
        const auto page = co_await shop.read("/api/v1/shipments?page_size=1000");
        for (const auto& item : page.at("items").as_array()) {
            const std::string order(item.at("order").as_string());
            all.push_back(boost::json::serialize(item.at("recipient")));
            all.push_back(boost::json::serialize((co_await shop.read("/api/v1/shipments/" + order)).at("recipient")));
        }
        co_return all;
    }
    Task<std::string> seen_by(std::string id, std::set<std::string> scopes) {
        shop.host().application().authenticate([=](const HttpRequest&) { return Principal{id, scopes}; });
        co_return (co_await contacts()).front();
    }
    Task<void> expect_nobody_is_known() {
        EXPECT_THAT(co_await contacts(), AllOf(Not(IsEmpty()), Each(erased_contact)));
        EXPECT_THAT(co_await recipients(), AllOf(Not(IsEmpty()), Each(erased_recipient)));
        EXPECT_THAT(co_await addressees(), AllOf(Not(IsEmpty()), Each(erased_addressee)));
        EXPECT_THAT(files_with(mark), IsEmpty());
    }
    /// The files that hold the text, but for letters: those were sent, and no erasure calls them back.
    std::vector<std::string> files_with(std::string_view text) const {
        std::vector<std::string> found;
        for (auto entry = fs::recursive_directory_iterator(folder); entry != fs::end(entry); ++entry) {
            if (entry->path() == folder / "mail") entry.disable_recursion_pending();
            if (entry->is_regular_file() && read_file(entry->path())->contains(text))
                found.push_back(entry->path().filename());
        }
        return found;
    }
    std::size_t letters() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder / "mail" / "new"), {}));
    }
    /// What the notifications say of their recipients, and those that were not sent of the reason.
    Task<std::vector<std::string>> addressees() {
        std::vector<std::string> all;
        const auto page = co_await shop.read("/api/v1/notifications?page_size=1000");
        for (const auto& item : page.at("items").as_array()) {
            const std::string id(item.at("notification").as_string());
            all.push_back(boost::json::serialize((co_await shop.read("/api/v1/notifications/" + id)).at("recipient")));
        }
        co_return all;
    }
    Task<std::set<std::string>> reasons_not_to_tell() {
        std::set<std::string> reasons;
        const auto page = co_await shop.read("/api/v1/notifications?status=failed&page_size=1000");
        for (const auto& item : page.at("items").as_array()) reasons.emplace(item.at("reason").as_string());
        co_return reasons;
    }

    fs::path folder;
    std::vector<Wanted> orders;
    Shop shop{simulation, [this](const std::string& service) {
                  const Executor executor = simulation.executor();
                  return open_sqlite_store({.file = folder / (service + ".db")}, {executor, executor, executor},
                                           simulation.clock(), simulation.random())
                      .value();
              }};
};

CORO_TEST_F(Erasure, LeavesNothingOfAnybodyAndEverythingGoesOn) {
    TALLY_COVERS("B21.9");
    start();
    co_await trade();
    EXPECT_THAT(co_await statuses(), IsSupersetOf({"completed", "cancelled", "shipping", "paying"}));
    EXPECT_THAT(co_await contacts(), Each(HasSubstr(mark)));
    EXPECT_THAT(co_await recipients(), AllOf(Not(IsEmpty()), Each(HasSubstr(mark))));
    EXPECT_THAT(files_with(mark), IsEmpty());
    EXPECT_THAT(files_with("\"sealed\""), AllOf(Contains(HasSubstr("orders.db")), Contains(HasSubstr("shipping.db")),
                                                Contains(HasSubstr("notifications.db"))));
    EXPECT_THAT(co_await addressees(), AllOf(Not(IsEmpty()), Each(HasSubstr(mark))));
    EXPECT_THAT(co_await reasons_not_to_tell(), IsEmpty());

    co_await erase_all();
    const std::size_t sent = letters();
    EXPECT_GT(sent, 0u);
    co_await expect_nobody_is_known();
    co_await rebuild_all();
    co_await expect_nobody_is_known();
    co_await restart();
    co_await expect_nobody_is_known();

    // What was under way comes to its end, and what is placed now is carried out without a name.
    co_await place({"again-c0", "c0"});
    co_await pass(5min);
    EXPECT_EQ(co_await statuses(), (std::set<std::string>{"completed", "cancelled"}));
    co_await rebuild_all();
    co_await expect_nobody_is_known();
    EXPECT_EQ(letters(), sent) << "whoever is erased is told nothing more";
    EXPECT_EQ(co_await reasons_not_to_tell(), std::set<std::string>{"erased"});
    EXPECT_TRUE(shop.host().ready()) << shop.host().ready().error().text;

    for (const Wanted& wanted : orders) EXPECT_EQ((co_await post("/api/v1/orders", wanted.body())).status, 200);
    co_await shop.stop();
    EXPECT_THAT(files_with(mark), IsEmpty());
    const auto source = verify::create_folder_source(folder);
    const auto verdict = co_await verify::verify(*source, simulation.clock(), false);
    EXPECT_TRUE(verdict && verdict->ok) << (verdict ? to_text(*verdict) : verdict.error().text);
}

CORO_TEST_F(Erasure, TheSameOrderIsTheSameWhetherSealedOrErased) {
    start();
    Wanted wanted{"o1", "c1"};
    co_await place(wanted);
    EXPECT_EQ((co_await post("/api/v1/orders", wanted.body())).status, 200);
    Wanted other = wanted;
    other.contact = false;
    EXPECT_EQ((co_await post("/api/v1/orders", other.body())).status, 409);
    other.contact = true;
    auto moved = boost::json::parse(wanted.body());
    moved.at("contact").at("address").at("city") = "Paris";
    EXPECT_EQ((co_await post("/api/v1/orders", boost::json::serialize(moved))).status, 409);

    EXPECT_EQ((co_await post("/api/v1/persons/customer:c1:erase", asked)).status, 200);
    EXPECT_EQ((co_await post("/api/v1/orders", wanted.body())).status, 200);
    EXPECT_EQ((co_await post("/api/v1/orders", boost::json::serialize(moved))).status, 200) << "nobody can tell";
    other.quantity = 2;
    EXPECT_EQ((co_await post("/api/v1/orders", other.body())).status, 409);
    other = wanted;
    other.contact = false;
    EXPECT_EQ((co_await post("/api/v1/orders", other.body())).status, 409) << "that one was given is known";
    co_await shop.stop();
}

CORO_TEST_F(Erasure, IsAskedForInSoManyWordsAndMayBeAskedAgain) {
    start();
    co_await place({"o1", "c1"});
    co_await place({"o2", ""});
    EXPECT_EQ((co_await post("/api/v1/persons/customer:c1:erase", R"({"reason":"asked"})")).status, 400);
    EXPECT_EQ((co_await post("/api/v1/persons/customer:c1:erase", R"({"reason":"","for_ever":true})")).status, 400);
    EXPECT_EQ((co_await post("/api/v1/persons/customer:c1:erase", R"({"for_ever":true})")).status, 422);
    EXPECT_EQ((co_await post("/api/v1/persons/customer:C1:erase", asked)).status, 404);
    EXPECT_THAT(co_await contacts(), Each(HasSubstr(mark)));
    for (int i = 0; i < 2; ++i) EXPECT_EQ((co_await post("/api/v1/persons/customer:c1:erase", asked)).status, 200);
    EXPECT_THAT((co_await contacts()).front(), erased_contact);
    EXPECT_THAT((co_await contacts()).back(), HasSubstr(mark)) << "a guest is another person";
    co_await shop.stop();
}

CORO_TEST_F(Erasure, OnlyThePersonAndWhoMayReadPersonalDataSeesIt) {
    start();
    co_await place({"o1", "c1"});
    EXPECT_EQ(co_await seen_by("user:clerk", {"orders:read"}), erased_contact);
    EXPECT_EQ(co_await seen_by("customer:c2", {"orders:read"}), erased_contact);
    EXPECT_THAT(co_await seen_by("customer:c1", {"orders:read"}), HasSubstr(mark));
    EXPECT_THAT(co_await seen_by("user:clerk", {"orders:read", "personal:read"}), HasSubstr(mark));
    EXPECT_EQ((co_await post("/api/v1/persons/customer:c1:erase", asked)).status, 403);
    co_await shop.stop();
}

CORO_TEST_F(Erasure, AContactIsNoMustAndIsRefusedWithoutRepeatingIt) {
    start();
    Wanted plain{"o1", "c1"};
    plain.contact = false;
    EXPECT_EQ((co_await post("/api/v1/stock/MUG:receive", R"({"quantity":1})")).status, 201);
    co_await place(plain);
    co_await pass(5s);
    EXPECT_FALSE((co_await shop.read("/api/v1/orders/o1")).as_object().contains("contact"));
    EXPECT_FALSE((co_await shop.read("/api/v1/shipments/o1")).as_object().contains("recipient"));
    auto long_name = boost::json::parse(Wanted{"o2", "c2"}.body());
    long_name.at("customer") = std::string(120, 'c');
    const auto refused = co_await post("/api/v1/orders", boost::json::serialize(long_name));
    EXPECT_EQ(refused.status, 409);
    EXPECT_THAT(refused.body, AllOf(HasSubstr("order-contact"), Not(HasSubstr(mark))));
    auto bad = boost::json::parse(Wanted{"o3", ""}.body());
    bad.at("contact").at("email") = "qwyx";
    const auto invalid = co_await post("/api/v1/orders", boost::json::serialize(bad));
    EXPECT_EQ(invalid.status, 422);
    EXPECT_THAT(invalid.body, AllOf(HasSubstr("/contact/email"), Not(HasSubstr(mark))));
    co_await shop.stop();
}

}  // namespace
}  // namespace tally::testing
