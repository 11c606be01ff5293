// HttpClient against HttpServer, over the loopback interface.
#include <gtest/gtest.h>

#include "tally/http/server.hpp"
#include "tally/http/server_test_kit.hpp"
#include "tally/net/http_client.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/together.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;
using testing::LoopbackServer;

std::unique_ptr<HttpClient> client_of(LoopbackServer& server, std::size_t max_connections = 64) {
    return create_http_client(server.loop.get_executor(), *server.clock,
                              {.port = server.port(), .max_connections = max_connections});
}

Task<void> ask(HttpClient& client, int number) {
    const std::string text = std::to_string(number);
    HttpRequest request{number % 2 == 0 ? Method::get : Method::post, "/" + text, {{"X-Number", text}}, {}};
    if (request.method == Method::post) request.body = std::string(static_cast<std::size_t>(number) * 100, 'x');
    const std::string body = request.body;
    const auto answer = co_await client.send(std::move(request), 4s);
    EXPECT_TRUE(answer) << answer.error().text;
    if (answer) {
        EXPECT_EQ(answer->body, text + body);
        EXPECT_EQ(answer->headers.find("X-Number"), text);
    }
}

TEST(ServerAndClient, two_hundred_requests_at_once_on_few_connections) {
    LoopbackServer server({}, [](HttpRequest request) -> Task<HttpResponse> {
        const std::string number(*request.headers.find("X-Number"));
        co_return HttpResponse{.status = 200, .headers = {{"X-Number", number}}, .body = number + request.body};
    });
    server.run([](LoopbackServer& s) -> Task<void> {
        const auto client = client_of(s, 16);
        std::vector<Task<void>> requests;
        requests.reserve(200);
        for (int i = 0; i < 200; ++i) requests.push_back(ask(*client, i));
        co_await testing::together(s.loop.get_executor(), std::move(requests));
        EXPECT_LE(s.metric("http_connections_total"), 16);
        co_await client->close();
        const auto after = co_await client->send({Method::get, "/", {}, {}}, 1s);
        EXPECT_EQ(after.error().code, ErrorCode::unavailable);
    }(server));
}

TEST(ServerAndClient, all_methods_and_a_head) {
    LoopbackServer server;
    server.run([](LoopbackServer& s) -> Task<void> {
        const auto client = client_of(s);
        for (const Method method :
             {Method::get, Method::post, Method::put, Method::patch, Method::delete_, Method::options}) {
            const auto answer = co_await client->send({method, "/x?y=1", {}, "body"}, 1s);
            EXPECT_EQ(answer.value().body, std::string(name(method)) + " /x?y=1 body");
        }
        const auto head = co_await client->send({Method::head, "/x", {}, {}}, 1s);
        EXPECT_EQ(head.value().body, "");
        EXPECT_EQ(head.value().headers.find("Content-Length"), "8");
        EXPECT_EQ(s.metric("http_connections_total"), 1);
        co_await client->close();
    }(server));
}

TEST(ServerAndClient, a_refusal_before_the_end_of_the_content_is_read) {
    TALLY_COVERS("sec-D02");
    LoopbackServer server;
    server.run([](LoopbackServer& s) -> Task<void> {
        const auto client = client_of(s);
        const auto answer = co_await client->send({Method::post, "/", {}, std::string(2 * 1024 * 1024, 'x')}, 2s);
        EXPECT_TRUE(answer) << answer.error().text;
        if (answer) EXPECT_EQ(answer->status, 413);
        co_await client->close();
    }(server));
    EXPECT_TRUE(server.handled.empty());
}

TEST(ServerAndClient, a_connection_that_the_server_has_closed_is_not_used_again) {
    LoopbackServer server({.idle_limit = 30ms});
    server.run([](LoopbackServer& s) -> Task<void> {
        const auto client = client_of(s);
        for (int i = 0; i < 2; ++i) {
            const auto answer = co_await client->send({Method::post, "/", {}, "x"}, 1s);
            EXPECT_TRUE(answer) << answer.error().text;
            while (s.metric("http_connections_active") > 0) co_await s.clock->sleep_for(5ms);
        }
        EXPECT_EQ(s.metric("http_connections_total"), 2);
        co_await client->close();
    }(server));
}

}  // namespace
}  // namespace tally
