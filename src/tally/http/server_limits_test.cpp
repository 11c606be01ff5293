// Deadlines and caps, on real time: each test waits for deadlines of at most 200 ms.
#include <sys/resource.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tally/http/server.hpp"
#include "tally/http/server_test_kit.hpp"
#include "tally/testing/covers.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;
using testing::body_of;
using testing::LoopbackServer;
using testing::RawClient;
using testing::status_of;

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(ServerLimits, a_slow_header_is_answered_with_408) {
    TALLY_COVERS("sec-D01");
    LoopbackServer server({.header_limit = 100ms});
    server.run([](LoopbackServer& s) -> Task<void> {
        RawClient slow(s);
        co_await slow.connect();
        const Instant begun = s.clock->instant();
        for (int i = 0; i < 4; ++i) {  // a byte now and then does not extend the deadline
            co_await slow.send(std::string("GET ").substr(static_cast<std::size_t>(i), 1));
            co_await s.clock->sleep_for(20ms);
        }
        RawClient other(s);
        co_await other.connect();
        co_await other.send(get);
        EXPECT_EQ(status_of(co_await other.receive()), 200);
        const std::string answer = co_await slow.receive_all();
        EXPECT_EQ(status_of(answer), 408);
        EXPECT_TRUE(answer.contains("Connection: close\r\n"));
        EXPECT_GE(s.clock->instant() - begun, 100ms);
        EXPECT_LT(s.clock->instant() - begun, 1s);
    }(server));
    EXPECT_EQ(server.metric("http_request_errors_total{reason=\"timeout\"}"), 1);
}

TEST(ServerLimits, who_says_nothing_is_closed_without_a_word) {
    TALLY_COVERS("sec-D01");
    LoopbackServer server({.header_limit = 50ms, .idle_limit = 100ms});
    server.run([](LoopbackServer& s) -> Task<void> {
        RawClient silent(s);
        EXPECT_EQ(co_await silent.ask(""), "");

        RawClient idle(s);
        co_await idle.connect();
        co_await idle.send(get);
        EXPECT_EQ(status_of(co_await idle.receive()), 200);
        const Instant begun = s.clock->instant();
        EXPECT_EQ(co_await idle.receive_all(), "");
        EXPECT_GE(s.clock->instant() - begun, 90ms);
    }(server));
    EXPECT_EQ(server.metric("http_request_errors_total{reason=\"timeout\"}"), -1);
}

TEST(ServerLimits, content_has_a_deadline_and_a_least_rate) {
    TALLY_COVERS("sec-D01");
    for (const HttpServerOptions& options :
         {HttpServerOptions{.header_limit = 5s, .body_limit = 100ms},
          HttpServerOptions{.header_limit = 100ms, .body_limit = 5s, .min_body_rate = 1000}}) {
        LoopbackServer server(options);
        server.run([](LoopbackServer& s) -> Task<void> {
            for (const std::string framing : {"Content-Length: 100", "Transfer-Encoding: chunked"}) {
                RawClient client(s);
                co_await client.connect();
                co_await client.send("POST / HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n5");
                co_await s.clock->sleep_for(20ms);
                co_await client.send("5");
                EXPECT_EQ(status_of(co_await client.receive_all()), 408);
            }
        }(server));
        EXPECT_TRUE(server.handled.empty());
    }
}

TEST(ServerLimits, who_does_not_read_is_closed) {
    TALLY_COVERS("sec-D01");
    LoopbackServer server({.write_limit = 100ms}, [](HttpRequest) -> Task<HttpResponse> {
        co_return HttpResponse{.status = 200, .headers = {}, .body = std::string(32 * 1024 * 1024, 'x')};
    });
    server.run([](LoopbackServer& s) -> Task<void> {
        RawClient client(s);
        co_await client.connect();
        co_await client.send(get);
        const std::string error = "http_request_errors_total{reason=\"write_timeout\"}";
        while (s.metric(error) < 1) co_await s.clock->sleep_for(10ms);
        const std::string answer = co_await client.receive_all();
        EXPECT_LT(answer.size(), 32U * 1024 * 1024);
    }(server));
    EXPECT_EQ(server.metric("http_connections_active"), 0);
}

TEST(ServerLimits, a_client_that_leaves_is_let_go) {
    LoopbackServer server;
    server.run([](LoopbackServer& s) -> Task<void> {
        for (const std::string said : {"GET /", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12"}) {
            RawClient client(s);
            co_await client.connect();
            co_await client.send(said);
            client.shutdown_send();
            EXPECT_EQ(co_await client.receive_all(), "");
        }
    }(server));
    EXPECT_TRUE(server.handled.empty());
    EXPECT_EQ(server.metric("http_request_errors_total{reason=\"disconnected\"}"), 2);
}

TEST(ServerLimits, beyond_the_cap_of_connections_there_is_503) {
    TALLY_COVERS("sec-D01");
    LoopbackServer server({.max_connections = 2});
    server.run([](LoopbackServer& s) -> Task<void> {
        RawClient first(s);
        RawClient second(s);
        for (RawClient* client : {&first, &second}) {
            co_await client->connect();
            co_await client->send(get);
            EXPECT_EQ(status_of(co_await client->receive()), 200);
        }
        RawClient third(s);
        const std::string refused = co_await third.ask(get);
        EXPECT_EQ(status_of(refused), 503);
        EXPECT_TRUE(refused.contains("Retry-After: ") && refused.contains("Connection: close\r\n"));

        first.socket.close();
        while (s.metric("http_connections_active") > 1) co_await s.clock->sleep_for(1ms);
        RawClient fourth(s);
        co_await fourth.connect();
        co_await fourth.send(get);
        EXPECT_EQ(status_of(co_await fourth.receive()), 200);
    }(server));
}

/// While it lives, the process can open no further file.
class NoFileLeft {
public:
    NoFileLeft() {
        getrlimit(RLIMIT_NOFILE, &before_);
        const int lowest = dup(0);
        close(lowest);
        const rlimit none{static_cast<rlim_t>(lowest), before_.rlim_max};
        setrlimit(RLIMIT_NOFILE, &none);
    }
    ~NoFileLeft() { setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

TEST(ServerLimits, without_file_descriptors_accepting_waits_and_does_not_spin) {
    TALLY_COVERS("F11");
    LoopbackServer server;
    server.run([](LoopbackServer& s) -> Task<void> {
        RawClient known(s);
        co_await known.connect();
        co_await known.send(get);
        EXPECT_EQ(status_of(co_await known.receive()), 200);
        RawClient client(s);
        client.socket.open(boost::asio::ip::tcp::v4());
        {
            const NoFileLeft exhausted;
            co_await client.connect();
            co_await client.send(get);
            rusage before{};
            getrusage(RUSAGE_SELF, &before);
            co_await s.clock->sleep_for(120ms);
            rusage after{};
            getrusage(RUSAGE_SELF, &after);
            const auto used = [](const rusage& usage) {
                return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000 + usage.ru_utime.tv_usec +
                       usage.ru_stime.tv_usec;
            };
            EXPECT_LT(used(after) - used(before), 40'000);
            co_await known.send(get);  // existing work goes on
            EXPECT_EQ(status_of(co_await known.receive()), 200);
            EXPECT_EQ(s.metric("http_connections_total"), 1);
        }
        EXPECT_EQ(status_of(co_await client.receive()), 200);
    }(server));
}

class ServerStop : public ::testing::Test {
protected:
    Signal gate;
    bool entered = false;
    bool finished = false;
    bool stopped = false;
    LoopbackServer server{{}, [this](HttpRequest request) { return wait(std::move(request)); }};
    TaskGroup tasks{server.loop.get_executor()};

    Task<HttpResponse> wait(HttpRequest) {
        entered = true;
        co_await gate.wait();
        finished = true;
        co_return HttpResponse{.status = 200, .headers = {}, .body = "done"};
    }
    Task<void> stop(Duration limit) {
        co_await server.server->stop(limit);
        stopped = true;
        server.changed.notify_all();
    }
    /// A connection with a request in hand, one that waits for its next request, and a server that is told to stop.
    Task<void> stop_with_one_in_hand(RawClient& busy, RawClient& idle, Duration limit) {
        co_await idle.connect();
        co_await busy.connect();
        co_await busy.send(get + get);
        while (!entered) co_await server.clock->sleep_for(1ms);
        tasks.spawn("stop", stop(limit));
        EXPECT_EQ(co_await idle.receive_all(), "");
        EXPECT_FALSE(stopped);
    }
};

TEST_F(ServerStop, a_request_in_hand_is_finished_and_idle_connections_close) {
    server.run([](ServerStop_a_request_in_hand_is_finished_and_idle_connections_close_Test& t) -> Task<void> {
        RawClient busy(t.server);
        RawClient idle(t.server);
        co_await t.stop_with_one_in_hand(busy, idle, 1s);
        RawClient late(t.server);
        bool refused = false;
        try {
            co_await late.connect();
        } catch (const boost::system::system_error&) {
            refused = true;
        }
        EXPECT_TRUE(refused);
        t.gate.notify_all();
        const std::string answer = co_await busy.receive_all();
        EXPECT_TRUE(answer.contains("Connection: close\r\n"));
        EXPECT_EQ(body_of(answer), "done");  // the second one, pipelined, was not begun
        while (!t.stopped) co_await t.server.changed.wait();
        co_await t.tasks.close();
    }(*this));
    EXPECT_EQ(server.metric("http_connections_active"), 0);
}

TEST_F(ServerStop, what_takes_too_long_is_cut_off) {
    server.run([](ServerStop_what_takes_too_long_is_cut_off_Test& t) -> Task<void> {
        RawClient busy(t.server);
        RawClient idle(t.server);
        co_await t.stop_with_one_in_hand(busy, idle, 50ms);
        EXPECT_EQ(co_await busy.receive_all(), "");
        while (!t.stopped) co_await t.server.changed.wait();
        co_await t.tasks.close();
    }(*this));
    EXPECT_FALSE(finished);
    EXPECT_EQ(server.metric("http_connections_active"), 0);
}

}  // namespace
}  // namespace tally
