// How path, query and body become a request, and how what is wrong with them is told.
#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "tally/http/application_test_kit.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/hostile_text.hpp"

namespace tally {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::json_of;
using testing::pointers_of;
using testing::slug_of;
using ::testing::UnorderedElementsAre;

class BindingTest : public testing::Jars {
public:
    Task<HttpResponse> echo(const std::string& query) { return send(Method::get, "/api/v1/echo?" + query); }
    Task<HttpResponse> box(std::string body) { return send(Method::post, "/api/v1/boxes", std::move(body)); }
};

CORO_TEST_F(BindingTest, AQueryBindsByType) {
    const auto response = co_await echo("word=a+b%26&number=-7&flag=true&at=2011-12-09T12:50:00Z");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, R"({"word":"a b&","number":-7,"flag":true,"at":"2011-12-09T12:50:00.000000Z"})");
    EXPECT_EQ((co_await echo("word=7")).body, R"({"word":"7"})");
    EXPECT_EQ((co_await echo("word=")).body, R"({"word":""})");
    EXPECT_EQ((co_await echo("word=true&number=9223372036854775807")).body,
              R"({"word":"true","number":9223372036854775807})");
}

CORO_TEST_F(BindingTest, AQueryOfTheWrongTypeIsA400) {
    TALLY_COVERS("A24.3", "A25.2", "sec-D06");
    for (const char* number : {"", "abc", "1e9", "1.0", "0x5", "+5", "%2B5", "5%20", "9223372036854775808", "true"}) {
        const auto response = co_await echo(std::string("word=a&number=") + number);
        EXPECT_EQ(response.status, 400) << number;
        EXPECT_EQ(slug_of(response), "invalid-request");
        EXPECT_THAT(pointers_of(response), ElementsAre("/number")) << number;
    }
    for (const char* flag : {"", "1", "yes", "True"})
        EXPECT_THAT(pointers_of(co_await echo(std::string("word=a&flag=") + flag)), ElementsAre("/flag")) << flag;
    for (const char* at : {"", "now", "2011-12-09", "2011-02-30T00:00:00Z", "2011-12-09T12:50:00"})
        EXPECT_THAT(pointers_of(co_await echo(std::string("word=a&at=") + at)), ElementsAre("/at")) << at;
}

CORO_TEST_F(BindingTest, MissingUnknownAndRepeatedParametersAreRefused) {
    TALLY_COVERS("A25.2");
    EXPECT_THAT(pointers_of(co_await echo("number=1")), ElementsAre("/word"));
    const auto unknown = co_await echo("word=a&colour=red&a%2Fb~c=1");
    EXPECT_EQ(unknown.status, 400);
    EXPECT_THAT(pointers_of(unknown), UnorderedElementsAre("/colour", "/a~1b~0c"));
    const auto twice = co_await echo("word=a&word=b");
    EXPECT_EQ(twice.status, 400);
    EXPECT_EQ(json_of(twice).at("errors").at(0).at("code").as_string(), "duplicate_key");
    EXPECT_EQ((co_await echo("word=a&Word=b")).status, 400);
    EXPECT_EQ((co_await send(Method::get, "/api/v1/jars/a?jar=b")).status, 400);  // it stands in the path
    EXPECT_EQ((co_await send(Method::get, "/api/v1/secret?x=1")).status, 400);
}

CORO_TEST_F(BindingTest, ACommandTakesNoQuery) {
    const auto response = co_await send(Method::post, "/api/v1/boxes?dry=true", R"({"name":"a","parts":[]})");
    EXPECT_EQ(response.status, 400);
    EXPECT_THAT(pointers_of(response), ElementsAre("/dry"));
}

CORO_TEST_F(BindingTest, ABadPathIsA400InACommandToo) {
    const auto response =
        co_await send(Method::post, "/api/v1/jars/%20:fill", R"({"amount":1})", {{"Idempotency-Key", "k"}});
    EXPECT_EQ(response.status, 400);
    EXPECT_THAT(pointers_of(response), ElementsAre("/jar"));
    const auto got = co_await send(Method::get, "/api/v1/jars/a%20b");
    EXPECT_EQ(got.status, 400);
    EXPECT_THAT(pointers_of(got), ElementsAre("/jar"));
}

CORO_TEST_F(BindingTest, APathMemberInTheBodyIsRefused) {
    const auto response = co_await send(Method::put, "/api/v1/labels/a", R"({"text":"b","colour":"red"})");
    EXPECT_EQ(response.status, 400);
    EXPECT_THAT(pointers_of(response), ElementsAre("/text"));
}

CORO_TEST_F(BindingTest, ContentOfTheWrongFormIsA422ThatSaysWhere) {
    TALLY_COVERS("A25.2", "A24.3", "sec-N02");
    const auto response =
        co_await box(R"({"nome":"a","parts":[{"size":1},{"size":"1"},{"size":true},{},{"size":[1]},7]})");
    EXPECT_EQ(response.status, 422);
    EXPECT_EQ(slug_of(response), "invalid-content");
    EXPECT_THAT(pointers_of(response), UnorderedElementsAre("/name", "/nome", "/parts/1/size", "/parts/2/size",
                                                            "/parts/3/size", "/parts/4/size", "/parts/5"));
    for (const auto& error : json_of(response).at("errors").as_array()) {
        EXPECT_FALSE(error.at("detail").as_string().empty());
        EXPECT_FALSE(error.at("code").as_string().empty());
    }
}

CORO_TEST_F(BindingTest, NumbersAreTakenExactlyOrNotAtAll) {
    TALLY_COVERS("sec-N02");
    for (const char* size : {"1.0", "1.5", "1e2", "1e400", "9223372036854775808", "-9223372036854775809", "null",
                             "\"1\"", "true", "[1]", "123456789012345678901234567890"}) {
        const auto response = co_await box(std::string(R"({"name":"a","parts":[{"size":)") + size + "}]}");
        EXPECT_EQ(response.status, 422) << size;
        EXPECT_THAT(pointers_of(response), Contains("/parts/0/size")) << size;
    }
    for (const char* size : {"NaN", "Infinity", "01", "+1", "0x5", ".5", "1."}) {
        const auto response = co_await box(std::string(R"({"name":"a","parts":[{"size":)") + size + "}]}");
        EXPECT_EQ(response.status, 400) << size;
    }
    for (const char* size : {"9007199254740993", "-9223372036854775808", "9223372036854775807"}) {
        const auto response = co_await box(std::string(R"({"name":"a","parts":[{"size":)") + size + "}]}");
        EXPECT_EQ(response.body, std::string(R"({"name":"a","parts":[{"size":)") + size + "}]}");
    }
}

CORO_TEST_F(BindingTest, RepeatedKeysAreRefused) {
    TALLY_COVERS("sec-N02");
    const auto response = co_await box(R"({"name":"a","parts":[],"name":"b"})");
    EXPECT_EQ(response.status, 422);
    EXPECT_THAT(pointers_of(response), ElementsAre("/name"));
    EXPECT_EQ((co_await box(R"({"name":"a","parts":[{"size":1,"size":2}]})")).status, 422);
}

CORO_TEST_F(BindingTest, BrokenJsonIsA400) {
    TALLY_COVERS("sec-D05");
    for (const char* body : {"{", "nonsense", "{}}", R"({"name":"a",})", R"({'name':'a'})", "\xEF\xBB\xBF{}",
                             R"({"name":"\ud800","parts":[]})", "{\"name\":\"\xff\",\"parts\":[]}",
                             R"({"name":"a","parts":[]} x)", "/* */ {}"}) {
        const auto response = co_await box(body);
        EXPECT_EQ(response.status, 400) << body;
        EXPECT_EQ(slug_of(response), "invalid-request");
    }
    EXPECT_EQ((co_await box(std::string("\xff\xfe{\0}\0", 6))).status, 400);
}

CORO_TEST_F(BindingTest, DepthKeysAndStringsAreLimited) {
    TALLY_COVERS("sec-D04", "sec-D05");
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_EQ((co_await box(nested(32))).status, 422);  // it can be read, but is no object
    EXPECT_EQ((co_await box(nested(33))).status, 400);
    EXPECT_EQ((co_await box(std::string(100'000, '['))).status, 400);
    std::string deep;
    for (int i = 0; i < 50'000; ++i) deep += R"([{"":)";
    EXPECT_EQ((co_await box(deep)).status, 400);

    std::string keys = "{";
    for (int i = 0; i < 100'000; ++i) keys += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
    EXPECT_EQ((co_await box(keys + "}")).status, 400);
    const std::string fits(64 * 1024, 'x');
    EXPECT_EQ((co_await box(R"({"parts":[],"name":")" + fits + "\"}")).status, 200);
    EXPECT_EQ((co_await box(R"({"parts":[],"name":")" + fits + "x\"}")).status, 400);
    EXPECT_EQ((co_await box(R"({"name":"a","parts":[{"size":)" + std::string(1'000'000, '1') + "}]}")).status, 400);
}

CORO_TEST_F(BindingTest, AnAnswerToHostileContentStaysSmall) {
    std::string keys = "{";
    for (int i = 0; i < 9'000; ++i) keys += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
    const auto response = co_await box(keys + "}");
    EXPECT_EQ(response.status, 422);
    EXPECT_LT(response.body.size(), 100'000u);
    EXPECT_LE(pointers_of(response).size(), 100u);
}

CORO_TEST_F(BindingTest, NoContentIsAnEmptyObject) {
    const auto response = co_await send(Method::post, "/api/v1/boxes");
    EXPECT_EQ(response.status, 422);
    EXPECT_THAT(pointers_of(response), UnorderedElementsAre("/name", "/parts"));
    for (const char* body : {"[]", "7", "\"a\"", "null"}) {
        const auto other = co_await box(body);
        EXPECT_EQ(other.status, 422) << body;
        EXPECT_THAT(pointers_of(other), ElementsAre("")) << body;
    }
}

CORO_TEST_F(BindingTest, TextsComeBackAsTheyWere) {
    TALLY_COVERS("sec-N01");
    for (const auto& hostile : testing::hostile_texts()) {
        if (hostile.text.size() > 4'000) continue;
        const auto response = co_await echo("word=" + percent_encode(hostile.text));
        EXPECT_EQ(response.status, hostile.clean ? 200 : 400) << hostile.name;
        if (hostile.clean) EXPECT_EQ(json_of(response).at("word").as_string(), hostile.text) << hostile.name;
    }
}

}  // namespace
}  // namespace tally
