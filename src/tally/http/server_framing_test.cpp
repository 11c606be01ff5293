// Each refused framing as bytes on a real socket: one answer, then the end, and the request that is smuggled behind it
// reaches nobody.
#include <gtest/gtest.h>

#include "tally/http/problem.hpp"
#include "tally/http/server.hpp"
#include "tally/http/server_test_kit.hpp"
#include "tally/testing/covers.hpp"

namespace tally {
namespace {

using testing::body_of;
using testing::LoopbackServer;
using testing::RawClient;
using testing::status_of;

const std::string smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

std::string post(const std::string& fields, const std::string& body = "") {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}
std::string chunked(const std::string& body) { return post("Transfer-Encoding: chunked\r\n", body); }

class ServerFraming : public ::testing::Test {
protected:
    void expect_refused(int status, const std::vector<std::string>& requests) {
        server.run(refuse_all(server, status, requests));
        EXPECT_TRUE(server.handled.empty());
    }

    LoopbackServer server;

private:
    static Task<void> refuse_all(LoopbackServer& server, int status, const std::vector<std::string>& requests) {
        for (const std::string& request : requests) {
            RawClient client(server);
            const std::string answer = co_await client.ask(request + smuggled);
            EXPECT_EQ(status_of(answer), status) << request.substr(0, 200);
            EXPECT_TRUE(answer.contains("Connection: close\r\n")) << answer;
            EXPECT_TRUE(answer.contains("Content-Type: application/problem+json\r\n")) << answer;
            EXPECT_TRUE(answer.contains("Content-Length: " + std::to_string(body_of(answer).size()) + "\r\n"))
                << answer;
            EXPECT_EQ(answer.find("HTTP/1.1 ", 1), std::string::npos) << answer;
        }
    }
};

TEST_F(ServerFraming, length_and_encoding) {
    TALLY_COVERS("sec-H01", "sec-H02", "sec-H03");
    const std::string end = "0\r\n\r\n";
    expect_refused(400, {post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", end),
                         post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", end),
                         post("Transfer-Encoding: gzip\r\nContent-Length: 5\r\n", end),
                         post("Transfer-Encoding: identity\r\nContent-Length: 5\r\n", end),
                         post("Transfer-Encoding: gzip\r\n", end), post("Transfer-Encoding: xchunked\r\n", end),
                         post("Transfer-Encoding: chunked, identity\r\n", end),
                         post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", end),
                         "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + end});
}

TEST_F(ServerFraming, folded_lines_and_hosts) {
    TALLY_COVERS("sec-H04", "sec-H05");
    expect_refused(400, {post("X: 1\r\n 2\r\n"), post("Transfer-Encoding:\r\n chunked\r\n"), post(" X: 1\r\n"),
                         "GET / HTTP/1.1\r\n\r\n", post("Host: a\r\n"), "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n",
                         "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"});
}

TEST_F(ServerFraming, lengths) {
    TALLY_COVERS("sec-H06");
    std::vector<std::string> requests{post("Content-Length: 5\r\nContent-Length: 6\r\n", "12345"),
                                      post("Content-Length: 5\r\nContent-Length: 5\r\n", "12345")};
    for (const std::string length : {"+5", "-1", "0x5", "5 5", "05", "5, 5", "18446744073709551616"})
        requests.push_back(post("Content-Length: " + length + "\r\n", "12345"));
    expect_refused(400, requests);
}

TEST_F(ServerFraming, chunks) {
    TALLY_COVERS("sec-H07");
    const std::string data = "hello\r\n0\r\n\r\n";
    expect_refused(400, {chunked("0x5\r\n" + data),
                         chunked("+5\r\n" + data),
                         chunked("-5\r\n" + data),
                         chunked("5 \r\n" + data),
                         chunked("FFFFFFFFFFFFFFFFF\r\n" + data),
                         chunked("10000000000000005\r\n" + data),
                         chunked("5\n" + data),
                         chunked("5;\r\n" + data),
                         chunked("5;a=\r\n" + data),
                         chunked("5 a\r\n" + data),
                         chunked(";a\r\n" + data),
                         chunked("5;a=\"\n\"\r\n" + data),
                         chunked("\r\n" + data),
                         chunked("5\r\nhello0\r\n\r\n"),
                         chunked("5\r\nhelloX\r\n0\r\n\r\n"),
                         chunked("5;a=" + std::string(100'000, 'x') + "\r\n" + data),
                         chunked("0\r\nContent-Length: 5\r\n\r\n"),
                         chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n"),
                         chunked("0\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n"),
                         chunked("0\r\nbad trailer\r\n\r\n")});
}

TEST_F(ServerFraming, lines) {
    TALLY_COVERS("sec-H08", "sec-H09");
    expect_refused(
        400,
        {"GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\rHost: a\r\r", post(std::string("X: \0\r\n", 6)),
         post("X : 1\r\n"), post("X\r\n"), "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
         "GET / HTTP/1.2\r\nHost: a\r\n\r\n", "GET / http/1.1\r\nHost: a\r\n\r\n",
         "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /ä HTTP/1.1\r\nHost: a\r\n\r\n",
         "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n", "\x16\x03\x01\x02\r\n\r\n"});
}

TEST_F(ServerFraming, expectations) {
    TALLY_COVERS("sec-H10");
    expect_refused(417, {post("Expect: foo\r\nContent-Length: 2\r\n")});
}

TEST_F(ServerFraming, methods_that_are_none) {
    TALLY_COVERS("sec-H11");
    expect_refused(501, {"get / HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"});
}

TEST_F(ServerFraming, long_targets) {
    TALLY_COVERS("sec-H09");
    expect_refused(414, {"GET /" + std::string(8 * 1024, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n",
                         "GET /" + std::string(20'000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n"});
    EXPECT_EQ(server.metric("http_request_errors_total{reason=\"target_too_long\"}"), 2);
}

TEST_F(ServerFraming, large_headers) {
    TALLY_COVERS("sec-H11");
    std::string fields;
    for (int i = 0; i < 200; ++i) fields += "X: 1\r\n";
    expect_refused(431, {post(fields), post("X: " + std::string(17'000, 'x') + "\r\n"),
                         post("Cookie: " + std::string(64'000, 'x') + "\r\n")});
}

TEST_F(ServerFraming, large_content) {
    TALLY_COVERS("sec-D02");
    const std::string large(1024 * 1024 + 1, 'x');
    expect_refused(413, {post("Content-Length: 1048577\r\n"), post("Content-Length: 1048577\r\n", large),
                         post("Content-Length: 1048577\r\nExpect: 100-continue\r\n"),
                         chunked("100001\r\n" + large + "\r\n0\r\n\r\n"),
                         chunked("100000\r\n" + large.substr(1) + "\r\n1\r\nx\r\n0\r\n\r\n")});
}

TEST_F(ServerFraming, what_is_within_the_limits_is_answered) {
    TALLY_COVERS("sec-D02");
    server.run([](LoopbackServer& s) -> Task<void> {
        const std::string most(1024 * 1024, 'x');
        RawClient client(s);
        co_await client.connect();
        co_await client.send(post("Content-Length: 1048576\r\n", most));
        EXPECT_EQ(body_of(co_await client.receive()), "POST / " + most);
        co_await client.send(chunked("80000\r\n" + most.substr(most.size() / 2) + "\r\n80000\r\n" +
                                     most.substr(most.size() / 2) + "\r\n0\r\n\r\n"));
        EXPECT_EQ(body_of(co_await client.receive()), "POST / " + most);
        const std::string target = "/" + std::string(8 * 1024 - 1, 'x');
        co_await client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
        EXPECT_EQ(body_of(co_await client.receive()), "GET " + target + " ");
    }(server));
}

TEST_F(ServerFraming, each_request_has_one_answer) {
    TALLY_COVERS("sec-H10");
    server.run([](LoopbackServer& s) -> Task<void> {
        RawClient client(s);
        co_await client.connect();
        const std::string body = smuggled;
        const std::string fields = " HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: " +
                                   std::to_string(body.size()) + "\r\n\r\n" + body;
        co_await client.send("GET /1" + fields + "OPTIONS /2" + fields + "HEAD /3" + fields + "TRACE /4" + fields);
        for (int i = 1; i <= 4; ++i) EXPECT_EQ(status_of(co_await client.receive(i != 3)), 200);
    }(server));
    EXPECT_EQ(server.handled, (std::vector<std::string>{"/1", "/2", "/3", "/4"}));
}

}  // namespace
}  // namespace tally
