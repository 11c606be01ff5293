#include <gmock/gmock.h>

#include "end_to_end/binary.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class Cli : public BinaryTest {};

const std::vector<std::vector<std::string>> commands{
    {"serve"},
    {"import", "online-retail"},
    {"orders", "list"},
    {"orders", "show"},
    {"orders", "timeline"},
    {"returns", "list"},
    {"returns", "show"},
    {"events", "tail"},
    {"events", "get"},
    {"events", "stream"},
    {"dead-letters", "list"},
    {"dead-letters", "show"},
    {"dead-letters", "redrive"},
    {"dead-letters", "skip"},
    {"projections", "list"},
    {"projections", "rebuild"},
    {"timers", "list"},
    {"timers", "cancel"},
    {"timers", "move"},
    {"timers", "fire"},
    {"timers", "resume"},
    {"sagas", "list"},
    {"sagas", "show"},
    {"sagas", "retry"},
    {"sagas", "skip"},
    {"sagas", "resolve"},
    {"sagas", "what-if"},
    {"persons", "erase"},
    {"verify"},
    {"openapi"},
    {"config"},
};

TEST_F(Cli, EveryCommandHasHelpWithExamplesAndJson) {
    for (auto command : commands) {
        command.emplace_back("--help");
        const Ended help = run(command);
        const std::string name = ::testing::PrintToString(command);
        EXPECT_EQ(help.code, 0) << name;
        EXPECT_THAT(help.out, AllOf(HasSubstr("Examples:\n  "), HasSubstr("tallystick " + command[0]))) << name;
        EXPECT_THAT(help.out, HasSubstr("--json")) << name;
        EXPECT_THAT(help.err, IsEmpty()) << name;
    }
    const Ended top = run({"--help"});
    EXPECT_EQ(top.code, 0);
    for (const auto& command : commands) EXPECT_THAT(top.out, HasSubstr("\n  " + command.front())) << command.front();
    EXPECT_EQ(run({"--version"}).code, 0);
}

TEST_F(Cli, WrongUsageEndsWithTwoAndSaysWhatIsWrong) {
    const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
        {{}, "subcommand"},
        {{"sell"}, "sell"},
        {{"orders"}, "subcommand"},
        {{"orders", "show"}, "order"},
        {{"orders", "list", "--status", "lost"}, "lost"},
        {{"orders", "list", "--limit", "0"}, "0"},
        {{"orders", "list", "--data", "a", "--server", "http://127.0.0.1:1"}, "--data"},
        {{"events", "tail", "--service", "shop"}, "shop"},
        {{"import", "online-retail"}, "file"},
        {{"import", "online-retail", "x.csv", "--stock", "none"}, "none"},
        {{"import", "online-retail", path("missing.csv")}, "missing.csv"},
        {{"serve", "--demo", "maybe"}, "maybe"},
        {{"orders", "list", "--server", "ftp://x"}, "ftp://x"},
    };
    for (const auto& [arguments, word] : cases) {
        const Ended ended = run(arguments);
        EXPECT_EQ(ended.code, 2) << ::testing::PrintToString(arguments);
        EXPECT_THAT(ended.err, HasSubstr(word)) << ::testing::PrintToString(arguments);
    }
}

TEST_F(Cli, AClientMakesNoFolderJustToLook) {
    const Ended ended = run({"orders", "list"});
    EXPECT_EQ(ended.code, 2);
    EXPECT_THAT(ended.err, AllOf(HasSubstr(path(".local/share/tallystick")), HasSubstr("--data"), HasSubstr("import")));
    EXPECT_FALSE(std::filesystem::exists(path(".local")));
}

TEST_F(Cli, AServerThatIsAwayIsUnavailable) {
    const Ended ended = run({"orders", "list", "--server", "http://127.0.0.1:1"});
    EXPECT_EQ(ended.code, 3);
    EXPECT_THAT(ended.err, HasSubstr("127.0.0.1"));
}

TEST_F(Cli, ReturnsAreListedAndShown) {
    const std::string csv =
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
        "500001,10001,mug,4,2010-12-01 08:26:00,2.50,17850.0,France\n";
    const Ended imported = run({"import", "online-retail", write("year.csv", csv), "--data", path("data")});
    ASSERT_EQ(imported.code, 0) << imported.err;
    const Server server = serve(path("data"));
    const auto taken =
        fetch(server.url, {.method = Method::post,
                           .target = "/api/v1/returns",
                           .headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", "k"}},
                           .body = R"({"return_id":"C1","customer":"17850",)"
                                   R"("lines":[{"sku":"10001","quantity":3},{"sku":"D","quantity":1}]})"});
    ASSERT_EQ(taken.status, 201) << taken.body;

    const Ended shown = run({"returns", "show", "C1", "--data", path("data")});
    EXPECT_EQ(shown.code, 0) << shown.err;
    EXPECT_THAT(shown.out, AllOf(HasSubstr("partly_matched"), HasSubstr("17850"), HasSubstr("500001 7.500 GBP")));
    const Ended of_order = run({"returns", "list", "--order", "500001", "--data", path("data")});
    EXPECT_EQ(of_order.code, 0) << of_order.err;
    EXPECT_THAT(of_order.out, AllOf(HasSubstr("C1"), HasSubstr("10001"), HasSubstr("7.500 GBP")));
    const Ended order = run({"orders", "show", "500001", "--data", path("data")});
    EXPECT_THAT(order.out, AllOf(HasSubstr("RETURNED"), HasSubstr("refunded        7.500 GBP")));
    Ended list;
    for (int i = 0; i < 100 && !list.out.contains("C1"); ++i)  // it lags behind a little
        list = run({"returns", "list", "--outcome", "partly_matched", "--data", path("data"), "--json"});
    EXPECT_EQ(list.json().at("items").at(0).at("refunds").at(0).at("order"), "500001");
    EXPECT_THAT(run({"returns", "list", "--data", path("data")}).out, AllOf(HasSubstr("RETURN"), HasSubstr("C1")));
    EXPECT_EQ(run({"returns", "show", "C9", "--data", path("data")}).code, 1);
    EXPECT_EQ(run({"returns", "list", "--order", "o", "--customer", "c", "--data", path("data")}).code, 2);
}

TEST_F(Cli, SettingsComeFromFileThenEnvironmentThenFlags) {
    TALLY_COVERS("A13.1");
    const std::string file =
        write("t.toml", "[http]\nlisten = \"127.0.0.1:1001\"\nmax_connections = 7\nidle_limit_ms = 5\n");
    const Ended shown = run({"config", "--config", file, "--json", "--listen", "127.0.0.1:1003"},
                            {"TALLY_HTTP_LISTEN=127.0.0.1:1002", "TALLY_HTTP_MAX_CONNECTIONS=8"});
    ASSERT_EQ(shown.code, 0) << shown.err;
    const auto settings = shown.json();
    EXPECT_EQ(settings.at("http.listen").at("value"), "127.0.0.1:1003");
    EXPECT_EQ(settings.at("http.max_connections").at("value"), "8");
    EXPECT_EQ(settings.at("http.max_connections").at("origin"), "TALLY_HTTP_MAX_CONNECTIONS");
    EXPECT_EQ(settings.at("http.idle_limit_ms").at("value"), "5");
    EXPECT_EQ(settings.at("log.level").at("origin"), "default");
    EXPECT_EQ(settings.at("data.folder").at("value").as_string().c_str(), path(".local/share/tallystick"));

    const Ended text = run({"serve", "--print-config", "--config", file});
    EXPECT_EQ(text.code, 0) << text.err;
    EXPECT_THAT(text.out, HasSubstr("http.max_connections = 7  # " + file + ":3"));
}

TEST_F(Cli, AllProblemsOfTheSettingsAreListed) {
    const std::string file = write("t.toml", "[http]\nlisten_on = \"x\"\nmax_connections = 0\n[shop]\nopen = true\n");
    const Ended ended = run({"serve", "--config", file, "--http.idle_limit_ms", "soon"}, {"TALLY_HTTP_SPEED=9"});
    EXPECT_EQ(ended.code, 2);
    for (const char* problem : {"http.listen_on", "http.max_connections", "shop.open", "TALLY_HTTP_SPEED", "'soon'"})
        EXPECT_THAT(ended.err, HasSubstr(problem));

    const Ended values = run({"config", "--listen", "0.0.0.0:80", "--log.level", "loud"});
    EXPECT_EQ(values.code, 2);
    EXPECT_THAT(values.err, AllOf(HasSubstr("0.0.0.0"), HasSubstr("log.level")));
}

TEST_F(Cli, TheOpenApiDocumentNeedsNoData) {
    TALLY_COVERS("A26.1");
    const Ended document = run({"openapi"});
    ASSERT_EQ(document.code, 0) << document.err;
    EXPECT_THAT(std::string(document.json().at("openapi").as_string()), StartsWith("3.1"));
    EXPECT_TRUE(document.json().at("paths").as_object().contains("/api/v1/orders"));
    EXPECT_FALSE(std::filesystem::exists(path(".local")));
}

}  // namespace
}  // namespace tally::testing
