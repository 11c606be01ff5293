// A person is erased in the real binary: from then on nobody reads a name, and no file ever held it plain.
#include <csignal>

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "end_to_end/binary.hpp"
#include "tally/base/file.hpp"

namespace tally::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Persons : public BinaryTest {
protected:
    static boost::json::value contact(const std::string& url) {
        return boost::json::parse(fetch(url, "/api/v1/orders/o1").body).at("contact");
    }
    /// Those of the data folder that hold the text, but for letters: those were sent, and no erasure calls them back.
    std::vector<std::string> files_with(std::string_view text) {
        namespace fs = std::filesystem;
        std::vector<std::string> found;
        for (auto entry = fs::recursive_directory_iterator(path("data")); entry != fs::end(entry); ++entry) {
            if (entry->path() == path("data/mail")) entry.disable_recursion_pending();
            if (entry->is_regular_file() && read_file(entry->path())->contains(text))
                found.push_back(entry->path().filename());
        }
        return found;
    }
};

TEST_F(Persons, AreErasedForEverAndOnlyInSoManyWords) {
    Server server = serve(path("data"));
    const auto placed = fetch(server.url, {.method = Method::post,
                                           .target = "/api/v1/orders",
                                           .headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", "k"}},
                                           .body = R"({"order":"o1","customer":"c1","lines":[{"sku":"MUG",)"
                                                   R"("quantity":1,"unit_price":{"amount":"3.50","currency":"GBP"}}],)"
                                                   R"("contact":{"name":"Ann Qwyx","email":"ann@qwyx.example",)"
                                                   R"("address":{"street":"1 Qwyx Way","city":"Town",)"
                                                   R"("postcode":"QWYX","country":"France"}}})"});
    ASSERT_EQ(placed.status, 201) << placed.body;
    EXPECT_EQ(contact(server.url).at("address").at("postcode"), "QWYX");

    const std::vector<std::string> erase{"persons", "erase", "customer:c1", "--reason", "asked"};
    auto in_full = erase;
    in_full.insert(in_full.end(), {"--for-ever", "--server", server.url});
    EXPECT_EQ(run(erase).code, 2);
    EXPECT_EQ(contact(server.url).at("name"), "Ann Qwyx");
    for (int i = 0; i < 2; ++i) EXPECT_EQ(run(in_full).code, 0);
    EXPECT_EQ(contact(server.url), boost::json::parse(R"({"name":null,"email":null,"address":null})"));
    in_full.at(2) = "customer:c2";
    const Ended unknown = run(in_full);
    EXPECT_EQ(unknown.code, 1);
    EXPECT_THAT(unknown.err, HasSubstr("nothing was ever stored about customer:c2"));

    server.process->signal(SIGTERM);
    EXPECT_EQ(server.process->wait(Process::Seconds(10)), 0) << server.process->err();
    EXPECT_THAT(server.process->err(), HasSubstr("a person was erased"));
    for (const char* text : {"Qwyx", "qwyx", "QWYX"}) EXPECT_THAT(files_with(text), IsEmpty());
}

}  // namespace
}  // namespace tally::testing
