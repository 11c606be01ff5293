#include "tally/http/server.hpp"

#include <gtest/gtest.h>

#include "tally/http/server_test_kit.hpp"
#include "tally/testing/covers.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;
using testing::body_of;
using testing::LoopbackServer;
using testing::RawClient;
using testing::status_of;

std::string get(const std::string& target, const std::string& fields = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}
std::string post(const std::string& target, const std::string& body, const std::string& fields = "") {
    return "POST " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "Content-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

TEST(Server, a_connection_is_kept) {
    LoopbackServer server;
    server.run([](LoopbackServer& s) -> Task<void> {
        RawClient client(s);
        co_await client.connect();
        for (int i = 0; i < 3; ++i) {
            co_await client.send(post("/" + std::to_string(i), "content"));
            const std::string answer = co_await client.receive();
            EXPECT_EQ(status_of(answer), 200);
            EXPECT_EQ(body_of(answer), "POST /" + std::to_string(i) + " content");
            EXPECT_FALSE(answer.contains("Connection:")) << answer;
        }
        EXPECT_EQ(s.metric("http_connections_total"), 1);
        EXPECT_EQ(s.metric("http_connections_active"), 1);
    }(server));
    EXPECT_EQ(server.metric("http_connections_active"), 0);
}

TEST(Server, pipelined_requests_are_answered_in_their_order) {
    LoopbackServer server({}, [](HttpRequest request) -> Task<HttpResponse> {
        co_return HttpResponse{.status = 200, .headers = {}, .body = request.target + request.body};
    });
    server.run([](LoopbackServer& s) -> Task<void> {
        std::string all;
        for (int i = 0; i < 50; ++i) all += i % 2 == 0 ? get("/" + std::to_string(i)) : post("/", std::to_string(i));
        RawClient client(s);
        co_await client.connect();
        co_await client.send(all);
        for (int i = 0; i < 50; ++i) EXPECT_EQ(body_of(co_await client.receive()), "/" + std::to_string(i));
    }(server));
}

TEST(Server, a_request_may_come_byte_by_byte) {
    LoopbackServer server;
    server.run([](LoopbackServer& s) -> Task<void> {
        RawClient client(s);
        co_await client.connect();
        for (const char c : post("/slow", "ab") + get("/next")) co_await client.send(std::string(1, c));
        EXPECT_EQ(body_of(co_await client.receive()), "POST /slow ab");
        EXPECT_EQ(body_of(co_await client.receive()), "GET /next ");
    }(server));
}

TEST(Server, chunks_become_the_content_and_trailers_are_ignored) {
    TALLY_COVERS("sec-H07");
    LoopbackServer server({}, [](HttpRequest request) -> Task<HttpResponse> {
        const bool fooled = request.headers.find("Authorization") || request.headers.count("Host") != 1;
        co_return HttpResponse{.status = fooled ? 500 : 200, .headers = {}, .body = std::move(request.body)};
    });
    server.run([](LoopbackServer& s) -> Task<void> {
        RawClient client(s);
        co_await client.connect();
        co_await client.send(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
            "00A;name=\"quoted;\"\r\n0123456789\r\n0\r\nHost: evil\r\nAuthorization: x\r\n\r\n");
        EXPECT_EQ(body_of(co_await client.receive()), "hello0123456789");
        co_await client.send(get("/"));
        EXPECT_EQ(status_of(co_await client.receive()), 200);
    }(server));
}

TEST(Server, head_is_answered_without_content) {
    LoopbackServer server;
    server.run([](LoopbackServer& s) -> Task<void> {
        RawClient client(s);
        co_await client.connect();
        co_await client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/y"));
        const std::string head = co_await client.receive(false);
        EXPECT_TRUE(head.contains("Content-Length: 8\r\n")) << head;  // HEAD /x and a blank
        EXPECT_EQ(body_of(co_await client.receive()), "GET /y ");
    }(server));
}

TEST(Server, an_answer_without_content_frames_as_such) {
    LoopbackServer server({}, [](HttpRequest request) -> Task<HttpResponse> {
        co_return HttpResponse{.status = request.target == "/a" ? 204 : 304, .headers = {}, .body = "surplus"};
    });
    server.run([](LoopbackServer& s) -> Task<void> {
        RawClient client(s);
        co_await client.connect();
        co_await client.send(get("/a") + get("/b"));
        EXPECT_EQ(co_await client.receive(), "HTTP/1.1 204 No Content\r\n\r\n");
        EXPECT_EQ(co_await client.receive(), "HTTP/1.1 304 Not Modified\r\n\r\n");
    }(server));
}

TEST(Server, options_of_the_server_itself) {
    LoopbackServer server;
    server.run([](LoopbackServer& s) -> Task<void> {
        RawClient client(s);
        co_await client.connect();
        co_await client.send("OPTIONS * HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab" + get("/"));
        const std::string answer = co_await client.receive();
        EXPECT_EQ(status_of(answer), 204);
        EXPECT_TRUE(answer.contains("\r\nAllow: GET, HEAD")) << answer;
        EXPECT_EQ(status_of(co_await client.receive()), 200);
    }(server));
    EXPECT_EQ(server.handled, std::vector<std::string>{"/"});
}

TEST(Server, a_client_that_waits_to_continue_is_told_to) {
    LoopbackServer server;
    server.run([](LoopbackServer& s) -> Task<void> {
        RawClient client(s);
        co_await client.connect();
        co_await client.send("POST /c HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        EXPECT_EQ(co_await client.receive(), "HTTP/1.1 100 Continue\r\n\r\n");
        co_await client.send("ab");
        EXPECT_EQ(body_of(co_await client.receive()), "POST /c ab");
        co_await client.send("POST /d HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\ncd");
        EXPECT_EQ(body_of(co_await client.receive()), "POST /d cd");  // it did not wait, so it is not told
    }(server));
}

TEST(Server, a_client_that_has_said_everything_is_still_answered) {
    LoopbackServer server;
    server.run([](LoopbackServer& s) -> Task<void> {
        RawClient client(s);
        co_await client.connect();
        co_await client.send(get("/1") + get("/2"));
        client.shutdown_send();
        EXPECT_TRUE(body_of(co_await client.receive_all()).ends_with("GET /2 "));
    }(server));
    EXPECT_EQ(server.handled.size(), 2U);
}

TEST(Server, close_is_closed_and_http_1_0_too) {
    LoopbackServer server;
    server.run([](LoopbackServer& s) -> Task<void> {
        for (const std::string& request : {get("/", "Connection: close\r\n"), std::string("GET / HTTP/1.0\r\n\r\n")}) {
            RawClient client(s);
            const std::string answer = co_await client.ask(request + get("/never"));
            EXPECT_EQ(status_of(answer), 200);
            EXPECT_TRUE(answer.contains("Connection: close\r\n")) << answer;
            EXPECT_EQ(body_of(answer), "GET / ");
        }
    }(server));
    EXPECT_EQ(server.handled, (std::vector<std::string>{"/", "/"}));
}

TEST(Server, an_exception_of_the_handler_is_an_answer_and_the_end) {
    LoopbackServer server({}, [](HttpRequest request) -> Task<HttpResponse> {
        if (request.target == "/bad") throw std::runtime_error("secret");
        co_return HttpResponse{};
    });
    server.run([](LoopbackServer& s) -> Task<void> {
        RawClient client(s);
        const std::string answer = co_await client.ask(get("/bad") + get("/after"));
        EXPECT_EQ(status_of(answer), 500);
        EXPECT_FALSE(answer.contains("secret"));
        EXPECT_TRUE(answer.contains("Connection: close\r\n"));
        RawClient other(s);
        co_await other.connect();
        co_await other.send(get("/"));
        EXPECT_EQ(status_of(co_await other.receive()), 200);
    }(server));
    EXPECT_EQ(server.metric("http_request_errors_total{reason=\"handler\"}"), 1);
}

TEST(Server, a_taken_port_and_a_bad_address_are_errors) {
    LoopbackServer server;
    const auto again = [&](const HttpServerOptions& options) {
        return create_http_server(server.loop.get_executor(), *server.clock, *server.metrics, options, {});
    };
    EXPECT_EQ(again({.port = server.port()}).error().code, ErrorCode::unavailable);
    EXPECT_EQ(again({.host = "nowhere.example"}).error().code, ErrorCode::invalid);
}

}  // namespace
}  // namespace tally
