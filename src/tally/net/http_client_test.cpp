// The client against a server that answers by a script, byte by byte as written.
#include "tally/net/http_client.hpp"

#include <deque>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "tally/base/task_group.hpp"
#include "tally/testing/together.hpp"

namespace tally {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using asio::ip::tcp;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

/// What the server does on a connection: it answers one request with each text, then closes or stays.
struct Script {
    std::vector<std::string> answers;
    bool stays = false;
};

class HttpClientTest : public ::testing::Test {
protected:
    asio::io_context loop;
    std::unique_ptr<Clock> clock = create_system_clock();
    tcp::acceptor acceptor{loop, {asio::ip::address_v4::loopback(), 0}};
    std::deque<Script> scripts;         ///< of the next connections
    std::vector<std::string> requests;  ///< heads as received
    TaskGroup tasks{loop.get_executor()};
    std::unique_ptr<HttpClient> client = make();

    std::unique_ptr<HttpClient> make(HttpClientOptions options = {}) {
        options.port = acceptor.local_endpoint().port();
        return create_http_client(loop.get_executor(), *clock, std::move(options));
    }

    void run(Task<void> body) {
        std::exception_ptr failure;
        bool ended = false;
        tasks.spawn("accept", accept());
        const auto finish = [](HttpClientTest& t) -> Task<void> {
            co_await t.client->close();
            co_await t.tasks.close();
        };
        asio::co_spawn(loop, std::move(body), [&](const std::exception_ptr& thrown) {
            failure = thrown;
            asio::co_spawn(loop, finish(*this), [&](const std::exception_ptr&) { ended = true; });
        });
        loop.run_for(5s);
        if (failure) std::rethrow_exception(failure);
        ASSERT_TRUE(ended && loop.stopped());
    }

    Task<Result<HttpResponse>> get(Duration limit = 2s) { return client->send({Method::get, "/", {}, {}}, limit); }

    static HttpRequest post(Headers headers = {}) { return {Method::post, "/", std::move(headers), "body"}; }

private:
    Task<void> accept() {
        for (;;) {
            tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
            if (scripts.empty()) continue;
            tasks.spawn("script", follow(std::move(socket), std::move(scripts.front())));
            scripts.pop_front();
        }
    }
    Task<void> follow(tcp::socket socket, Script script) {
        std::string received;
        for (const std::string& answer : script.answers) {
            const auto [error, size] =
                co_await asio::async_read_until(socket, asio::dynamic_buffer(received), "\r\n\r\n", as_result);
            if (error) co_return;
            requests.push_back(received.substr(0, size));
            received.clear();
            co_await asio::async_write(socket, asio::buffer(answer), as_result);
        }
        if (script.stays) co_await asio::async_read_until(socket, asio::dynamic_buffer(received), "never", as_result);
    }
};

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST_F(HttpClientTest, answers_may_be_framed_in_each_way) {
    scripts = {{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n3;x=y\r\n...\r\n0\r\nT: 1\r\n\r\n",
                 "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + ok,
                 "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 404 Not Found\r\n\r\nuntil the end"}}};
    run([](HttpClientTest_answers_may_be_framed_in_each_way_Test& t) -> Task<void> {
        EXPECT_EQ((co_await t.get()).value().body, "ok...");
        EXPECT_EQ((co_await t.get()).value().body, "ok");
        EXPECT_EQ((co_await t.get()).value().status, 204);
        const auto last = co_await t.get();
        EXPECT_EQ(last.value().status, 404);
        EXPECT_EQ(last.value().body, "until the end");
    }(*this));
    ASSERT_EQ(requests.size(), 4U);
    EXPECT_EQ(requests[0],
              "GET / HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "\r\n\r\n");
}

TEST_F(HttpClientTest, nobody_listens) {
    tcp::acceptor taken(loop, {asio::ip::address_v4::loopback(), 0});
    const std::uint16_t port = taken.local_endpoint().port();
    taken.close();
    client = create_http_client(loop.get_executor(), *clock, {.port = port});
    run([](HttpClientTest_nobody_listens_Test& t) -> Task<void> {
        EXPECT_EQ((co_await t.client->send(post(), 2s)).error().code, ErrorCode::unavailable);
    }(*this));
}

TEST_F(HttpClientTest, a_server_that_breaks_off_is_an_io_error) {
    scripts = {{{""}}, {{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12"}}, {{"HTTP/1.1 20"}}, {{"nonsense\r\n\r\n"}}};
    run([](HttpClientTest_a_server_that_breaks_off_is_an_io_error_Test& t) -> Task<void> {
        for (int i = 0; i < 4; ++i) EXPECT_EQ((co_await t.get()).error().code, ErrorCode::io) << i;
    }(*this));
    EXPECT_EQ(requests.size(), 4U);  // the first request on a connection is not repeated
}

TEST_F(HttpClientTest, a_late_answer_is_a_timeout_and_its_connection_is_not_used_again) {
    scripts = {{{""}, true}, {{ok}}};
    run([](HttpClientTest_a_late_answer_is_a_timeout_and_its_connection_is_not_used_again_Test& t) -> Task<void> {
        EXPECT_EQ((co_await t.get(50ms)).error().code, ErrorCode::timeout);
        EXPECT_EQ((co_await t.get()).value().body, "ok");
    }(*this));
}

TEST_F(HttpClientTest, waiting_for_a_connection_is_not_sending) {
    client = make({.max_connections = 1});
    scripts = {{{""}, true}};
    run([](HttpClientTest_waiting_for_a_connection_is_not_sending_Test& t) -> Task<void> {
        t.tasks.spawn("first", [](HttpClientTest_waiting_for_a_connection_is_not_sending_Test& test) -> Task<void> {
            EXPECT_EQ((co_await test.get(100ms)).error().code, ErrorCode::timeout);
        }(t));
        while (t.requests.empty()) co_await t.clock->sleep_for(1ms);
        EXPECT_EQ((co_await t.get(20ms)).error().code, ErrorCode::unavailable);
        t.scripts = {{{ok}}};
        EXPECT_EQ((co_await t.get()).value().body, "ok");  // once the first has given up
    }(*this));
}

TEST_F(HttpClientTest, an_answer_over_the_cap_is_too_large) {
    client = make({.max_body = 2});
    scripts = {{{ok, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n123"}},
               {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n123\r\n0\r\n\r\n"}},
               {{"HTTP/1.1 200 OK\r\n\r\n123"}}};
    run([](HttpClientTest_an_answer_over_the_cap_is_too_large_Test& t) -> Task<void> {
        EXPECT_EQ((co_await t.get()).value().body, "ok");
        for (int i = 0; i < 3; ++i) EXPECT_EQ((co_await t.get()).error().code, ErrorCode::too_large) << i;
    }(*this));
}

TEST_F(HttpClientTest, a_connection_that_dies_unanswered_is_replaced_for_what_is_repeatable) {
    // The second request finds the connection alive, and it is closed instead of an answer.
    scripts = {{{ok, ""}}, {{ok, ""}}, {{ok}}};
    run([](HttpClientTest_a_connection_that_dies_unanswered_is_replaced_for_what_is_repeatable_Test& t) -> Task<void> {
        EXPECT_TRUE(co_await t.get());
        EXPECT_TRUE(co_await t.get());
        EXPECT_TRUE(co_await t.client->send(post({{"Idempotency-Key", "\"1\""}}), 2s));
    }(*this));
    EXPECT_EQ(requests.size(), 5U);
}

TEST_F(HttpClientTest, nothing_else_is_sent_twice) {
    scripts = {{{ok, ""}}, {{ok, "HTTP/1.1 2"}}, {{ok}}};
    run([](HttpClientTest_nothing_else_is_sent_twice_Test& t) -> Task<void> {
        EXPECT_TRUE(co_await t.get());
        EXPECT_EQ((co_await t.client->send(post(), 2s)).error().code, ErrorCode::io);
        EXPECT_TRUE(co_await t.get());
        EXPECT_EQ((co_await t.get()).error().code, ErrorCode::io);  // its answer had begun
    }(*this));
    EXPECT_EQ(requests.size(), 4U);
}

TEST_F(HttpClientTest, closing_ends_what_runs) {
    scripts = {{{""}, true}};
    run([](HttpClientTest_closing_ends_what_runs_Test& t) -> Task<void> {
        std::vector<Task<void>> both;
        both.push_back([](HttpClientTest_closing_ends_what_runs_Test& test) -> Task<void> {
            EXPECT_EQ((co_await test.get(4s)).error().code, ErrorCode::io);
        }(t));
        both.push_back([](HttpClientTest_closing_ends_what_runs_Test& test) -> Task<void> {
            while (test.requests.empty()) co_await test.clock->sleep_for(1ms);
            co_await test.client->close();
        }(t));
        co_await testing::together(t.loop.get_executor(), std::move(both));
        EXPECT_EQ((co_await t.get()).error().code, ErrorCode::unavailable);
    }(*this));
}

TEST_F(HttpClientTest, a_request_has_a_method_and_a_path) {
    run([](HttpClientTest_a_request_has_a_method_and_a_path_Test& t) -> Task<void> {
        EXPECT_EQ((co_await t.client->send({Method::other, "/", {}, {}}, 1s)).error().code, ErrorCode::invalid);
        EXPECT_EQ((co_await t.client->send({Method::get, "", {}, {}}, 1s)).error().code, ErrorCode::invalid);
    }(*this));
}

TEST_F(HttpClientTest, a_name_is_resolved) {
    client = make({.host = "localhost"});
    scripts = {{{ok}}};
    run([](HttpClientTest_a_name_is_resolved_Test& t) -> Task<void> {
        const auto answer = co_await t.get();
        EXPECT_TRUE(answer) << answer.error().text;
        t.client = t.make({.host = "no-such-host.invalid"});
        EXPECT_EQ((co_await t.get()).error().code, ErrorCode::unavailable);
    }(*this));
}

}  // namespace
}  // namespace tally
