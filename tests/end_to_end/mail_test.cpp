// A customer of the real binary finds mail in the data folder.
#include <csignal>

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "end_to_end/binary.hpp"
#include "tally/base/file.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

class MailOfTheBinary : public BinaryTest {
protected:
    static HttpResponse post(const Server& server, const std::string& target, std::string body) {
        return fetch(server.url, {.method = Method::post,
                                  .target = target,
                                  .headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", target}},
                                  .body = std::move(body)});
    }
    static void place(const Server& server) {
        ASSERT_EQ(post(server, "/api/v1/stock/MUG:receive", R"({"quantity":9})").status, 201);
        const auto placed = post(
            server, "/api/v1/orders",
            R"({"order":"o1","lines":[{"sku":"MUG","quantity":1,"unit_price":{"amount":"3.50","currency":"GBP"}}],)"
            R"("contact":{"name":"Zoë Qwyx","email":"zoe@qwyx.example",)"
            R"("address":{"street":"1 Way","city":"Town","country":"France"}}})");
        ASSERT_EQ(placed.status, 201) << placed.body;
    }
    static void wait_until_sent(const Server& server, std::size_t number) {
        for (int i = 0; i < 1'000; ++i) {
            const auto page = boost::json::parse(fetch(server.url, "/api/v1/notifications?status=sent").body);
            if (page.at("items").as_array().size() == number) return;
            EXPECT_FALSE(server.process->wait(Process::Seconds(0.02))) << server.process->err();
        }
        ADD_FAILURE() << "there are not " << number << " notifications sent";
    }
    static std::vector<std::string> messages(const fs::path& folder) {
        std::vector<std::string> found;
        for (const auto& entry : fs::directory_iterator(folder / "new"))
            found.push_back(read_file(entry.path()).value());
        return found;
    }
    static void stop(Server& server) {
        server.process->signal(SIGTERM);
        EXPECT_EQ(server.process->wait(Process::Seconds(10)), 0) << server.process->err();
        EXPECT_FALSE(server.process->err().contains("qwyx.example")) << "no log names anybody";
    }
};

TEST_F(MailOfTheBinary, IsInTheDataFolder) {
    TALLY_COVERS("E06.1", "E11.5", "B07.1");
    Server server = serve(path("data"));
    place(server);
    wait_until_sent(server, 3);
    const auto found = messages(path("data/mail"));
    EXPECT_THAT(found, SizeIs(3));
    for (const char* subject : {"We have your order o1", "Your order o1 is confirmed", "Your order o1 is on its way"})
        EXPECT_THAT(found, Contains(AllOf(StartsWith("Date: "), HasSubstr("\nTo: \"Zoë Qwyx\" <zoe@qwyx.example>\n"),
                                          HasSubstr(std::string("\nSubject: ") + subject + "\n"))));
    const Ended listed = run({"notifications", "list", "--order", "o1", "--server", server.url});
    EXPECT_THAT(listed.out, AllOf(HasSubstr("shipment_shipped"), HasSubstr("email"), HasSubstr("sent")));
    stop(server);

    Server again = serve(path("data"));
    wait_until_sent(again, 3);
    EXPECT_EQ(messages(path("data/mail")), found);
    stop(again);
}

TEST_F(MailOfTheBinary, IsWhereASettingSays) {
    Server server = serve(path("data"), {"--demo", "off", "--notifications.mail_folder=" + path("post")});
    place(server);
    wait_until_sent(server, 3);
    EXPECT_THAT(messages(path("post")), SizeIs(3));
    EXPECT_FALSE(fs::exists(path("data/mail")));
    stop(server);
}

}  // namespace
}  // namespace tally::testing
